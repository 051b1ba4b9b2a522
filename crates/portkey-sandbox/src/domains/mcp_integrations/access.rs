//! Which workspaces may use an MCP integration.

use portkey_api::mcp_integrations::{GlobalAccess, WorkspaceSwitch};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::record::{ALLOWED, McpIntegration, in_path, in_path_to_change};
use crate::{
    store::{Queries as _, TableRow as _},
    wire::{Answer, Call, Change, Refusal, merged},
};

/// How many workspaces may use an integration.
pub(super) fn count(db: &Connection, integration: &McpIntegration) -> rusqlite::Result<u32> {
    let allowed = ALLOWED.replace(":workspace", "workspace.id");
    let sql = format!(
        "SELECT count(*) FROM workspaces AS workspace JOIN mcp_integrations AS integration
        WHERE integration.id = ? AND {allowed}"
    );
    let count = db.first(&sql, [&integration.id], |row| row.get(0))?;
    Ok(count.unwrap_or_default())
}

/// Workspaces are identified by slug in answers to workspace keys, and by UUID in others.
pub(super) fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = in_path(call, db)?;
    let own = call.principal.workspace_id.as_ref();
    let sql = "SELECT given.*, workspace.slug FROM mcp_integration_workspaces AS given
        JOIN workspaces AS workspace ON workspace.id = given.workspace_id
        WHERE given.integration_id = ?1 AND (?2 IS NULL OR workspace.id = ?2)
        ORDER BY workspace.created_at, workspace.slug";
    let id = own.map_or("workspace_id", |_| "slug");
    let workspaces = db.all(sql, params![integration.id, own], |row| {
        Ok(json!({
            "id": row.get::<_, String>(id)?,
            "enabled": row.get::<_, bool>("enabled")?,
            "status": "active",
            "created_at": row.get::<_, String>("created_at")?,
            "last_updated_at": row.get::<_, String>("last_updated_at")?,
        }))
    })?;
    let global = integration.global_access;
    let global = json!({
        "global_workspace_access": global.map(|enabled| json!({ "enabled": enabled })),
    });
    let listing = match call.query().value("version") {
        None => json!({ "workspaces": workspaces, "object": "integration" }),
        Some(_) => {
            json!({ "object": "list", "total": workspaces.len(), "data": Value::from(workspaces) })
        }
    };
    Ok(merged(listing, global).into())
}

pub(super) fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut integration = in_path_to_change(call, db)?;
    if integration.workspace_id.is_some() {
        return Err(Refusal::invalid(
            "Invalid request. This MCP integration belongs to one workspace",
        ));
    }
    let body = call.body()?;
    let switches: Vec<WorkspaceSwitch> = body.required("workspaces")?;
    integration.global_access = match body.change::<GlobalAccess>("global_workspace_access")? {
        Change::Keep => integration.global_access,
        Change::Clear => None,
        Change::Set(access) => Some(access.enabled),
    };
    integration.update(db)?;
    if body.flag("override_existing_workspace_access")? == Some(true) {
        let sql = "DELETE FROM mcp_integration_workspaces WHERE integration_id = ?";
        db.run(sql, [&integration.id])?;
    }
    for switch in switches {
        let name = switch.id.to_string();
        let sql = "SELECT id FROM workspaces WHERE id = ?1 OR slug = ?1";
        let workspace: Option<String> = db.first(sql, [&name], |row| row.get(0))?;
        let workspace = workspace
            .ok_or_else(|| body.refuse("workspaces", &format!("names no workspace: {name}")))?;
        give(
            db,
            &integration.id,
            &workspace,
            switch.enabled,
            &call.timestamp(),
        )?;
    }
    Ok(Answer::empty())
}

/// Allows or forbids a workspace to use an integration.
pub(crate) fn give(
    db: &Connection,
    integration: &str,
    workspace: &str,
    enabled: bool,
    at: &str,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO mcp_integration_workspaces
            (integration_id, workspace_id, enabled, created_at, last_updated_at)
        VALUES (?1, ?2, ?3, ?4, ?4)
        ON CONFLICT DO UPDATE SET enabled = excluded.enabled, last_updated_at = excluded.last_updated_at";
    db.run(sql, params![integration, workspace, enabled, at])?;
    Ok(())
}
