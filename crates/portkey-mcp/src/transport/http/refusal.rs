//! An answer to what is no request the SDK could answer: an error of JSON-RPC, with a status that proxies understand.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use rmcp::model::ErrorCode;
use serde_json::{Value, json};

/// `id` is that of the message, where it can be told.
pub(super) fn refusal(
    status: StatusCode,
    code: ErrorCode,
    message: impl Into<String>,
    id: Option<&Value>,
) -> Response {
    let error = json!({ "code": code.0, "message": message.into() });
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": error });
    (status, Json(body)).into_response()
}
