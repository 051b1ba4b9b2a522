//! The capabilities of an MCP server: those of its integration, each enabled only if integration and server allow it.

use rusqlite::{Connection, params};
use serde_json::json;

use super::record::in_path;
use crate::{
    domains::mcp_integrations,
    store::Queries as _,
    wire::{Answer, Call, Refusal, merged},
};

pub(super) fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let sql = "SELECT capability.*, capability.enabled AND coalesce(own.enabled, 1) AS allowed
        FROM mcp_capabilities AS capability
        LEFT JOIN mcp_server_capabilities AS own
            ON own.capability_id = capability.id AND own.server_id = ?1
        WHERE capability.integration_id = ?2 ORDER BY capability.type, capability.name";
    let capabilities = db.all(sql, params![server.id, server.integration_id], |row| {
        let above = json!({ "integration_enabled": row.get::<_, bool>("enabled")? });
        Ok(merged(mcp_integrations::capability(row)?, above))
    })?;
    mcp_integrations::counted(call, capabilities)
}

pub(super) fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let switches = mcp_integrations::switches(db, call.body()?, &server.integration_id)?;
    for (capability, enabled) in switches {
        let sql = "INSERT INTO mcp_server_capabilities (server_id, capability_id, enabled)
            VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET enabled = excluded.enabled";
        db.run(sql, params![server.id, capability, enabled])?;
    }
    Ok(json!({ "success": true }).into())
}

/// Stores the capabilities that a gateway discovered.
pub(super) fn sync(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let body = call.body()?;
    mcp_integrations::store(db, &server.integration_id, body, &call.timestamp())?;
    Ok(json!({ "success": true }).into())
}
