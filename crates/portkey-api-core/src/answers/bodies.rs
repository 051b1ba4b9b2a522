//! Recorded requests and responses, whose bodies are long and may contain any text.

use serde_json::{Value, json};

use crate::json::is_empty;

/// The member of a recorded request or response that contains its body.
const BODY: &str = "body";

/// Replaces the body of recorded traffic by a note with its size.
pub(super) fn withhold(traffic: &mut Value) {
    let body = match traffic {
        Value::Object(members) if members.contains_key(BODY) => members.get_mut(BODY),
        other => Some(other),
    };
    if let Some(body) = body.filter(|body| !is_empty(body)) {
        let bytes = body.to_string().len();
        *body = json!({ "withheld": format!("{bytes} bytes; `include_bodies: true` brings them") });
    }
}
