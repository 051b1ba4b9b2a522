//! Log exports: jobs that turn logs into a file. A draft is started, runs for a moment, and is done.

mod file;
mod restrictions;

use jiff::{SignedDuration, Timestamp};
use portkey_api::{
    JsonObject,
    logging::{
        CancelLogExport, CreateLogExport, DownloadLogExport, ExportField, GetLogExport,
        GetLogExportFieldRestrictions, ListLogExports, StartLogExport, UpdateLogExport,
    },
};
use rusqlite::{Connection, Row, named_params, params};
use serde_json::{Value, json};

use crate::{
    identity::{self, iso},
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
pub(crate) use restrictions::{deny, put as restrict};

/// How long a job takes.
const RUN: SignedDuration = SignedDuration::from_millis(500);

/// A row of the table.
#[derive(Debug, Clone)]
struct Export {
    id: String,
    workspace_id: String,
    description: String,
    filters: JsonObject,
    requested_data: Vec<ExportField>,
    status: Status,
    /// What links to the file are signed with.
    seal: String,
    started_at: Option<String>,
    created_by: String,
    created_at: String,
    last_updated_at: String,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Draft,
    InProgress,
    Success,
    Stopped,
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let sql = "SELECT * FROM log_exports
        WHERE (:workspace IS NULL OR workspace_id = :workspace)
          AND (:user IS NULL OR created_by = :user)
        ORDER BY created_at DESC, id";
    let filter = named_params! {
        ":workspace": workspace_scope::limit(call, db)?,
        ":user": call.principal.user_id,
    };
    let exports = db.all(sql, filter, |row| Export::read(row, call.now))?;
    let entries: Vec<_> = exports.iter().map(|export| export.wire(call)).collect();
    Ok(wire::list(entries.len(), entries))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    Ok(in_path(call, db)?.wire(call).into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let filters: JsonObject = body.required("filters")?;
    let requested_data = body.required("requested_data")?;
    let named = match workspace_scope::limit(call, db)? {
        None => workspace_scope::workspace_named(db, Fields::of(&filters), "workspace_slug")?,
        limit => limit,
    };
    let author = call.principal.user_id.as_ref();
    let export = Export {
        id: identity::new_id(),
        workspace_id: named.map_or_else(|| workspace_scope::home(call, db), Ok)?,
        description: body.optional_text("description")?.unwrap_or_default(),
        filters,
        requested_data,
        status: Status::Draft,
        seal: identity::new_id(),
        started_at: None,
        created_by: author.unwrap_or(&call.principal.key_id).clone(),
        created_at: call.at(),
        last_updated_at: call.at(),
    };
    let total = export.check(db, body)?;
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
    export.must_be(&[Status::Draft], "changed")?;
    let body = call.body()?;
    if let Some(filters) = body.optional("filters")? {
        export.filters = filters;
    }
    if let Some(fields) = body.optional("requested_data")? {
        export.requested_data = fields;
    }
    let total = export.check(db, body)?;
    let sql =
        "UPDATE log_exports SET filters = ?, requested_data = ?, last_updated_at = ? WHERE id = ?";
    let (filters, fields) = (json!(export.filters), json!(export.requested_data));
    db.run(sql, params![filters, fields, call.at(), export.id])?;
    Ok(counted(&export, total))
}

fn start(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let export = in_path(call, db)?;
    export.must_be(&[Status::Draft], "started")?;
    let sql = "UPDATE log_exports SET status = 'in_progress', started_at = ?1, last_updated_at = ?1 WHERE id = ?2";
    db.run(sql, params![call.at(), export.id])?;
    Ok(json!({ "message": "Export started", "object": "export" }).into())
}

fn cancel(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let export = in_path(call, db)?;
    export.must_be(&[Status::Draft, Status::InProgress], "cancelled")?;
    let sql = "UPDATE log_exports SET status = 'stopped', last_updated_at = ? WHERE id = ?";
    db.run(sql, params![call.at(), export.id])?;
    Ok(json!({ "message": "Export cancelled", "object": "export" }).into())
}

fn in_path(call: &Call, db: &Connection) -> Result<Export, Refusal> {
    let export = find(db, call.path("export_id"), call.now)?;
    let export = export.ok_or_else(|| Refusal::not_found("export"))?;
    call.principal
        .permit_workspace(Some(&export.workspace_id), "export")?;
    match &call.principal.user_id {
        Some(user) if *user != export.created_by => Err(Refusal::foreign("export")),
        _ => Ok(export),
    }
}

fn find(db: &Connection, id: &str, now: Timestamp) -> rusqlite::Result<Option<Export>> {
    let sql = "SELECT * FROM log_exports WHERE id = ?";
    db.maybe(sql, [id], |row| Export::read(row, now))
}

fn counted(export: &Export, total: u32) -> Answer {
    json!({ "id": export.id, "total": total, "object": "export" }).into()
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InProgress => "in_progress",
            Self::Success => "success",
            Self::Stopped => "stopped",
        }
    }

    /// What has been started is done after a while; nobody needs to write that down.
    fn at(now: Timestamp, written: &str, started_at: Option<&str>) -> Self {
        let end = now.checked_sub(RUN).map(iso).unwrap_or_default();
        match (written, started_at) {
            ("in_progress", Some(start)) if start <= end.as_str() => Self::Success,
            ("in_progress", _) => Self::InProgress,
            ("stopped", _) => Self::Stopped,
            _ => Self::Draft,
        }
    }
}

impl Export {
    fn read(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<Self> {
        let (filters, fields): (Value, Value) = (row.get("filters")?, row.get("requested_data")?);
        let (status, started_at): (String, Option<String>) =
            (row.get("status")?, row.get("started_at")?);
        Ok(Self {
            id: row.get("id")?,
            workspace_id: row.get("workspace_id")?,
            description: row.get("description")?,
            filters: filters.as_object().cloned().unwrap_or_default(),
            requested_data: serde_json::from_value(fields).unwrap_or_default(),
            status: Status::at(now, &status, started_at.as_deref()),
            seal: row.get("seal")?,
            started_at,
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
            last_updated_at: row.get("last_updated_at")?,
        })
    }

    /// Refuses what no file can be made of. Answers how many rows the file would have now.
    fn check(&self, db: &Connection, body: Fields<'_>) -> Result<u32, Refusal> {
        if self.requested_data.is_empty() {
            return Err(body.refuse("requested_data", "must name a field"));
        }
        restrictions::check(db, &self.workspace_id, &self.requested_data, body)?;
        file::Rows::of(self)?.count(db)
    }

    fn must_be(&self, statuses: &[Status], change: &str) -> Result<(), Refusal> {
        if statuses.contains(&self.status) {
            return Ok(());
        }
        let status = self.status.as_str();
        Err(Refusal::invalid(format!(
            "An export with status {status} cannot be {change}"
        )))
    }

    fn wire(&self, call: &Call) -> Value {
        json!({
            "id": self.id,
            "organisation_id": call.principal.organisation_id,
            "workspace_id": self.workspace_id,
            "description": self.description,
            "filters": self.filters,
            "requested_data": self.requested_data,
            "status": self.status.as_str(),
            "created_by": self.created_by,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "object": "export",
        })
    }
}
