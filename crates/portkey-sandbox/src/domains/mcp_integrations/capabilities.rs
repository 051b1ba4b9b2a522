//! The capabilities of an MCP server: tools, prompts and resources. Gateways discover and send them.

use portkey_api::{
    JsonObject,
    mcp_integrations::{CapabilityKind, CapabilitySwitch},
};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::record::{in_path, in_path_to_change};
use crate::{
    identity,
    store::Queries as _,
    wire::{Answer, Call, Fields, Page, Paging, Refusal, merged},
};

pub(super) fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = in_path(call, db)?;
    let sql = "SELECT *, enabled AS allowed FROM mcp_capabilities WHERE integration_id = ?
        ORDER BY type, name";
    let capabilities = db.all(sql, [&integration.id], to_json)?;
    counted(call, capabilities)
}

pub(super) fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = in_path_to_change(call, db)?;
    for (id, enabled) in switches(db, call.body()?, &integration.id)? {
        let sql = "UPDATE mcp_capabilities SET enabled = ?, last_updated_at = ? WHERE id = ?";
        db.run(sql, params![enabled, call.timestamp(), id])?;
    }
    Ok(json!({ "success": true }).into())
}

/// The ids of the capabilities that a body names by name and kind, and whether each is to be enabled.
pub(crate) fn switches(
    db: &Connection,
    body: Fields<'_>,
    integration: &str,
) -> Result<Vec<(String, bool)>, Refusal> {
    let switches: Vec<CapabilitySwitch> = body.required("capabilities")?;
    if switches.is_empty() {
        return Err(body.refuse("capabilities", "must not be empty"));
    }
    let ids = switches.into_iter().map(|switch| {
        let kind = switch.r#type.0.as_str().unwrap_or_default();
        let sql =
            "SELECT id FROM mcp_capabilities WHERE integration_id = ? AND type = ? AND name = ?";
        let id = db.first(sql, [integration, kind, &switch.name], |row| row.get(0))?;
        let id = id.ok_or_else(|| {
            let problem = format!("names no {kind} of this server: {}", switch.name);
            body.refuse("capabilities", &problem)
        })?;
        Ok((id, switch.enabled))
    });
    ids.collect()
}

/// A capability as answers have it. The row's `allowed` says whether it may be used at the level that was asked for.
pub(crate) fn to_json(row: &rusqlite::Row<'_>) -> rusqlite::Result<Value> {
    let own = json!({
        "id": row.get::<_, String>("id")?,
        "name": row.get::<_, String>("name")?,
        "type": row.get::<_, String>("type")?,
        "enabled": row.get::<_, bool>("allowed")?,
        "created_at": row.get::<_, String>("created_at")?,
        "last_updated_at": row.get::<_, String>("last_updated_at")?,
    });
    let usual = json!({
        "title": null, "description": null, "icons": null, "input_schema": null, "output_schema": null,
        "execution": null, "annotations": null, "arguments": null, "uri": null, "uri_template": null,
        "mime_type": null, "size": null,
    });
    Ok(merged(merged(usual, row.get("definition")?), own))
}

/// A page of capabilities of the kind that the call asks for, with the counts of every kind.
pub(crate) fn counted(call: &Call, capabilities: Vec<Value>) -> Result<Answer, Refusal> {
    let paging = Paging {
        max_size: 500,
        first: 1,
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let counts = ["tool", "prompt", "resource", "resource_template"].map(|kind| {
        let these = capabilities.iter().filter(|one| one["type"] == kind);
        let enabled = these.clone().filter(|one| one["enabled"] == true).count();
        let counts = json!({ "total": these.count(), "enabled": enabled });
        (format!("{kind}s"), counts)
    });
    let kind: Option<CapabilityKind> = call.query().optional("type")?;
    let matching = capabilities.into_iter();
    let matching = matching.filter(|one| kind.is_none_or(|kind| one["type"] == json!(kind)));
    let listing = page.cut_with_more(matching.collect());
    let counts: Value = counts.into_iter().collect();
    Ok(merged(listing, json!({ "counts": counts })).into())
}

/// Replaces an integration's capabilities. Those it had before stay enabled or disabled.
pub(crate) fn store(
    db: &Connection,
    integration: &str,
    body: Fields<'_>,
    at: &str,
) -> Result<(), Refusal> {
    let Some(found) = body.optional::<Vec<JsonObject>>("capabilities")? else {
        return Ok(());
    };
    let mut kept = Vec::new();
    for capability in found {
        let fields = Fields::of(&capability);
        let (kind, name) = (kind(fields)?, fields.text("name")?);
        let mut definition = capability.clone();
        for known in ["name", "type", "enabled"] {
            definition.shift_remove(known);
        }
        let sql = "INSERT INTO mcp_capabilities
                (id, integration_id, type, name, definition, created_at, last_updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
            ON CONFLICT (integration_id, type, name) DO UPDATE
                SET definition = excluded.definition, last_updated_at = excluded.last_updated_at
            RETURNING id";
        let definition = Value::Object(definition);
        let id = identity::seeded_id(&format!("{integration} {kind} {name}"));
        let row = params![id, integration, kind, name, definition, at];
        kept.extend(db.first(sql, row, |row| row.get::<_, String>(0))?);
    }
    let sql = "DELETE FROM mcp_capabilities
        WHERE integration_id = ? AND id NOT IN (SELECT value FROM json_each(?))";
    db.run(sql, params![integration, json!(kept)])?;
    Ok(())
}

/// The kind of a capability; a tool by default.
fn kind(capability: Fields<'_>) -> Result<String, Refusal> {
    let kind: Option<CapabilityKind> = capability.optional("type")?;
    let kind = json!(kind.unwrap_or(CapabilityKind::Tool));
    Ok(kind.as_str().unwrap_or_default().to_owned())
}
