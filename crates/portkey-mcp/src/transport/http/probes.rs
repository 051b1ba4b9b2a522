//! What orchestrators ask.

use axum::Json;
use serde_json::{Value, json};

/// Whether the process answers at all.
pub(super) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}
