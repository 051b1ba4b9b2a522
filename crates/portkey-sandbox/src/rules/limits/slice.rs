//! The logs that count towards a limit, as a condition in SQL.

use rusqlite::types::Value;

/// Some of the logs: a condition in SQL, with the values for its placeholders in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slice {
    sql: String,
    values: Vec<Value>,
}

impl Slice {
    /// What an API key asked for.
    pub(crate) fn of_api_key(id: &str) -> Self {
        Self::default().and("api_key_id = ?").with([id])
    }

    /// What was asked for in a workspace.
    pub(crate) fn of_workspace(id: &str) -> Self {
        Self::default().and("workspace_id = ?").with([id])
    }

    /// What went to a provider.
    pub(crate) fn of_provider(slug: &str) -> Self {
        Self::default().and("virtual_key = ?").with([slug])
    }

    /// What went to an integration from a workspace, by all the providers that this has of it.
    pub(crate) fn of_grant(integration: &str, workspace: &str) -> Self {
        let providers = "virtual_key IN
            (SELECT slug FROM providers WHERE integration_id = ? AND workspace_id = ?)";
        Self::default()
            .and(providers)
            .with([integration, workspace])
    }

    /// Less of them: those that meet another condition too.
    pub(crate) fn and(mut self, condition: &str) -> Self {
        if !self.sql.is_empty() {
            self.sql.push_str(" AND ");
        }
        self.sql.push_str(condition);
        self
    }

    /// The values for the next placeholders.
    pub(crate) fn with<'a>(mut self, values: impl IntoIterator<Item = &'a str>) -> Self {
        let values = values.into_iter().map(|value| value.to_owned().into());
        self.values.extend(values);
        self
    }

    /// The condition.
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// The values for its placeholders, and after them these.
    pub(crate) fn values(&self, more: impl IntoIterator<Item = Value>) -> Vec<Value> {
        self.values.iter().cloned().chain(more).collect()
    }
}
