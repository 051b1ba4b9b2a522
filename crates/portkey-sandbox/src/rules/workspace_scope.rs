//! The workspace of a call. A workspace key is bound to its own; an organisation key names one as `workspace_id`, by
//! UUID or slug, in the query or in the body.

use rusqlite::Connection;

use crate::{
    store::Queries as _,
    wire::{Call, Fields, Refusal},
};

/// The UUID of the workspace that a listing is limited to; `None` for the whole organisation.
pub(crate) fn requested(call: &Call, db: &Connection) -> Result<Option<String>, Refusal> {
    let named = named(call, db)?;
    match (&call.principal.workspace_id, named) {
        (Some(own), Some(named)) if *own != named => Err(Refusal::foreign("workspace")),
        (Some(own), _) => Ok(Some(own.clone())),
        (None, named) => Ok(named),
    }
}

/// The UUID of the workspace for a new object: the default one if the call names none.
pub(crate) fn requested_or_default(call: &Call, db: &Connection) -> Result<String, Refusal> {
    if let Some(workspace) = requested(call, db)? {
        return Ok(workspace);
    }
    let sql = "SELECT id FROM workspaces WHERE is_default = 1";
    let default = db.first(sql, [], |row| row.get(0))?;
    default.ok_or_else(|| Refusal::invalid_field("workspace_id", "is required"))
}

/// The workspace of a new object that may belong to the organisation: `None` if the call names the organisation alone.
pub(crate) fn owner(call: &Call, db: &Connection) -> Result<Option<String>, Refusal> {
    match call.body()?.optional_text("organisation_id")? {
        Some(organisation) if organisation != call.principal.organisation_id => {
            return Err(Refusal::foreign("organisation"));
        }
        Some(_) if requested(call, db)?.is_none() => return Ok(None),
        _ => {}
    }
    requested_or_default(call, db).map(Some)
}

/// The same for calls in which an organisation key must name one of the two.
pub(crate) fn explicit_owner(call: &Call, db: &Connection) -> Result<Option<String>, Refusal> {
    let body = call.body()?;
    let names_one = ["organisation_id", "workspace_id"]
        .iter()
        .any(|name| body.value(name).is_some());
    if call.principal.workspace_id.is_none() && !names_one {
        return Err(Refusal::invalid(
            "Invalid request. An organisation key names `organisation_id` or `workspace_id`",
        ));
    }
    owner(call, db)
}

/// The UUID of the workspace that a field names by UUID or slug.
pub(crate) fn in_field(
    db: &Connection,
    fields: Fields<'_>,
    name: &str,
) -> Result<Option<String>, Refusal> {
    let Some(workspace) = fields.optional_text(name)? else {
        return Ok(None);
    };
    let sql = "SELECT id FROM workspaces WHERE id = ?1 OR slug = ?1";
    let found = db.first(sql, [workspace], |row| row.get(0))?;
    found
        .map(Some)
        .ok_or_else(|| fields.refuse(name, "names no workspace"))
}

fn named(call: &Call, db: &Connection) -> Result<Option<String>, Refusal> {
    let in_query = in_field(db, call.query(), "workspace_id")?;
    match (in_query, call.body()) {
        (None, Ok(body)) => in_field(db, body, "workspace_id"),
        (in_query, _) => Ok(in_query),
    }
}
