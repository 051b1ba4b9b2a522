//! The body of a POST, before the SDK reads it: batches are taken apart, and what is no message at all is told so in
//! the protocol's own words.

mod batch;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use rmcp::model::{ErrorCode, RequestId};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::refusal::Refusal;
use crate::transport::batch::is_one as is_batch;

/// Takes a body apart, all of which is there already.
pub(super) async fn read(request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !is_json(request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
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

/// The method of a message, if it can be told without doubt.
pub(super) fn method(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Message {
        method: String,
    }
    let message: Message = serde_json::from_slice(body).ok()?;
    Some(message.method)
}

/// The id of a request, if the body is one without doubt.
pub(super) fn request_id(body: &[u8]) -> Option<RequestId> {
    #[derive(Deserialize)]
    struct Message {
        #[serde(rename = "method")]
        _method: IgnoredAny,
        id: RequestId,
    }
    let message: Message = serde_json::from_slice(body).ok()?;
    Some(message.id)
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
