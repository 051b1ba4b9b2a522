//! Whether a workspace may use an integration, and how much of it.

use jiff::Timestamp;
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    rules::limits::{self, Budget, LimitsInForce},
    store::Queries as _,
    wire::{Fields, Refusal},
};

/// Whether an integration may be used, and how much of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) enabled: bool,
    pub(crate) usage_limits: Option<Budget>,
    pub(crate) rate_limits: Value,
}

impl Grant {
    /// The grant of one workspace, if it has one of its own.
    pub(crate) fn own(
        db: &Connection,
        integration: &str,
        workspace: &str,
    ) -> rusqlite::Result<Option<Self>> {
        let sql =
            "SELECT * FROM integration_workspaces WHERE integration_id = ? AND workspace_id = ?";
        db.first(sql, [integration, workspace], Self::read)
    }

    /// The limits on the workspace's requests to the integration.
    pub(crate) fn limits(&self, integration: &str, workspace: &str) -> LimitsInForce<'_> {
        LimitsInForce {
            budget: self.usage_limits.as_ref(),
            rates: &self.rate_limits,
            logs: limits::logs_of_grant(integration, workspace),
        }
    }

    /// The grant that a workspace has for its own integrations.
    pub(crate) fn without_limits() -> Self {
        Self {
            enabled: true,
            ..Self::default()
        }
    }

    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            enabled: row.get("enabled")?,
            usage_limits: row.get("usage_limits")?,
            rate_limits: row.get("rate_limits")?,
        })
    }

    /// Applies the fields of a body.
    pub(crate) fn change(&mut self, given: Fields<'_>, now: Timestamp) -> Result<(), Refusal> {
        let enabled = given.flag("enabled")?;
        self.enabled = enabled.ok_or_else(|| given.refuse("enabled", "is required"))?;
        limits::change_only(&mut self.usage_limits, given, now)?;
        limits::change_rates(given)?.replace(&mut self.rate_limits);
        match self.rate_limits.as_array() {
            Some(limits) if limits.len() > 1 => {
                Err(given.refuse("rate_limits", "holds at most one limit"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn to_json(&self, now: Timestamp) -> Value {
        json!({
            "enabled": self.enabled,
            "usage_limits": self.usage_limits.as_ref().map(|budget| [budget.to_json(now)]),
            "rate_limits": self.rate_limits,
        })
    }
}
