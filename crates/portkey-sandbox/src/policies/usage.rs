//! What the groups of a usage limit have used, added up from the logs.

use jiff::Timestamp;
use portkey_api::policies::usage_limits::UsageUnit;
use rusqlite::{Connection, params, params_from_iter, types};
use serde_json::Number;

use super::{
    scope::{Condition, Values},
    usage_limits::Budget,
};
use crate::{identity, store::Queries as _};

/// A group that is counted apart.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    pub(super) id: String,
    /// Such as `metadata.team:search`; several keys are joined by commas.
    pub(super) value_key: String,
    pub(super) current_usage: Number,
}

/// The groups that had requests since a moment. Requests without one of the keys are in none.
pub(super) fn entities(
    db: &Connection,
    policy: &str,
    workspace: &str,
    budget: &Budget,
    since: Timestamp,
) -> rusqlite::Result<Vec<Entity>> {
    let mut count = Statement::default();
    count.sql("SELECT counted.value_key, sum(CASE WHEN counted.created_at <= reset.at THEN 0 ELSE amount END) FROM (SELECT ");
    for (index, group) in budget.scope.group_by.iter().enumerate() {
        count.sql(if index == 0 {
            "? || ':' || "
        } else {
            " || ',' || ? || ':' || "
        });
        count.value(group.key.clone());
        count.column(&group.key);
    }
    count.sql(" AS value_key, created_at, ");
    count.sql(match budget.r#type {
        UsageUnit::Cost => "cost / 100",
        UsageUnit::Tokens => "prompt_tokens + completion_tokens",
        UsageUnit::Requests => "1",
    });
    count.sql(
        " AS amount FROM log_figures JOIN log_kinds ON log_kinds.id = kind
        WHERE workspace_id = ? AND created_at >= ?",
    );
    count.value(workspace.to_owned());
    count.value(since.as_millisecond());
    for condition in &budget.scope.conditions {
        count.condition(condition);
    }
    count.sql(
        ") AS counted LEFT JOIN usage_resets AS reset
            ON reset.value_key = counted.value_key AND reset.policy_id = ?
        WHERE counted.value_key IS NOT NULL GROUP BY counted.value_key ORDER BY counted.value_key",
    );
    count.value(policy.to_owned());
    db.all(&count.sql, params_from_iter(&count.values), |row| {
        let value_key: String = row.get(0)?;
        Ok(Entity {
            id: identity::seeded_id(&format!("entity {policy} {value_key}")),
            value_key,
            current_usage: number(&row.get(1)?),
        })
    })
}

/// Starts the count of a group again.
pub(super) fn reset(
    db: &Connection,
    policy: &str,
    entity: &Entity,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO usage_resets (policy_id, value_key, at) VALUES (?, ?, ?)";
    db.run(sql, params![policy, entity.value_key, at.as_millisecond()])?;
    Ok(())
}

/// An SQL statement over the logs, with the values for its placeholders in order.
#[derive(Default)]
struct Statement {
    sql: String,
    values: Vec<types::Value>,
}

impl Statement {
    fn sql(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    fn value(&mut self, value: impl Into<types::Value>) {
        self.values.push(value.into());
    }

    /// What the logs have for a key.
    fn column(&mut self, key: &str) {
        if let Some(name) = key.strip_prefix("metadata.") {
            self.sql("(SELECT value FROM json_each(metadata) WHERE key = ?)");
            self.value(name.to_owned());
            return;
        }
        self.sql(match key {
            "api_key" => "api_key_id",
            "virtual_key" => "virtual_key",
            "provider" => "provider",
            "config" => "config",
            "prompt" => "prompt_slug",
            "model" => "('@' || virtual_key || '/' || model)",
            "workspace_id" => "workspace_id",
            _ => "NULL",
        });
    }

    fn condition(&mut self, condition: &Condition) {
        self.sql(" AND ");
        self.matches(&condition.key, &condition.value);
        if let Some(excludes) = &condition.excludes {
            self.sql(" AND NOT ");
            self.matches(&condition.key, excludes);
        }
    }

    fn matches(&mut self, key: &str, values: &Values) {
        self.sql("(0");
        for text in values.texts() {
            self.sql(" OR ifnull(");
            self.column(key);
            self.sql(" GLOB ?, 0)");
            self.value(pattern(text));
        }
        self.sql(")");
    }
}

/// Where only `*` stands for something else.
fn pattern(text: &str) -> String {
    text.replace('[', "[[]").replace('?', "[?]")
}

/// Dollars are rounded, because sums of fractions are never quite right.
fn number(value: &types::Value) -> Number {
    match value {
        types::Value::Integer(whole) => (*whole).into(),
        types::Value::Real(real) => {
            Number::from_f64((real * 1e6).round() / 1e6).unwrap_or_else(|| 0.into())
        }
        _ => 0.into(),
    }
}
