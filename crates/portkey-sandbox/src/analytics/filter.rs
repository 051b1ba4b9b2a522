//! The filters that all analytics have in common.

use jiff::{SignedDuration, Timestamp};
use portkey_api::JsonObject;
use rusqlite::{Connection, types};
use serde_json::{Value, json};

use crate::{
    call::Call, fields::Fields, identity::iso, reach, refusal::Refusal, store::Queries as _,
};

/// Parameters that take a comma-separated list of texts.
const LISTS: &[(&str, &str)] = &[
    ("status_code", "CAST(status_code AS TEXT)"),
    ("virtual_keys", "virtual_key"),
    ("configs", "config"),
    ("api_key_ids", "api_key_id"),
    ("ai_model", "model"),
    ("ai_org_model", "provider || '__' || model"),
    ("trace_id", "trace_id"),
    ("span_id", "span_id"),
    ("prompt_slug", "prompt_slug"),
    ("cache_status", "cache_status"),
];

/// Parameters that take a number, with `_min` and `_max`.
const RANGES: &[(&str, &str)] = &[
    ("total_units", "prompt_tokens + completion_tokens"),
    ("cost", "cost"),
    ("prompt_token", "prompt_tokens"),
    ("completion_token", "completion_tokens"),
    ("weighted_feedback", "weighted_feedback"),
];

/// Which logs count, as conditions of an SQL statement over `logs` and the values for its placeholders.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    conditions: Vec<String>,
    values: Vec<types::Value>,
    period: SignedDuration,
}

impl Filter {
    /// What the query of a call asks for, in one workspace.
    pub(super) fn of(call: &Call, db: &Connection) -> Result<Self, Refusal> {
        let named = workspace_named(call, db)?;
        let workspace = named.map_or_else(|| reach::home(call, db), Ok)?;
        Self::asked(call, Some(workspace))
    }

    /// The same in all workspaces that the key reaches, unless the call names one.
    pub(super) fn of_all(call: &Call, db: &Connection) -> Result<Self, Refusal> {
        let named = workspace_named(call, db)?;
        let workspace = named.map_or_else(|| reach::limit(call, db), |named| Ok(Some(named)))?;
        Self::asked(call, workspace)
    }

    fn asked(call: &Call, workspace: Option<String>) -> Result<Self, Refusal> {
        let query = call.query();
        let start = moment(query, "time_of_generation_min")?;
        let end = moment(query, "time_of_generation_max")?;
        let mut filter = Self {
            period: end.duration_since(start),
            ..Self::default()
        };
        if let Some(workspace) = workspace {
            filter.add("workspace_id = ?", workspace);
        }
        filter.add("created_at >= ?", iso(start));
        filter.add("created_at <= ?", iso(end));
        filter.narrow(query)?;
        Ok(filter)
    }

    /// What the filters of an export ask for; its period may be open.
    pub(crate) fn of_export(filters: Fields<'_>, workspace: &str) -> Result<Self, Refusal> {
        let mut filter = Self::default();
        filter.add("workspace_id = ?", workspace.to_owned());
        for (name, condition) in [
            ("time_of_generation_min", "created_at >= ?"),
            ("time_of_generation_max", "created_at <= ?"),
        ] {
            if filters.value(name).is_some() {
                filter.add(condition, iso(moment(filters, name)?));
            }
        }
        filter.narrow(filters)?;
        Ok(filter)
    }

    fn narrow(&mut self, fields: Fields<'_>) -> Result<(), Refusal> {
        for (parameter, column) in LISTS {
            if let Some(list) = fields.optional_text(parameter)? {
                self.add_list(column, &list);
            }
        }
        for (parameter, column) in RANGES {
            for (end, comparison) in [("min", ">="), ("max", "<=")] {
                if let Some(limit) = fields.optional::<f64>(&format!("{parameter}_{end}"))? {
                    self.add(format!("({column}) {comparison} ?"), limit);
                }
            }
        }
        self.add_metadata(fields)
    }

    /// For the `WHERE` of a statement.
    pub(crate) fn conditions(&self) -> String {
        self.conditions.join(" AND ")
    }

    /// For its placeholders, in order.
    pub(crate) fn values(&self) -> &[types::Value] {
        &self.values
    }

    /// How much time it covers.
    pub(super) fn period(&self) -> SignedDuration {
        self.period
    }

    fn add(&mut self, condition: impl Into<String>, value: impl Into<types::Value>) {
        self.conditions.push(condition.into());
        self.values.push(value.into());
    }

    fn add_list(&mut self, column: &str, list: &str) {
        let texts: Vec<&str> = list.split(',').map(str::trim).collect();
        self.add(
            format!("{column} IN (SELECT value FROM json_each(?))"),
            json!(texts).to_string(),
        );
    }

    /// Every member must be there; a list means any of its values.
    fn add_metadata(&mut self, query: Fields<'_>) -> Result<(), Refusal> {
        let wanted: JsonObject = query.optional("metadata")?.unwrap_or_default();
        for (name, value) in wanted {
            let values = match value {
                Value::Array(values) => values,
                value => vec![value],
            };
            let texts: Vec<String> = values
                .iter()
                .map(|value| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                })
                .collect();
            self.values.push(name.into());
            self.add(
                "EXISTS (SELECT 1 FROM json_each(metadata) WHERE key = ?
                    AND CAST(value AS TEXT) IN (SELECT value FROM json_each(?)))",
                json!(texts).to_string(),
            );
        }
        Ok(())
    }
}

/// The one named by slug. Keys of a workspace are bound to their own, whatever they name.
fn workspace_named(call: &Call, db: &Connection) -> Result<Option<String>, Refusal> {
    let query = call.query();
    let slug = query.optional_text("workspace_slug")?;
    let Some(slug) = slug.filter(|_| call.principal.workspace_id.is_none()) else {
        return Ok(None);
    };
    let sql = "SELECT id FROM workspaces WHERE slug = ?1 OR id = ?1";
    let found = db.maybe(sql, [slug], |row| row.get(0))?;
    found
        .map(Some)
        .ok_or_else(|| query.refuse("workspace_slug", "names no workspace"))
}

fn moment(query: Fields<'_>, name: &str) -> Result<Timestamp, Refusal> {
    query.text(name)?.parse().map_err(|_| {
        query.refuse(
            name,
            "must be a moment in ISO 8601 with an offset, such as 2026-01-31T09:00:00Z",
        )
    })
}
