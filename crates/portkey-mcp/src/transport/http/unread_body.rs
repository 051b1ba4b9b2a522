//! Reads and discards the rest of a body that was answered before it was read. Many clients send all of it before they
//! read the answer; if the connection were closed earlier, they would lose the answer.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{
        HeaderValue, Version,
        header::{CONNECTION, EXPECT},
    },
    middleware::Next,
    response::Response,
};
use http_body::{Body as _, Frame, SizeHint};
use parking_lot::Mutex;
use tokio::time::timeout;

/// The most bytes that are discarded before the answer, so that a connection whose client sent little can be reused.
const BEFORE_ANSWER: usize = 256 * 1024;
const BEFORE_ANSWER_WITHIN: Duration = Duration::from_millis(250);

/// The most bytes that are discarded after the answer, before the connection is closed.
const AFTER_ANSWER: usize = 64 * 1024 * 1024;
const AFTER_ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Discards the body of a request that was answered without reading it.
pub(super) async fn discard(request: Request, next: Next) -> Response {
    // HTTP/2 can reset a request without closing the connection.
    if request.version() > Version::HTTP_11 || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let is_held_back = request.headers().contains_key(EXPECT);
    let slot = UnreadSlot::default();
    let watched = slot.clone();
    let response = next
        .run(request.map(|body| Body::new(WatchedBody::new(body, watched))))
        .await;
    match slot.take() {
        Some(unread) => finish(response, unread, is_held_back).await,
        None => response,
    }
}

/// Discards the rest of a body, and sets `Connection: close` if some of it is left.
async fn finish(mut response: Response, mut unread: UnreadBody, is_held_back: bool) -> Response {
    // Reading a body that waits for `100 Continue` would ask the client to send it.
    let is_coming = !unread.is_broken && (unread.has_begun || !is_held_back);
    if is_coming {
        let little = timeout(BEFORE_ANSWER_WITHIN, unread.read(BEFORE_ANSWER)).await;
        if little == Ok(true) {
            return response;
        }
        if !unread.is_broken {
            tokio::spawn(
                async move { timeout(AFTER_ANSWER_WITHIN, unread.read(AFTER_ANSWER)).await },
            );
        }
    }
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

/// Receives a body that was not read to its end.
#[derive(Debug, Clone, Default)]
struct UnreadSlot(Arc<Mutex<Option<UnreadBody>>>);

impl UnreadSlot {
    fn take(&self) -> Option<UnreadBody> {
        self.0.lock().take()
    }
}

#[derive(Debug)]
struct UnreadBody {
    body: Body,
    has_begun: bool,
    /// Whether reading it failed.
    is_broken: bool,
}

impl UnreadBody {
    /// Discards about so many bytes; true if the body ended.
    async fn read(&mut self, most: usize) -> bool {
        let mut read = 0;
        while read <= most {
            let frame = poll_fn(|context| Pin::new(&mut self.body).poll_frame(context));
            match frame.await {
                None => return true,
                Some(Ok(frame)) => read += frame.data_ref().map_or(0, Bytes::len),
                Some(Err(_)) => {
                    self.is_broken = true;
                    return false;
                }
            }
        }
        false
    }
}

/// A body that goes into the slot if it is dropped before its end.
struct WatchedBody {
    unread: Option<UnreadBody>,
    slot: UnreadSlot,
}

impl WatchedBody {
    fn new(body: Body, slot: UnreadSlot) -> Self {
        let unread = UnreadBody {
            body,
            has_begun: false,
            is_broken: false,
        };
        Self {
            unread: Some(unread),
            slot,
        }
    }
}

impl http_body::Body for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(unread) = &mut self.unread else {
            return Poll::Ready(None);
        };
        unread.has_begun = true;
        let frame = Pin::new(&mut unread.body).poll_frame(context);
        match &frame {
            Poll::Ready(None) => self.unread = None,
            Poll::Ready(Some(Err(_))) => unread.is_broken = true,
            _ => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        let unread = self.unread.as_ref();
        unread.is_none_or(|unread| unread.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let unread = self.unread.as_ref();
        unread.map_or_else(SizeHint::default, |unread| unread.body.size_hint())
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        if !self.is_end_stream() {
            *self.slot.0.lock() = self.unread.take();
        }
    }
}
