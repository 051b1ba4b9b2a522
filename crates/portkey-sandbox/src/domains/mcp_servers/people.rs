//! Which users may use an MCP server, and which have signed in to it.

use portkey_api::mcp_servers::{DefaultAccess, UserSwitch};
use rusqlite::{Connection, Row, named_params, params};
use serde_json::{Value, json};

use super::record::{McpServer, in_path};
use crate::{
    rules::workspace_scope,
    store::Queries as _,
    wire::{Answer, Call, Page, Paging, Refusal, merged},
};

/// The members of the server's workspace, with the access of each.
const PEOPLE: &str =
    "SELECT user.*, own.enabled AS own, coalesce(own.enabled, server.default_user_access = 'allow')
        AS enabled, EXISTS (SELECT 1 FROM mcp_connections AS connection
            WHERE connection.server_id = server.id AND connection.user_id = user.id) AS is_connected
    FROM mcp_servers AS server
    JOIN workspace_members AS member ON member.workspace_id = server.workspace_id
    JOIN users AS user ON user.id = member.user_id
    LEFT JOIN mcp_user_access AS own ON own.server_id = server.id AND own.user_id = user.id
    WHERE server.id = :server";

pub(super) fn list_access(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let paging = Paging {
        max_size: 500,
        first: 1,
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let sql = format!(
        "{PEOPLE} AND (:search IS NULL
            OR instr(lower(user.first_name || ' ' || user.last_name), lower(:search)) > 0)
        ORDER BY user.first_name, user.last_name, user.id"
    );
    let search = call.query().optional_text("search")?;
    let filter = named_params! { ":server": server.id, ":search": search };
    let people = db.all(&sql, filter, person)?;
    let default = json!({ "default_user_access": server.default_user_access });
    Ok(merged(page.cut_with_more(people), default).into())
}

pub(super) fn update_access(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let body = call.body()?;
    let switches: Option<Vec<UserSwitch>> = body.optional("user_access")?;
    let default: Option<DefaultAccess> = body.optional("default_user_access")?;
    if switches.is_none() && default.is_none() {
        return Err(body.refuse("user_access", "or default_user_access is required"));
    }
    if let Some(default) = default {
        let access = match default {
            DefaultAccess::Allow => "allow",
            DefaultAccess::Deny => "deny",
        };
        let sql = "UPDATE mcp_servers SET default_user_access = ? WHERE id = ?";
        db.run(sql, [access, &server.id])?;
    }
    for switch in switches.unwrap_or_default() {
        let user = switch.user_id.to_string();
        let sql = "SELECT 1 FROM workspace_members WHERE workspace_id = ? AND user_id = ?";
        if !db.any(sql, [&server.workspace_id, &user])? {
            let problem = format!("names no member of the server's workspace: {user}");
            return Err(body.refuse("user_access", &problem));
        }
        let sql = "INSERT INTO mcp_user_access (server_id, user_id, enabled) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET enabled = excluded.enabled";
        db.run(sql, params![server.id, user, switch.enabled])?;
    }
    Ok(json!({ "success": true }).into())
}

/// Whether the key's person may use the server. Service keys have no person and always may.
pub(super) fn check_access(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let user = call.principal.user_id.as_ref();
    let sql = format!("{PEOPLE} AND user.id = :user");
    let filter = named_params! { ":server": server.id, ":user": user };
    let enabled = db.first(&sql, filter, |row| row.get("enabled"))?;
    // Service keys may use every server of their workspace.
    let has_access = user.is_none() || enabled.unwrap_or(false);
    Ok(json!({ "has_access": has_access, "object": "user-access" }).into())
}

pub(super) fn list_connections(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let paging = Paging {
        max_size: 500,
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let sql = "SELECT * FROM mcp_connections
        WHERE server_id = :server AND user_id IS NOT NULL
          AND (:own IS NULL OR user_id = :own) AND (:user IS NULL OR user_id = :user)
        ORDER BY created_at DESC, user_id";
    let filter = named_params! {
        ":server": server.id,
        ":own": call.principal.user_id,
        ":user": call.query().optional_text("user_id")?,
    };
    let connections = db.all(sql, filter, |row| {
        Ok(json!({
            "user_id": row.get::<_, String>("user_id")?,
            "connected": true,
            "created_at": row.get::<_, String>("created_at")?,
            "last_updated_at": row.get::<_, String>("last_updated_at")?,
        }))
    })?;
    let connections = if is_elsewhere(call, db, &server)? {
        Vec::new()
    } else {
        connections
    };
    Ok(page.cut_with_more(connections).into())
}

/// Keys of a person disconnect that person, service keys the person whom the call names.
pub(super) fn disconnect(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let query = call.query();
    let named = query.optional_text("user_id")?;
    let user = match (&call.principal.user_id, named) {
        (Some(own), Some(other)) if *own != other => {
            return Err(Refusal::foreign("connection"));
        }
        (Some(own), _) => own.clone(),
        (None, Some(named)) => named,
        (None, None) => return Err(query.refuse("user_id", "is required")),
    };
    let sql = "DELETE FROM mcp_connections WHERE server_id = ? AND user_id = ?";
    if is_elsewhere(call, db, &server)? || db.run(sql, [&server.id, &user])? == 0 {
        return Err(Refusal::not_found("connection"));
    }
    Ok(json!({ "success": true }).into())
}

/// Whether the call names a workspace other than the server's.
fn is_elsewhere(call: &Call, db: &Connection, server: &McpServer) -> Result<bool, Refusal> {
    let named = workspace_scope::requested(call, db)?;
    Ok(named.is_some_and(|named| named != server.workspace_id))
}

/// A member as answers have it. The misspelt `object` is the vendor's.
fn person(row: &Row<'_>) -> rusqlite::Result<Value> {
    let connected: bool = row.get("is_connected")?;
    Ok(json!({
        "user_id": row.get::<_, String>("id")?,
        "first_name": row.get::<_, String>("first_name")?,
        "last_name": row.get::<_, String>("last_name")?,
        "enabled": row.get::<_, bool>("enabled")?,
        "has_override": row.get::<_, Option<bool>>("own")?.is_some(),
        "connection_status": if connected { "connected" } else { "not_connected" },
        "object": "user-acces",
    }))
}
