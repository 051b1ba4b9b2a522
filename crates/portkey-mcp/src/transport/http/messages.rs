//! Reads the body of a POST before the SDK does: takes batches apart, and refuses what is no message with an error of
//! the protocol.

mod batch;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use rmcp::model::{ErrorCode, ProtocolVersion, RequestId};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::{
    refusal::Refusal,
    sessions::{PROTOCOL_VERSION, SESSION_ID},
};
use crate::{
    server::SingleAnswer,
    transport::{
        batch::is_batch,
        message::{self, Malformed},
    },
};

/// Response extension: the answer is one to a batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct BatchAnswer;

/// Checks and normalises the message or the messages of a body.
pub(super) async fn read(request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !is_json(request.headers()) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if is_batch(&body) {
        return batch::answer(parts, &body, next).await;
    }
    let read = message::parse(&body).and_then(|mut message| {
        let is_normalised = message::normalise(&mut message)?;
        Ok((message, is_normalised))
    });
    let (message, is_normalised) = match read {
        Ok(read) => read,
        Err(malformed) => return refuse(malformed),
    };
    if let Err(refusal) = adjust_headers(&mut parts, &message) {
        return refusal.into_response();
    }
    // The stateless revision has no `initialize`, so the SDK gets it unchanged and refuses it.
    let is_normalised = is_normalised && !is_stateless_initialize(&parts, &message);
    let body = if is_normalised {
        parts.headers.remove(CONTENT_LENGTH);
        Body::from(message.to_string())
    } else {
        Body::from(body)
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        // The SDK answers with this status to every message that it cannot parse, although the media type is right.
        let id = message
            .get("id")
            .filter(|id| id.is_string() || id.is_number());
        return refuse(Malformed::invalid(
            "the body is not an MCP message",
            id.cloned(),
        ));
    }
    response
}

/// Adapts the headers to the message.
fn adjust_headers(parts: &mut Parts, message: &Value) -> Result<(), Refusal> {
    let method = message.get("method").and_then(Value::as_str);
    if method == Some("subscriptions/listen") && parts.extensions.get::<SingleAnswer>().is_some() {
        let message = "this is answered by a stream of events: send `Accept: text/event-stream`";
        return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, message));
    }
    if method == Some("initialize") && !is_stateless_initialize(parts, message) {
        // A new session begins: the old session's id does not count, and the body names the revision.
        parts.headers.remove(SESSION_ID);
        parts.headers.remove(PROTOCOL_VERSION);
        if let Some(version) = revision(message) {
            parts.headers.insert(PROTOCOL_VERSION, version);
        }
    }
    Ok(())
}

/// Whether an `initialize` is of the stateless revision: its header says so, and its body names no other.
fn is_stateless_initialize(parts: &Parts, message: &Value) -> bool {
    let stateless = ProtocolVersion::V_2026_07_28.as_str();
    let named = parts.headers.get(PROTOCOL_VERSION);
    let asked = message.pointer("/params/protocolVersion");
    message
        .get("method")
        .is_some_and(|method| method == "initialize")
        && named.is_some_and(|named| named == stateless)
        && asked.is_none_or(|asked| asked == "")
}

/// The revision that an `initialize` asks for, if it is known.
fn revision(opening: &Value) -> Option<HeaderValue> {
    let version = opening.pointer("/params/protocolVersion")?.as_str()?;
    let known = ProtocolVersion::KNOWN_VERSIONS.iter();
    let mut known = known.map(ProtocolVersion::as_str);
    known.find(|known| *known == version)?.parse().ok()
}

fn refuse(malformed: Malformed) -> Response {
    let Malformed { code, reason, id } = malformed;
    let status = if code == ErrorCode::INVALID_PARAMS {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    Refusal::malformed(status, code, reason, id.as_ref()).into_response()
}

/// The method of a message, if it can be parsed.
pub(super) fn method(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Message {
        method: String,
    }
    let message: Message = serde_json::from_slice(body).ok()?;
    Some(message.method)
}

/// The id of a request, if the body can be parsed as one.
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
