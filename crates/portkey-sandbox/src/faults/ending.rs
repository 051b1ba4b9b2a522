//! How a fault ends an answer.

use std::convert::Infallible;

use axum::{
    body::{self, Body, Bytes},
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, RETRY_AFTER},
    },
    response::{Html, IntoResponse, Response},
};
use futures_util::{Stream, StreamExt as _, stream};

use super::connection::ClientConnection;
use crate::wire::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// An error of Portkey's own.
    Refusal {
        status: StatusCode,
        retry_after: Option<u32>,
    },
    /// The error page of a proxy.
    Page {
        status: StatusCode,
        retry_after: Option<u32>,
    },
    /// An answer that ends before it is complete.
    Truncated,
    /// No answer: the connection breaks.
    Reset,
}

impl Ending {
    /// The answer after the fault.
    pub(super) async fn of(self, answer: Response, connection: &ClientConnection) -> Response {
        match self {
            Self::Refusal {
                status,
                retry_after,
            } => {
                let refusal = Refusal::struck(status).into_response();
                let hint = (status == StatusCode::TOO_MANY_REQUESTS).then_some(1);
                hinting(refusal, retry_after.or(hint))
            }
            Self::Page {
                status,
                retry_after,
            } => hinting((status, Html(page(status))).into_response(), retry_after),
            Self::Truncated => truncated(answer).await,
            Self::Reset => {
                connection.reset();
                answer
            }
        }
    }
}

fn hinting(mut answer: Response, retry_after: Option<u32>) -> Response {
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    answer
}

fn page(status: StatusCode) -> String {
    format!(
        "<!doctype html>\n<html>\n<head><title>{status}</title></head>\n\
         <body><h1>{status}</h1><p>A proxy in front of the sandbox, so to speak.</p></body>\n</html>\n"
    )
}

/// Half of the answer, with the content length of all of it.
async fn truncated(answer: Response) -> Response {
    let (mut head, whole) = answer.into_parts();
    let whole = body::to_bytes(whole, usize::MAX).await.unwrap_or_default();
    let length = HeaderValue::from(whole.len().max(1));
    head.headers.insert(CONTENT_LENGTH, length);
    Response::from_parts(head, Body::from_stream(half(&whole)))
}

/// The server breaks the connection when the stream ends too early, without flushing first. So the end waits
/// until the half is on its way.
fn half(whole: &Bytes) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
    let half = stream::iter([whole.slice(..whole.len() / 2)]);
    let end = stream::once(tokio::task::yield_now()).map(|()| Bytes::new());
    half.chain(end).map(Ok)
}
