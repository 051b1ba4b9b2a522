//! The answer of unknown paths. Clients look there for old transports or an authorization server, and show the answer
//! to a person.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde_json::json;
use tokio::sync::watch;

use crate::access::Access;

/// Answers with 404, and says where MCP is and which credential it takes.
pub(super) async fn answer(State(access): State<watch::Receiver<Arc<Access>>>) -> Response {
    let mut text = "nothing is at this address; MCP is at /mcp, over Streamable HTTP".to_owned();
    if let Some(advice) = access.borrow().credential().advice() {
        text.push_str(". There is no sign-in here: ");
        text.push_str(advice);
    }
    // The form of an OAuth error, which clients read when they try to register.
    let body = json!({ "error": "not_found", "error_description": text });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}
