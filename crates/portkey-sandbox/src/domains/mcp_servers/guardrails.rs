//! Which guardrails apply to which MCP servers.

use std::collections::BTreeMap;

use portkey_api::mcp_servers::Stage;
use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    domains::guardrails::{self, Guardrail},
    identity,
    store::{Queries as _, TableRow as _},
    wire::{Answer, Call, Fields, Refusal},
};

/// How a guardrail applies to one server, in the words and members that Portkey documents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuardedServer {
    run_on: Option<Vec<Stage>>,
    mcp_integration_capability_ids: Option<Vec<String>>,
}

/// The answer is the list itself, without an envelope.
pub(super) fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let guardrail = named(call, db)?;
    Ok(Value::from(guardrails::mappings(db, &guardrail.id)?).into())
}

/// Replaces the servers that a guardrail applies to, and answers how many mappings changed.
pub(super) fn replace(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let guardrail = of_tools(call, db)?;
    let body = call.body()?;
    let wanted: BTreeMap<String, GuardedServer> = body.required("mcp_servers")?;
    let (mut added, mut updated) = (0_usize, 0_usize);
    for (server, guarded) in &wanted {
        match put(call, db, body, (&guardrail, server), guarded)? {
            MappingChange::Added => added += 1,
            MappingChange::Updated => updated += 1,
            MappingChange::None => {}
        }
    }
    let kept: Vec<&String> = wanted.keys().collect();
    let sql = "DELETE FROM guardrail_mcp_servers WHERE guardrail_id = ?
        AND server_id NOT IN (SELECT value FROM json_each(?))";
    let removed = db.run(sql, params![guardrail, json!(kept)])?;
    let changed = added + updated + removed > 0;
    Ok(
        json!({ "changed": changed, "added": added, "updated": updated, "removed": removed })
            .into(),
    )
}

pub(super) fn upsert(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let guardrail = of_tools(call, db)?;
    let body = call.body()?;
    let server = call.path("mcp_server_id");
    let guarded = GuardedServer {
        run_on: body.optional("run_on")?,
        mcp_integration_capability_ids: body.optional("mcp_integration_capability_ids")?,
    };
    put(call, db, body, (&guardrail, server), &guarded)?;
    let sql = "SELECT id FROM guardrail_mcp_servers WHERE guardrail_id = ? AND server_id = ?";
    let map: Option<String> = db.first(sql, [&guardrail, server], |row| row.get(0))?;
    Ok(json!({ "map_id": map, "guardrail_id": guardrail, "mcp_server_id": server }).into())
}

/// How a call changed one mapping.
enum MappingChange {
    Added,
    Updated,
    None,
}

fn put(
    call: &Call,
    db: &Connection,
    body: Fields<'_>,
    (guardrail, server): (&str, &str),
    guarded: &GuardedServer,
) -> Result<MappingChange, Refusal> {
    let sql = "SELECT workspace_id FROM mcp_servers WHERE id = ?";
    let workspace: Option<String> = db.first(sql, [server], |row| row.get(0))?;
    let workspace = workspace
        .ok_or_else(|| body.refuse("mcp_servers", &format!("names no MCP server: {server}")))?;
    call.principal
        .permit_workspace(Some(&workspace), "MCP server")?;
    let both = || vec![Stage::Input, Stage::Output];
    let stages = guarded.run_on.clone().unwrap_or_else(both);
    if stages.is_empty() {
        return Err(body.refuse("run_on", "must not be empty"));
    }
    let (stages, capabilities) = (json!(stages), capabilities(db, body, server, guarded)?);
    let sql = "SELECT run_on, capability_ids FROM guardrail_mcp_servers
        WHERE guardrail_id = ? AND server_id = ?";
    let before: Option<(Value, Value)> = db.first(sql, [guardrail, server], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let sql =
        "INSERT INTO guardrail_mcp_servers (id, guardrail_id, server_id, run_on, capability_ids)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT (guardrail_id, server_id)
            DO UPDATE SET run_on = excluded.run_on, capability_ids = excluded.capability_ids";
    let row = params![identity::new_id(), guardrail, server, stages, capabilities];
    db.run(sql, row)?;
    Ok(match before {
        None => MappingChange::Added,
        Some(before) if before == (stages, capabilities) => MappingChange::None,
        Some(_) => MappingChange::Updated,
    })
}

/// The ids of the capabilities that a guardrail applies to, which the server must have; null for all.
fn capabilities(
    db: &Connection,
    body: Fields<'_>,
    server: &str,
    guarded: &GuardedServer,
) -> Result<Value, Refusal> {
    let ids = guarded.mcp_integration_capability_ids.as_deref();
    for id in ids.unwrap_or_default() {
        let sql = "SELECT 1 FROM mcp_capabilities AS capability JOIN mcp_servers AS server
            ON server.integration_id = capability.integration_id WHERE server.id = ? AND capability.id = ?";
        if !db.any(sql, [server, id])? {
            let problem = format!("names nothing that the server has: {id}");
            return Err(body.refuse("mcp_integration_capability_ids", &problem));
        }
    }
    Ok(json!(ids))
}

/// The UUID of the guardrail of MCP tools that the path names.
fn of_tools(call: &Call, db: &Connection) -> Result<String, Refusal> {
    let guardrail = named(call, db)?;
    if guardrail.target != guardrails::MCP_TOOLS {
        return Err(Refusal::invalid(
            "Invalid request. The target of the guardrail is not mcp_tools",
        ));
    }
    Ok(guardrail.id)
}

/// The guardrail that the path names by UUID or slug.
fn named(call: &Call, db: &Connection) -> Result<Guardrail, Refusal> {
    let sql = "SELECT * FROM guardrails WHERE id = ?1 OR slug = ?1";
    let found = db.first(sql, [call.path("guardrail_id")], Guardrail::read)?;
    let guardrail = found.ok_or_else(|| Refusal::not_found("guardrail"))?;
    call.principal
        .permit_workspace(guardrail.workspace_id.as_deref(), "guardrail")?;
    Ok(guardrail)
}
