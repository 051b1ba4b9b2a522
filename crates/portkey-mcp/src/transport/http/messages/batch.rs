//! Answers a batch of messages.

use std::num::NonZeroU32;

use axum::{
    Json,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::{StreamExt as _, stream};
use rmcp::model::ErrorCode;
use serde_json::Value;

use super::{
    super::{guarded_body::guard, limits::PassedLimits, refusal::Refusal},
    BatchAnswer,
};
use crate::transport::{
    batch::{self, InvalidBatch, REVISION},
    message::{self, Malformed},
};

pub(super) async fn answer(mut parts: Parts, body: &Bytes, next: Next) -> Response {
    let messages: Vec<Value> = match message::parse(body) {
        Ok(Value::Array(messages)) => messages,
        Ok(_) => return super::refuse(Malformed::invalid("this is no batch", None)),
        Err(malformed) => return super::refuse(malformed),
    };
    if let Err(invalid) = check(&parts.headers, &messages) {
        let code = ErrorCode::INVALID_REQUEST;
        return Refusal::malformed(StatusCode::BAD_REQUEST, code, invalid.to_string(), None)
            .into_response();
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    let more = match pass(&parts, messages.len()).await {
        Ok(more) => more,
        Err(refusal) => return refusal.into_response(),
    };
    parts.extensions.insert(more.clone());
    let mut answers = Answers::default();
    for mut message in messages {
        if let Err(malformed) = message::normalise(&mut message) {
            answers.messages.push(malformed.answer());
            continue;
        }
        let request = Request::from_parts(parts.clone(), Body::from(message.to_string()));
        let response = next.clone().run(request).await;
        if let Err(response) = answers.take(response, &message).await {
            return response;
        }
    }
    let mut response = answers.together();
    response.extensions_mut().insert(BatchAnswer);
    guard(response, more)
}

/// The permits of all messages but the first, kept until the last of them has ended.
#[derive(Debug, Clone)]
struct BatchPermits {
    _passed: Option<PassedLimits>,
}

/// Counts each message of a batch against the limits. The first was counted as the request that brought them.
async fn pass(parts: &Parts, messages: usize) -> Result<BatchPermits, Refusal> {
    let more = u32::try_from(messages.saturating_sub(1)).unwrap_or(u32::MAX);
    let limits = parts.extensions.get::<PassedLimits>();
    let passed = match (NonZeroU32::new(more), limits) {
        (Some(more), Some(limits)) => Some(limits.pass_again(more).await?),
        _ => None,
    };
    Ok(BatchPermits { _passed: passed })
}

/// Checks that the batch is allowed. Its revision has no version header, which came later.
fn check(headers: &HeaderMap, messages: &[Value]) -> Result<(), InvalidBatch> {
    let revision = headers.get("mcp-protocol-version");
    if revision.is_some_and(|revision| revision != REVISION) {
        return Err(InvalidBatch::Revision);
    }
    batch::check(messages)
}

/// The answers to the messages.
#[derive(Default)]
struct Answers {
    /// Answers within a session, which are streams.
    streams: Vec<Response>,
    /// Answers without a session, which are single messages.
    messages: Vec<Value>,
}

impl Answers {
    /// Keeps an answer. The error is an answer that holds for the whole batch, such as that there is no such session.
    async fn take(&mut self, response: Response, message: &Value) -> Result<(), Response> {
        match response.status() {
            StatusCode::ACCEPTED => return Ok(()),
            // The session is unknown, or cannot be looked up.
            StatusCode::NOT_FOUND | StatusCode::SERVICE_UNAVAILABLE => return Err(response),
            _ => {}
        }
        match response.headers().get(header::CONTENT_TYPE) {
            Some(kind) if kind == "text/event-stream" => self.streams.push(response),
            _ if response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                let reason = "this is no message of MCP";
                let id = message.get("id").cloned();
                self.messages.push(Malformed::invalid(reason, id).answer());
            }
            Some(kind) if kind == "application/json" => {
                let (parts, body) = response.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
                match serde_json::from_slice(&body) {
                    Ok(answer) => self.messages.push(answer),
                    Err(_) => return Err(Response::from_parts(parts, Body::from(body))),
                }
            }
            _ => return Err(response),
        }
        Ok(())
    }

    fn together(self) -> Response {
        let events = self
            .messages
            .iter()
            .map(|message| format!("data: {message}\n\n"));
        let events: String = events.collect();
        let mut streams = self.streams.into_iter().map(Response::into_parts);
        let Some((head, first)) = streams.next() else {
            return if self.messages.is_empty() {
                StatusCode::ACCEPTED.into_response()
            } else {
                Json(self.messages).into_response()
            };
        };
        let streams = std::iter::once(first)
            .chain(streams.map(|(_, body)| body))
            .chain([Body::from(events)]);
        // Streams are merged, since one that is not read would block the session and so the others.
        let merged = stream::select_all(streams.map(Body::into_data_stream));
        Response::from_parts(head, Body::from_stream(merged.boxed()))
    }
}
