//! The usage of each group of a usage limit, computed from the logs.

use jiff::Timestamp;
use portkey_api::policies::usage_limits::UsageUnit;
use rusqlite::{Connection, params, params_from_iter, types};
use serde_json::Number;

use super::{
    matching::{Group, LogColumn},
    usage_terms::UsageLimit,
};
use crate::{
    identity,
    rules::limits::{self, COUNTED, COUNTED_LOGS, Unit},
    store::Queries as _,
};

/// A group with its usage.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    pub(super) id: String,
    /// Such as `metadata.team:search`; several keys are joined by commas.
    pub(super) value_key: String,
    pub(super) current_usage: Number,
}

/// The groups with requests since a moment. Requests that lack one of the keys are in no group.
pub(super) fn entities(
    db: &Connection,
    policy: &str,
    workspace: &str,
    budget: &UsageLimit,
    since: Timestamp,
) -> rusqlite::Result<Vec<Entity>> {
    let logs = budget.scope.logs(workspace);
    let keys = budget.scope.group_by.iter().map(|group| &group.key);
    let columns: Vec<_> = keys.clone().map(|key| LogColumn::of(key)).collect();
    let parts = columns
        .iter()
        .map(|column| format!("? || ':' || {}", column.sql));
    let sql = format!(
        "SELECT counted.value_key, sum(CASE WHEN counted.created_at < reset.at THEN 0 ELSE amount END)
        FROM (SELECT {} AS value_key, created_at, {} AS amount FROM {COUNTED_LOGS}
            WHERE {} AND created_at >= ? AND {COUNTED}) AS counted
        LEFT JOIN usage_resets AS reset ON reset.value_key = counted.value_key AND reset.policy_id = ?
        WHERE counted.value_key IS NOT NULL GROUP BY counted.value_key ORDER BY counted.value_key",
        parts.collect::<Vec<_>>().join(" || ',' || "),
        unit(budget).amount(),
        logs.sql(),
    );
    let texts = keys
        .zip(&columns)
        .flat_map(|(key, column)| std::iter::once(key.as_str()).chain(column.name));
    let values = texts.map(|text| types::Value::from(text.to_owned()));
    let rest = [since.as_millisecond().into(), policy.to_owned().into()];
    let values = values.chain(logs.values(rest));
    db.all(&sql, params_from_iter(values), |row| {
        let value_key: String = row.get(0)?;
        Ok(Entity {
            id: identity::seeded_id(&format!("entity {policy} {value_key}")),
            value_key,
            current_usage: number(&row.get(1)?),
        })
    })
}

/// The usage of one group since a moment, or since its last reset if that is later.
pub(super) fn of_group(
    db: &Connection,
    policy: &str,
    group: &Group,
    budget: &UsageLimit,
    since: Timestamp,
) -> rusqlite::Result<f64> {
    let sql = "SELECT at FROM usage_resets WHERE policy_id = ? AND value_key = ?";
    let reset = db.first(sql, [policy, &group.value_key], |row| row.get(0))?;
    let reset = reset.and_then(|at| Timestamp::from_millisecond(at).ok());
    limits::used(
        db,
        &group.logs,
        unit(budget),
        since.max(reset.unwrap_or(since)),
    )
}

/// Resets the usage of a group at a moment.
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

fn unit(budget: &UsageLimit) -> Unit {
    match budget.r#type {
        UsageUnit::Cost => Unit::Dollars,
        UsageUnit::Tokens => Unit::Tokens,
        UsageUnit::Requests => Unit::Requests,
    }
}

fn number(value: &types::Value) -> Number {
    match value {
        types::Value::Integer(whole) => (*whole).into(),
        types::Value::Real(real) => {
            Number::from_f64(limits::rounded(*real)).unwrap_or_else(|| 0.into())
        }
        _ => 0.into(),
    }
}
