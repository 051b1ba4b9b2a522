//! Fields that a workspace must not export. No operation of the API sets them, so the sandbox has a control for it.

use portkey_api::logging::ExportField;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::file::name;
use crate::{
    records::Workspace,
    rules::workspace_scope,
    store::Queries as _,
    wire::{Answer, Call, Fields, Refusal},
};

pub(super) fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    call.query().text("workspace_id")?;
    let workspace = workspace_scope::requested_or_default(call, db)?;
    Ok(json!({ "deniedFields": denied(db, &workspace)? }).into())
}

/// Replaces the denied fields by those of a body such as `{"denied_fields": ["request"]}`.
pub(crate) fn put(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let fields: Vec<ExportField> = call.body()?.required("denied_fields")?;
    let workspace = Workspace::in_path(call, db)?;
    deny(db, &workspace.id, &json!(fields))?;
    Ok(json!({ "deniedFields": fields }).into())
}

pub(super) fn check(
    db: &Connection,
    workspace: &str,
    requested: &[ExportField],
    body: Fields<'_>,
) -> Result<(), Refusal> {
    let denied = denied(db, workspace)?;
    let mut requested = requested.iter().map(|field| name(*field));
    match requested.find(|name| denied.iter().any(|denied| denied == name)) {
        Some(name) => {
            let problem = format!("names `{name}`, which this workspace must not export");
            Err(body.refuse("requested_data", &problem))
        }
        None => Ok(()),
    }
}

/// Replaces the denied fields of a workspace.
pub(crate) fn deny(db: &Connection, workspace: &str, fields: &Value) -> rusqlite::Result<()> {
    let sql =
        "INSERT OR REPLACE INTO export_restrictions (workspace_id, denied_fields) VALUES (?, ?)";
    db.run(sql, params![workspace, fields])?;
    Ok(())
}

fn denied(db: &Connection, workspace: &str) -> Result<Vec<Value>, Refusal> {
    let sql = "SELECT denied_fields FROM export_restrictions WHERE workspace_id = ?";
    let fields: Option<Value> = db.first(sql, [workspace], |row| row.get(0))?;
    let fields = fields.and_then(|fields| fields.as_array().cloned());
    Ok(fields.unwrap_or_default())
}
