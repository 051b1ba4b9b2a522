//! The body of a POST, before the SDK reads it: batches are taken apart, and what is no message at all is told so in
//! the protocol's own words.

mod batch;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use rmcp::model::ErrorCode;
use serde_json::Value;

use super::refusal::Refusal;
use crate::transport::batch::is_one as is_batch;

/// Reads bodies of at most `longest` bytes.
pub(super) async fn read(State(longest): State<usize>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !is_json(request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = match whole(body, longest).await {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    if is_batch(&body) {
        return batch::answer(parts, &body, next).await;
    }
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let response = next.run(request).await;
    if response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        // The SDK answers so to whatever it cannot read, although the type is the right one.
        return unreadable(&body);
    }
    response
}

/// A body of at most `longest` bytes.
pub(super) async fn whole(body: Body, longest: usize) -> Result<Bytes, Refusal> {
    to_bytes(body, longest).await.map_err(|_| {
        Refusal::malformed(
            StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::INVALID_REQUEST,
            format!("a message may have {longest} bytes"),
            None,
        )
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Says what is wrong with a body that is no message.
fn unreadable(body: &Bytes) -> Response {
    match serde_json::from_slice::<Value>(body) {
        Err(error) => Refusal::malformed(
            StatusCode::BAD_REQUEST,
            ErrorCode::PARSE_ERROR,
            format!("the body is no JSON: {error}"),
            None,
        )
        .into_response(),
        Ok(message) => Refusal::malformed(
            StatusCode::BAD_REQUEST,
            ErrorCode::INVALID_REQUEST,
            "the body is no message of JSON-RPC 2.0",
            id(&message),
        )
        .into_response(),
    }
}

/// The id of what may be a request.
fn id(message: &Value) -> Option<&Value> {
    message
        .get("id")
        .filter(|id| id.is_string() || id.is_number())
}
