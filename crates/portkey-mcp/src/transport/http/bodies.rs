//! Bodies of requests, read whole before anything looks at them: within a time, and within what memory everybody, and
//! each principal, may hold.

mod room;

use std::{future::poll_fn, pin::pin, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{Method, StatusCode, header::CONTENT_LENGTH},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http_body::Body as _;
use portkey_api::values;
use rmcp::model::ErrorCode;
use tokio::time::timeout;

use super::refusal::Refusal;
use crate::{access::Principal, config::LimitSettings, transport::message};
use room::{Full, Held, Room};

/// About what a value and its name take in memory, once they are read.
const VALUE: usize = 128;
/// More values than a call may hold: to read a million tiny ones would keep a thread from everybody else.
const MOST_VALUES: usize = 250_000;

/// What bodies may take.
#[derive(Debug)]
pub(super) struct Bodies {
    longest: usize,
    within: Duration,
    room: Arc<Room>,
}

impl Bodies {
    pub(super) fn new(settings: &LimitSettings) -> Arc<Self> {
        let longest = settings.longest_body();
        Arc::new(Self {
            longest,
            within: settings.body_timeout,
            room: Room::new(settings.body_memory(), longest),
        })
    }

    /// The whole body, and the room that it takes.
    async fn whole(&self, whose: &str, body: Body) -> Result<(Bytes, Held), Refusal> {
        if body.size_hint().lower() > u64::try_from(self.longest).unwrap_or(u64::MAX) {
            return Err(self.too_long());
        }
        let mut held = self.room.empty(whose);
        let reading = self.collect(body, &mut held);
        let bytes = timeout(self.within, reading).await.map_err(|_| {
            let message = format!("the body did not come within {:?}", self.within);
            Refusal::new(StatusCode::REQUEST_TIMEOUT, message)
        })??;
        self.weigh(&bytes, &mut held)?;
        Ok((bytes, held))
    }

    /// Copies what comes: the buffers that it comes in may be far larger.
    async fn collect(&self, body: Body, held: &mut Held) -> Result<Bytes, Refusal> {
        let mut body = pin!(body);
        let mut bytes = Vec::new();
        while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
            let frame = frame.map_err(|error| broken(&error))?;
            let part = frame.data_ref().map(Bytes::as_ref).unwrap_or_default();
            if bytes.len() + part.len() > self.longest {
                return Err(self.too_long());
            }
            held.grow(bytes.len() + part.len()).map_err(full)?;
            bytes.extend_from_slice(part);
        }
        Ok(bytes.into())
    }

    /// Counts what becomes of a body, which may be much more than what came.
    fn weigh(&self, bytes: &[u8], held: &mut Held) -> Result<(), Refusal> {
        let values = values(bytes);
        let weight = bytes.len().saturating_add(values.saturating_mul(VALUE));
        if weight > self.room.share() || values > MOST_VALUES {
            let message =
                format!("a message may not have as many as {values} values; send several");
            return Err(Refusal::malformed(
                StatusCode::PAYLOAD_TOO_LARGE,
                ErrorCode::INVALID_REQUEST,
                message,
                None,
            ));
        }
        held.grow(weight).map_err(full)
    }

    fn too_long(&self) -> Refusal {
        Refusal::malformed(
            StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::INVALID_REQUEST,
            format!("a message may have {} bytes", self.longest),
            None,
        )
    }
}

/// Reads the body of a message.
pub(super) async fn read(
    State(bodies): State<Arc<Bodies>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let principal = parts.extensions.get::<Principal>();
    let whose = principal.map_or("", Principal::name);
    match bodies.whole(whose, body).await {
        Ok((bytes, held)) => {
            // It is held until nothing runs any more that the request began.
            parts.extensions.insert(Arc::new(held));
            let text = message::without_mark(&bytes);
            if text.len() < bytes.len() {
                parts.headers.remove(CONTENT_LENGTH);
            }
            let text = bytes.slice_ref(text);
            next.run(Request::from_parts(parts, text.into())).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn broken(error: &axum::Error) -> Refusal {
    Refusal::malformed(
        StatusCode::BAD_REQUEST,
        ErrorCode::PARSE_ERROR,
        format!("the body broke off or is not framed as HTTP asks: {error}"),
        None,
    )
}

fn full(full: Full) -> Refusal {
    let soon = Duration::from_secs(1);
    match full {
        Full::Share(share) => {
            let message = format!("bodies of your requests may hold {share} bytes at once");
            Refusal::too_many(message, soon)
        }
        Full::All => Refusal::unavailable("there is no room for so large a body now", soon),
    }
}
