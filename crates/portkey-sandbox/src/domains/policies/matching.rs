//! Which requests a policy applies to, and the group of each: for requests in the logs, and for one that is yet to be
//! answered.

use rusqlite::{Connection, params_from_iter, types};

use super::scope::{Scope, ScopeCondition, Values};
use crate::{
    records::Log,
    rules::limits,
    store::{Queries as _, SqlCondition},
};

/// A request that is not in the logs yet, as a row with the columns of the logs.
const REQUEST: &str =
    "(SELECT ? AS workspace_id, ? AS api_key_id, ? AS virtual_key, ? AS provider, ? AS config,
    ? AS prompt_slug, ? AS model, ? AS metadata)";

/// Requests that are counted together.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Such as `metadata.team:search`; several keys are joined by commas.
    pub(super) value_key: String,
    /// The logs of these requests.
    pub(super) logs: SqlCondition,
}

/// The column of the logs for a key of a policy.
pub(super) struct LogColumn<'a> {
    pub(super) sql: &'static str,
    /// The value for its placeholder, if it has one.
    pub(super) name: Option<&'a str>,
}

impl LogColumn<'_> {
    pub(super) fn of(key: &str) -> LogColumn<'_> {
        if let Some(name) = key.strip_prefix("metadata.") {
            return LogColumn {
                sql: "(SELECT CAST(value AS TEXT) FROM json_each(metadata) WHERE key = ?)",
                name: Some(name),
            };
        }
        let sql = match key {
            "api_key" => "api_key_id",
            "virtual_key" => "virtual_key",
            "provider" => "provider",
            "config" => "config",
            "prompt" => "prompt_slug",
            "model" => "('@' || virtual_key || '/' || model)",
            "workspace_id" => "workspace_id",
            _ => "NULL",
        };
        LogColumn { sql, name: None }
    }
}

impl Scope {
    /// The logs of a workspace that a policy applies to.
    pub(super) fn logs(&self, workspace: &str) -> SqlCondition {
        let logs = limits::logs_of_workspace(workspace);
        self.conditions.iter().fold(logs, meeting)
    }

    /// The group of a request; `None` if the policy does not apply to it, or if it lacks one of the keys.
    pub(super) fn group_of(
        &self,
        db: &Connection,
        request: &Log,
    ) -> rusqlite::Result<Option<Group>> {
        let columns = self.group_by.iter().map(|group| LogColumn::of(&group.key));
        let columns: Vec<_> = columns.collect();
        let expressions: Vec<_> = columns.iter().map(|column| column.sql).collect();
        let about = self
            .conditions
            .iter()
            .fold(SqlCondition::default(), meeting);
        let sql = format!(
            "SELECT {} FROM {REQUEST} WHERE {}",
            expressions.join(", "),
            about.sql()
        );
        let names = columns.iter().filter_map(|column| column.name);
        let values = names.map(|name| name.to_owned().into());
        let values = values.chain(row(request)).chain(about.values([]));
        let found = db.first(&sql, params_from_iter(values), |row| {
            let values = (0..columns.len()).map(|index| row.get::<_, Option<String>>(index));
            values.collect::<rusqlite::Result<Option<Vec<_>>>>()
        })?;
        Ok(found
            .flatten()
            .map(|values| self.group(&request.workspace_id, &values)))
    }

    fn group(&self, workspace: &str, values: &[String]) -> Group {
        let keys = self.group_by.iter().map(|group| group.key.as_str());
        let pairs = keys.zip(values);
        let parts: Vec<_> = pairs
            .clone()
            .map(|(key, value)| format!("{key}:{value}"))
            .collect();
        let logs = pairs.fold(self.logs(workspace), |logs, (key, value)| {
            let column = LogColumn::of(key);
            let logs = logs.and(format!("{} = ?", column.sql));
            logs.with(column.name).with([value.as_str()])
        });
        Group {
            value_key: parts.join(","),
            logs,
        }
    }
}

/// The values for the placeholders of a request.
fn row(request: &Log) -> [types::Value; 8] {
    [
        request.workspace_id.clone().into(),
        request.api_key_id.clone().into(),
        request.virtual_key.clone().into(),
        request.provider.clone().into(),
        request.config.clone().into(),
        request.prompt_slug.clone().into(),
        request.model.clone().into(),
        request.metadata.to_string().into(),
    ]
}

/// Adds a condition of the policy.
fn meeting(logs: SqlCondition, condition: &ScopeCondition) -> SqlCondition {
    let logs = any_of(logs, "", &condition.key, &condition.value);
    match &condition.excludes {
        Some(excludes) => any_of(logs, "NOT ", &condition.key, excludes),
        None => logs,
    }
}

fn any_of(logs: SqlCondition, not: &str, key: &str, values: &Values) -> SqlCondition {
    let column = LogColumn::of(key);
    let texts = values.texts();
    let like = format!("ifnull({} GLOB ?, 0)", column.sql);
    let any = vec![like.as_str(); texts.len()].join(" OR ");
    let logs = logs.and(format!(
        "{not}({})",
        if any.is_empty() { "0" } else { &any }
    ));
    texts.iter().fold(logs, |logs, text| {
        logs.with(column.name).with([pattern(text).as_str()])
    })
}

/// The pattern for `GLOB` in which only `*` is special.
fn pattern(text: &str) -> String {
    text.replace('[', "[[]").replace('?', "[?]")
}
