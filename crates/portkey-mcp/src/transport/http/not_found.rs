//! Addresses at which there is nothing. Clients that look there for old transports or for an authorization server show a
//! person what they find.

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

/// Says where there is something, and what to bring.
pub(super) async fn answer(State(access): State<watch::Receiver<Arc<Access>>>) -> Response {
    let mut text = "nothing is at this address; MCP is at /mcp, over Streamable HTTP".to_owned();
    if let Some(advice) = access.borrow().credential().advice() {
        text.push_str(". There is no sign-in here: ");
        text.push_str(advice);
    }
    // The form of OAuth, which whoever registers a client reads.
    let body = json!({ "error": "not_found", "error_description": text });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}
