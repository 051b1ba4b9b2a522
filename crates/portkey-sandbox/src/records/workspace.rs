//! A workspace: its row, and how the path of a call names it.

use rusqlite::Connection;
use serde_json::Value;

use crate::{
    rules::limits::{self, Budget, LimitsInForce},
    store::{Queries as _, TableRow as _, row},
    wire::{Call, Refusal},
};

row! {
    /// A row of `workspaces`.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct Workspace in "workspaces" {
        pub(crate) id: String,
        pub(crate) slug: String,
        /// Without the icon.
        pub(crate) name: String,
        pub(crate) icon: Option<String>,
        pub(crate) description: Option<String>,
        pub(crate) is_default: bool,
        /// The defaults of requests, or null.
        pub(crate) defaults: Value,
        pub(crate) usage_limits: Option<Budget>,
        pub(crate) rate_limits: Value,
        /// The security settings that differ from the defaults.
        pub(crate) security_settings: Value,
        pub(crate) created_by: Option<String>,
        pub(crate) creation_source: String,
        pub(crate) created_at: String,
        pub(crate) last_updated_at: String,
    }
}

impl Workspace {
    /// The workspace with this UUID or slug.
    pub(crate) fn find(db: &Connection, name: &str) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT * FROM workspaces WHERE id = ?1 OR slug = ?1";
        db.first(sql, [name], Self::read)
    }

    /// The workspace that the path names by UUID or slug, unless the key belongs to another.
    pub(crate) fn in_path(call: &Call, db: &Connection) -> Result<Self, Refusal> {
        let found = Self::find(db, call.path("workspace_id"))?;
        let workspace = found.ok_or_else(|| Refusal::not_found("workspace"))?;
        call.principal
            .permit_workspace(Some(&workspace.id), "workspace")?;
        Ok(workspace)
    }

    /// The limits on its requests.
    pub(crate) fn limits(&self) -> LimitsInForce<'_> {
        LimitsInForce {
            budget: self.usage_limits.as_ref(),
            rates: &self.rate_limits,
            logs: limits::logs_of_workspace(&self.id),
        }
    }
}
