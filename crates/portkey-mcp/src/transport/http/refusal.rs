//! The answer to a request that is refused: an HTTP status, and a JSON-RPC error that clients can show.

use std::time::Duration;

use axum::{
    Json,
    body::to_bytes,
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use rmcp::model::{ErrorCode, RequestId};
use serde_json::{Value, json};

/// The longest text of a foreign refusal that is converted, in bytes.
const LONGEST: usize = 64 * 1024;

/// A request that is not let through.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: i32,
    message: String,
    /// The id of the message, if it is known.
    id: Option<Value>,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal of a request as it is.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            // The first of the codes that servers may define.
            code: -32000,
            message: message.into(),
            id: None,
            retry_after: None,
        }
    }

    /// A refusal of a message that the SDK cannot answer.
    pub(super) fn malformed(
        status: StatusCode,
        code: ErrorCode,
        message: impl Into<String>,
        id: Option<&Value>,
    ) -> Self {
        Self {
            code: code.0,
            id: id.cloned(),
            ..Self::new(status, message)
        }
    }

    /// A refusal because another request of the session has the same id and is not answered yet.
    pub(super) fn id_in_use(id: &RequestId) -> Self {
        Self {
            code: ErrorCode::INVALID_REQUEST.0,
            id: serde_json::to_value(id).ok(),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "this id is in use; give each request an id of its own",
            )
        }
    }

    /// A refusal because the session does not exist or is another principal's.
    pub(super) fn no_session() -> Self {
        Self {
            // The code that clients of older revisions know.
            code: -32001,
            ..Self::new(
                StatusCode::NOT_FOUND,
                "session not found; begin a new one with `initialize`",
            )
        }
    }

    /// A refusal because of too many requests.
    pub(super) fn too_many(message: impl Into<String>, retry_after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, message).after(retry_after)
    }

    /// A refusal because the server is not able to answer for now.
    pub(super) fn unavailable(message: impl Into<String>, retry_after: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message).after(retry_after)
    }

    fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

/// Converts refusals in plain text or without a body, which come from the SDK and the router, to JSON.
pub(super) async fn in_json(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let response = next.run(request).await;
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE);
    let is_refused = status.is_client_error() || status.is_server_error();
    if !is_refused || kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, LONGEST).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let allowed = parts
        .headers
        .get(ALLOW)
        .and_then(|allowed| allowed.to_str().ok());
    let refusal = match status {
        StatusCode::NOT_FOUND => Refusal::no_session(),
        StatusCode::METHOD_NOT_ALLOWED => {
            let allowed = allowed.unwrap_or("POST");
            let message = format!(
                "{method} is not answered here, but {allowed} is; MCP is at /mcp, and / says how to connect"
            );
            Refusal::new(status, message)
        }
        StatusCode::BAD_REQUEST if text.contains("Session ID is required") => {
            let message = "the request is of no session: send the header Mcp-Session-Id that `initialize` answered, or begin \
                           with `initialize`. A person finds out at / how to connect";
            Refusal::new(status, message)
        }
        _ if text.is_empty() => {
            Refusal::new(status, status.canonical_reason().unwrap_or("refused"))
        }
        _ => Refusal::new(status, text.trim()),
    };
    let mut response = refusal.into_response();
    for (name, value) in &parts.headers {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // Rounded up, so that a client that comes at that second is not too early.
        let seconds = self
            .retry_after
            .map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        let seconds = seconds.map(|seconds| seconds.max(1));
        let error = match seconds {
            Some(seconds) => {
                json!({ "code": self.code, "message": self.message, "data": { "retryAfter": seconds } })
            }
            None => json!({ "code": self.code, "message": self.message }),
        };
        let body = json!({ "jsonrpc": "2.0", "id": self.id, "error": error });
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = seconds {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
