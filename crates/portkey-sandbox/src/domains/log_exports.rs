//! Log exports: jobs that write logs to a file. A draft is started, runs for a moment, and succeeds.

mod file;
mod record;
mod restrictions;

use portkey_api::{
    JsonObject,
    logging::{
        CancelLogExport, CreateLogExport, DownloadLogExport, GetLogExport,
        GetLogExportFieldRestrictions, ListLogExports, StartLogExport, UpdateLogExport,
    },
};
use rusqlite::{Connection, named_params, params};
use serde_json::json;

use crate::{
    identity,
    routes::Routes,
    rules::workspace_scope,
    store::Queries as _,
    wire::{self, Answer, Call, Fields, Refusal},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListLogExports>(list)
        .on::<CreateLogExport>(create)
        .on::<GetLogExport>(get)
        .on::<UpdateLogExport>(update)
        .on::<StartLogExport>(start)
        .on::<CancelLogExport>(cancel)
        .on::<DownloadLogExport>(file::link)
        .on::<GetLogExportFieldRestrictions>(restrictions::get)
}

pub(crate) use file::open;
use record::{Export, ExportStatus, in_path};
pub(crate) use restrictions::{deny, put as restrict};

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let sql = "SELECT * FROM log_exports
        WHERE (:workspace IS NULL OR workspace_id = :workspace)
          AND (:user IS NULL OR created_by = :user)
        ORDER BY created_at DESC, id";
    let filter = named_params! {
        ":workspace": workspace_scope::requested(call, db)?,
        ":user": call.principal.user_id,
    };
    let exports = db.all(sql, filter, |row| Export::read(row, call.now))?;
    let entries: Vec<_> = exports.iter().map(|export| export.to_json(call)).collect();
    Ok(wire::list(entries.len(), entries))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    Ok(in_path(call, db)?.to_json(call).into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let filters: JsonObject = body.required("filters")?;
    let requested_data = body.required("requested_data")?;
    let named = match workspace_scope::requested(call, db)? {
        None => workspace_scope::in_field(db, Fields::of(&filters), "workspace_slug")?,
        limit => limit,
    };
    let export = Export {
        id: identity::new_id(),
        workspace_id: named.map_or_else(|| workspace_scope::requested_or_default(call, db), Ok)?,
        description: body.optional_text("description")?.unwrap_or_default(),
        filters,
        requested_data,
        status: ExportStatus::Draft,
        seal: identity::new_id(),
        started_at: None,
        created_by: call.principal.author(),
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    let total = check(db, &export, body)?;
    let sql =
        "INSERT INTO log_exports (id, workspace_id, description, filters, requested_data, seal,
        created_by, created_at, last_updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    db.run(
        sql,
        params![
            export.id,
            export.workspace_id,
            export.description,
            json!(export.filters),
            json!(export.requested_data),
            export.seal,
            export.created_by,
            export.created_at,
            export.last_updated_at,
        ],
    )?;
    Ok(counted(&export, total))
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut export = in_path(call, db)?;
    export.must_be(&[ExportStatus::Draft], "changed")?;
    let body = call.body()?;
    if let Some(filters) = body.optional("filters")? {
        export.filters = filters;
    }
    if let Some(fields) = body.optional("requested_data")? {
        export.requested_data = fields;
    }
    let total = check(db, &export, body)?;
    let sql =
        "UPDATE log_exports SET filters = ?, requested_data = ?, last_updated_at = ? WHERE id = ?";
    let (filters, fields) = (json!(export.filters), json!(export.requested_data));
    db.run(sql, params![filters, fields, call.timestamp(), export.id])?;
    Ok(counted(&export, total))
}

fn start(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let export = in_path(call, db)?;
    export.must_be(&[ExportStatus::Draft], "started")?;
    let sql = "UPDATE log_exports SET status = 'in_progress', started_at = ?1, last_updated_at = ?1 WHERE id = ?2";
    db.run(sql, params![call.timestamp(), export.id])?;
    Ok(json!({ "message": "Export started", "object": "export" }).into())
}

fn cancel(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let export = in_path(call, db)?;
    export.must_be(
        &[ExportStatus::Draft, ExportStatus::InProgress],
        "cancelled",
    )?;
    let sql = "UPDATE log_exports SET status = 'stopped', last_updated_at = ? WHERE id = ?";
    db.run(sql, params![call.timestamp(), export.id])?;
    Ok(json!({ "message": "Export cancelled", "object": "export" }).into())
}

fn counted(export: &Export, total: u32) -> Answer {
    json!({ "id": export.id, "total": total, "object": "export" }).into()
}

/// Refuses an export that asks for no or for denied fields. Returns how many rows the file would have now.
fn check(db: &Connection, export: &Export, body: Fields<'_>) -> Result<u32, Refusal> {
    if export.requested_data.is_empty() {
        return Err(body.refuse("requested_data", "must name a field"));
    }
    restrictions::check(db, &export.workspace_id, &export.requested_data, body)?;
    file::ExportedRows::of(export)?.count(db)
}
