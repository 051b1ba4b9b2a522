//! The filters that all analytics have in common.

use jiff::{SignedDuration, Timestamp};
use portkey_api::JsonObject;
use rusqlite::Connection;
use serde_json::Value;

use crate::{
    rules::workspace_scope,
    store::{Queries as _, SqlCondition},
    wire::{Call, Fields, Refusal},
};

/// Parameters that take a comma-separated list of texts, each with its condition on `log_kinds`.
const LISTS: &[(&str, &str)] = &[
    ("virtual_keys", "virtual_key IN {list}"),
    ("configs", "config IN {list}"),
    ("api_key_ids", "api_key_id IN {list}"),
    ("ai_model", "model IN {list}"),
    ("ai_org_model", "provider || '__' || model IN {list}"),
    ("prompt_slug", "prompt_slug IN {list}"),
    ("cache_status", "cache_status IN {list}"),
    // No request of the sandbox goes through a gateway of the organisation's own.
    ("deployment_id", "NULL IN {list}"),
];

/// The same for conditions on `log_figures`.
const OWN_LISTS: &[(&str, &str)] = &[
    ("status_code", "status_code IN {list}"),
    (
        "trace_id",
        "number IN (SELECT number FROM log_contents WHERE trace_id IN {list})",
    ),
    (
        "span_id",
        "number IN (SELECT number FROM log_contents WHERE span_id IN {list})",
    ),
];

/// Parameters that take a number, with the suffixes `_min` and `_max`.
const RANGES: &[(&str, &str)] = &[
    ("total_units", "prompt_tokens + completion_tokens"),
    ("cost", "cost"),
    ("prompt_token", "prompt_tokens"),
    ("completion_token", "completion_tokens"),
    ("weighted_feedback", "weighted_feedback"),
];

/// Which logs are counted.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// The condition on `log_kinds`.
    pub(super) kinds: SqlCondition,
    /// The condition on `log_figures`.
    pub(super) figures: SqlCondition,
    period: SignedDuration,
}

impl Filter {
    /// The filter in the query of a call, for one workspace.
    pub(super) fn of(call: &Call, db: &Connection) -> Result<Self, Refusal> {
        let named = workspace_named(call, db)?;
        let workspace =
            named.map_or_else(|| workspace_scope::requested_or_default(call, db), Ok)?;
        Self::asked(call, Some(workspace))
    }

    /// The same for all workspaces of the key, unless the call names one.
    pub(super) fn of_all(call: &Call, db: &Connection) -> Result<Self, Refusal> {
        let named = workspace_named(call, db)?;
        let workspace = named.map_or_else(
            || workspace_scope::requested(call, db),
            |named| Ok(Some(named)),
        )?;
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
            filter.kinds.add("workspace_id = ?", workspace);
        }
        let figures = &mut filter.figures;
        figures.add("created_at >= ?", start.as_millisecond());
        figures.add("created_at <= ?", end.as_millisecond());
        filter.narrow(query)?;
        Ok(filter)
    }

    /// The filter of an export, whose period may be open.
    pub(crate) fn of_export(filters: Fields<'_>, workspace: &str) -> Result<Self, Refusal> {
        let mut filter = Self::default();
        filter.kinds.add("workspace_id = ?", workspace.to_owned());
        for (name, condition) in [
            ("time_of_generation_min", "created_at >= ?"),
            ("time_of_generation_max", "created_at <= ?"),
        ] {
            if filters.value(name).is_some() {
                let moment = moment(filters, name)?;
                filter.figures.add(condition, moment.as_millisecond());
            }
        }
        filter.narrow(filters)?;
        Ok(filter)
    }

    fn narrow(&mut self, fields: Fields<'_>) -> Result<(), Refusal> {
        for (lists, conditions) in [(LISTS, &mut self.kinds), (OWN_LISTS, &mut self.figures)] {
            for (parameter, condition) in lists {
                if let Some(list) = fields.optional_text(parameter)? {
                    let texts = list.split(',').map(|text| text.trim().to_owned());
                    conditions.add_list(condition, [], texts);
                }
            }
        }
        for (parameter, column) in RANGES {
            for (end, comparison) in [("min", ">="), ("max", "<=")] {
                if let Some(limit) = fields.optional::<f64>(&format!("{parameter}_{end}"))? {
                    let condition = format!("({column}) {comparison} ?");
                    self.figures.add(condition, limit);
                }
            }
        }
        self.add_metadata(fields)
    }

    /// Every member must match; a list matches any of its values.
    fn add_metadata(&mut self, query: Fields<'_>) -> Result<(), Refusal> {
        let wanted: JsonObject = query.optional("metadata")?.unwrap_or_default();
        for (name, value) in wanted {
            let values = match value {
                Value::Array(values) => values,
                value => vec![value],
            };
            let texts = values.iter().map(|value| match value {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            });
            self.kinds.add_list(
                "EXISTS (SELECT 1 FROM json_each(metadata)
                    WHERE key = ? AND CAST(value AS TEXT) IN {list})",
                [name],
                texts,
            );
        }
        Ok(())
    }

    /// The condition on `logs`, a view with the columns of both tables.
    pub(crate) fn of_logs(&self) -> SqlCondition {
        self.kinds.clone().and_all(self.figures.clone())
    }

    /// The length of the period that it covers.
    pub(super) fn period(&self) -> SignedDuration {
        self.period
    }
}

/// The workspace that an organisation key names by slug. Workspace keys are bound to their own, whichever they name.
fn workspace_named(call: &Call, db: &Connection) -> Result<Option<String>, Refusal> {
    let query = call.query();
    let slug = query.optional_text("workspace_slug")?;
    let Some(slug) = slug.filter(|_| call.principal.workspace_id.is_none()) else {
        return Ok(None);
    };
    let sql = "SELECT id FROM workspaces WHERE slug = ?1 OR id = ?1";
    let found = db.first(sql, [slug], |row| row.get(0))?;
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
