//! An export: its row, and its status.

use jiff::{SignedDuration, Timestamp};
use portkey_api::{JsonObject, logging::ExportField};
use rusqlite::{Connection, Row};
use serde_json::{Value, json};

use crate::{
    identity::iso,
    store::Queries as _,
    wire::{Call, Refusal},
};

/// How long a job takes.
const RUN: SignedDuration = SignedDuration::from_millis(500);

/// A row of `log_exports`.
#[derive(Debug, Clone)]
pub(super) struct Export {
    pub(super) id: String,
    pub(super) workspace_id: String,
    pub(super) description: String,
    pub(super) filters: JsonObject,
    pub(super) requested_data: Vec<ExportField>,
    pub(super) status: ExportStatus,
    /// The secret that links to the file are signed with.
    pub(super) seal: String,
    pub(super) started_at: Option<String>,
    pub(super) created_by: String,
    pub(super) created_at: String,
    pub(super) last_updated_at: String,
}

/// The status of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExportStatus {
    Draft,
    InProgress,
    Success,
    Stopped,
}

pub(super) fn in_path(call: &Call, db: &Connection) -> Result<Export, Refusal> {
    let export = find(db, call.path("export_id"), call.now)?;
    let export = export.ok_or_else(|| Refusal::not_found("export"))?;
    call.principal
        .permit_workspace(Some(&export.workspace_id), "export")?;
    match &call.principal.user_id {
        Some(user) if *user != export.created_by => Err(Refusal::foreign("export")),
        _ => Ok(export),
    }
}

pub(super) fn find(db: &Connection, id: &str, now: Timestamp) -> rusqlite::Result<Option<Export>> {
    let sql = "SELECT * FROM log_exports WHERE id = ?";
    db.first(sql, [id], |row| Export::read(row, now))
}

impl ExportStatus {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InProgress => "in_progress",
            Self::Success => "success",
            Self::Stopped => "stopped",
        }
    }

    /// The status at a moment. A job succeeds by the passing of time alone, so that status is never stored.
    pub(super) fn at(now: Timestamp, written: &str, started_at: Option<&str>) -> Self {
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
    pub(super) fn read(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<Self> {
        let (filters, fields): (Value, Value) = (row.get("filters")?, row.get("requested_data")?);
        let (status, started_at): (String, Option<String>) =
            (row.get("status")?, row.get("started_at")?);
        Ok(Self {
            id: row.get("id")?,
            workspace_id: row.get("workspace_id")?,
            description: row.get("description")?,
            filters: filters.as_object().cloned().unwrap_or_default(),
            requested_data: serde_json::from_value(fields).unwrap_or_default(),
            status: ExportStatus::at(now, &status, started_at.as_deref()),
            seal: row.get("seal")?,
            started_at,
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
            last_updated_at: row.get("last_updated_at")?,
        })
    }

    pub(super) fn must_be(&self, statuses: &[ExportStatus], change: &str) -> Result<(), Refusal> {
        if statuses.contains(&self.status) {
            return Ok(());
        }
        let status = self.status.as_str();
        Err(Refusal::invalid(format!(
            "An export with status {status} cannot be {change}"
        )))
    }

    pub(super) fn to_json(&self, call: &Call) -> Value {
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
