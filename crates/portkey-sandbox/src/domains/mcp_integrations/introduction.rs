//! What an MCP server says about itself, and whether it can be reached.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{
    capabilities,
    record::{McpIntegration, in_path, in_path_to_change},
};
use crate::store::TableRow as _;
use crate::wire::{Answer, Call, Refusal, merged};

pub(super) fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = in_path(call, db)?;
    let synced_at = integration.synced_at.as_deref();
    Ok(introduced(&integration.introduction, synced_at).into())
}

pub(super) fn test(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    Ok(test_connection(&in_path(call, db)?).into())
}

/// Stores what a gateway discovered about a server.
pub(super) fn sync(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut integration = in_path_to_change(call, db)?;
    let body = call.body()?;
    let server = body.inside("server_info", "server_info.")?;
    let introduction = json!({
        "server_name": server.optional_text("name")?,
        "server_version": server.optional_text("version")?,
        "title": server.optional_text("title")?,
        "protocol_version": server.optional_text("protocolVersion")?,
    });
    if body.value("server_info").is_some() {
        integration.introduction = introduction;
    }
    integration.synced_at = Some(call.timestamp());
    integration.update(db)?;
    capabilities::store(db, &integration.id, body, &call.timestamp())?;
    Ok(json!({ "success": true }).into())
}

/// What a server said about itself, as answers have it.
pub(crate) fn introduced(introduction: &Value, synced_at: Option<&str>) -> Value {
    let usual = json!({
        "server_name": null, "server_version": null, "protocol_version": null, "title": null, "description": null,
        "website_url": null, "icons": null, "instructions": null, "capability_flags": null,
    });
    let said = match introduction {
        Value::Object(_) => merged(usual, introduction.clone()),
        _ => usual,
    };
    let sync = json!({
        "sync_status": synced_at.map_or("pending", |_| "success"),
        "last_synced_at": synced_at,
        "sync_error": null,
        "object": "metadata",
    });
    merged(said, sync)
}

/// The result of a connection test. The sandbox connects to nothing: only hosts below the reserved `.invalid` fail.
pub(crate) fn test_connection(integration: &McpIntegration) -> Value {
    let url = integration.url.as_str();
    let host = url.split('/').nth(2).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let answers = !host.ends_with(".invalid");
    let name = integration.introduction.get("server_name");
    json!({
        "success": answers,
        "status_code": answers.then_some(200),
        "response_time_ms": answers.then_some(84),
        "url": url,
        "server_name": name.and_then(Value::as_str).unwrap_or(&integration.name),
        "error": (!answers).then(|| format!("{host} cannot be found")),
    })
}
