//! Answers that come before the body of their request was read. The rest of the body is taken in all the same and
//! thrown away, since many clients send all of it before they look for an answer: closed too early, the connection would
//! take the answer with it.

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

/// So much is waited for before the answer, so that a connection whose client sent little can go on.
const LITTLE: usize = 256 * 1024;
const LITTLE_WITHIN: Duration = Duration::from_millis(250);

/// So much is thrown away after the answer, before the connection is closed.
const MUCH: usize = 64 * 1024 * 1024;
const MUCH_WITHIN: Duration = Duration::from_secs(10);

/// Sees to the body of a request that was answered without it.
pub(super) async fn discard(request: Request, next: Next) -> Response {
    // HTTP/2 ends requests without ending connections.
    if request.version() > Version::HTTP_11 || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let is_held_back = request.headers().contains_key(EXPECT);
    let left = Left::default();
    let watched = left.clone();
    let response = next
        .run(request.map(|body| Body::new(Watched::new(body, watched))))
        .await;
    match left.take() {
        Some(unread) => finish(response, unread, is_held_back).await,
        None => response,
    }
}

/// Takes in what is left of a body, and says so where the connection ends with this answer.
async fn finish(mut response: Response, mut unread: Unread, is_held_back: bool) -> Response {
    // To read what a client holds back until it is told to go on would be to tell it.
    let is_coming = !unread.is_broken && (unread.has_begun || !is_held_back);
    if is_coming {
        let little = timeout(LITTLE_WITHIN, unread.read(LITTLE)).await;
        if little == Ok(true) {
            return response;
        }
        if !unread.is_broken {
            tokio::spawn(async move { timeout(MUCH_WITHIN, unread.read(MUCH)).await });
        }
    }
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

/// Where a body ends up that was not read to its end.
#[derive(Debug, Clone, Default)]
struct Left(Arc<Mutex<Option<Unread>>>);

impl Left {
    fn take(&self) -> Option<Unread> {
        self.0.lock().take()
    }
}

#[derive(Debug)]
struct Unread {
    body: Body,
    has_begun: bool,
    /// It cannot be read any further.
    is_broken: bool,
}

impl Unread {
    /// Throws away about so much, and says whether that was all.
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

/// A body that is kept if it is dropped before its end.
struct Watched {
    unread: Option<Unread>,
    left: Left,
}

impl Watched {
    fn new(body: Body, left: Left) -> Self {
        let unread = Unread {
            body,
            has_begun: false,
            is_broken: false,
        };
        Self {
            unread: Some(unread),
            left,
        }
    }
}

impl http_body::Body for Watched {
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

impl Drop for Watched {
    fn drop(&mut self) {
        if !self.is_end_stream() {
            *self.left.0.lock() = self.unread.take();
        }
    }
}
