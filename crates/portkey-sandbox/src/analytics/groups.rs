//! Groups: figures for each user, model, metadata value and so on, in pages.

use portkey_api::analytics::{self as api, Dimension, Order};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{
    figures::{Figure, Key, Source},
    filter::Filter,
};
use crate::{
    answer::Answer,
    call::Call,
    page::{Page, Paging},
    refusal::Refusal,
    routes::Routes,
    wire::joined,
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on::<api::GetUserStats>(users)
        .on::<api::GetAnalyticsByModels>(models)
        .on::<api::GetAnalyticsByMetadata>(metadata)
        .on::<api::GetAnalyticsGroup>(any)
        .on::<api::GetAnalyticsGroupProviders>(|call, db| dimension(call, db, Dimension::Provider))
        .on::<api::GetAnalyticsGroupWorkspaces>(workspaces)
}

const REQUESTS: Figure = ("requests", "count(*)");
const COST: Figure = ("cost", "total(cost)");
const AVERAGE_TOKENS: Figure = ("avg_tokens", "avg(prompt_tokens + completion_tokens)");
const LAST_SEEN: Figure = ("last_seen", "max(created_at)");

/// What `columns` can ask for. Shares are in per cent.
const COLUMNS: &[Figure] = &[
    REQUESTS,
    COST,
    ("total_tokens", "sum(prompt_tokens + completion_tokens)"),
    AVERAGE_TOKENS,
    ("avg_input_tokens", "avg(prompt_tokens)"),
    ("avg_output_tokens", "avg(completion_tokens)"),
    ("avg_latency", "avg(latency)"),
    (
        "p95_latency",
        "min(latency) FILTER (WHERE 100 * rank >= 95 * ranked)",
    ),
    (
        "p99_latency",
        "min(latency) FILTER (WHERE 100 * rank >= 99 * ranked)",
    ),
    ("success_rate", "100.0 * sum(status_code < 400) / count(*)"),
    ("error_count", "sum(status_code >= 400)"),
    (
        "cache_hit_rate",
        "100.0 * sum(cache_status IN ('hit', 'semantic hit')) / count(*)",
    ),
    LAST_SEEN,
    ("first_seen", "min(created_at)"),
];

/// Requests without an end user are nobody's, so they are left out.
fn users(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let key = Key::metadata("_user");
    let rows = grouped(call, db, &filter, ("user", &key), &[REQUESTS, COST])?;
    page(call, as_text(as_text(rows, "requests"), "cost"))
}

fn models(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let key = ("ai_model", &Key::column("model"));
    let rows = grouped(call, db, &filter, key, &columns(call)?)?;
    page(call, as_text(rows, "requests"))
}

fn metadata(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let figures = [
        REQUESTS,
        COST,
        AVERAGE_TOKENS,
        ("avg_weighted_feedback", "avg(weighted_feedback)"),
        ("requests_with_feedback", "count(weighted_feedback)"),
        LAST_SEEN,
    ];
    let filter = Filter::of(call, db)?;
    let key = ("metadata_value", &Key::metadata(call.path("metadata_key")));
    page(call, grouped(call, db, &filter, key, &figures)?)
}

/// The vendor documents no columns.
fn workspaces(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of_all(call, db)?;
    let key = ("workspace", &Key::column(WORKSPACE));
    page(call, grouped(call, db, &filter, key, &[REQUESTS, COST])?)
}

fn any(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let name = Value::from(call.path("group_by"));
    let by = serde_json::from_value(name)
        .map_err(|error| Refusal::invalid_field("groupBy", &format!("is not valid: {error}")))?;
    dimension(call, db, by)
}

const WORKSPACE: &str = "(SELECT slug FROM workspaces WHERE id = workspace_id)";

/// No document names the members of these rows; they go by the dimension.
fn dimension(call: &Call, db: &Connection, by: Dimension) -> Result<Answer, Refusal> {
    let (name, key) = match by {
        Dimension::AiService => ("ai_service", "provider"),
        Dimension::Model => ("model", "model"),
        Dimension::StatusCode => ("status_code", "status_code"),
        Dimension::ApiKey => ("api_key", "api_key_id"),
        Dimension::Config => ("config", "config"),
        Dimension::Workspace => ("workspace", WORKSPACE),
        Dimension::Provider => ("provider", "virtual_key"),
        Dimension::Prompt => ("prompt", "prompt_slug"),
    };
    let filter = match by {
        Dimension::Workspace => Filter::of_all(call, db)?,
        _ => Filter::of(call, db)?,
    };
    let key = (name, &Key::column(key));
    let rows = grouped(call, db, &filter, key, &columns(call)?)?;
    let total = rows.len();
    let rows = Page::of(call, Paging::default())?.part(rows);
    let mut answer = json!({ "object": "list", "data": rows });
    if call.query().flag("include_total")? == Some(true) {
        answer = joined(answer, json!({ "total": total }));
    }
    Ok(answer.into())
}

fn grouped(
    call: &Call,
    db: &Connection,
    filter: &Filter,
    key: (&str, &Key),
    figures: &[Figure],
) -> Result<Vec<Value>, Refusal> {
    let order = order(call, key.0, figures)?;
    let rows = Source::requests(filter).each(db, key, figures, &order)?;
    let kind = json!({ "object": "analytics-group" });
    let rows = rows.into_iter().map(|row| joined(row, kind.clone()));
    Ok(rows.collect())
}

fn page(call: &Call, rows: Vec<Value>) -> Result<Answer, Refusal> {
    Ok(Page::of(call, Paging::default())?.cut(rows))
}

/// The requests, and what else the call asks for.
fn columns(call: &Call) -> Result<Vec<Figure>, Refusal> {
    let query = call.query();
    let mut columns = vec![REQUESTS];
    let asked = query.optional_text("columns")?.unwrap_or_default();
    for name in asked
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let column = COLUMNS.iter().find(|(known, _)| *known == name);
        let column = column.ok_or_else(|| query.refuse("columns", &one_of(COLUMNS)))?;
        if !columns.contains(column) {
            columns.push(*column);
        }
    }
    Ok(columns)
}

/// What `order_by` and `order_by_type` ask for: by the first figure, largest first, unless they say otherwise.
fn order(call: &Call, key: &str, figures: &[Figure]) -> Result<String, Refusal> {
    let query = call.query();
    let asked = query.optional_text("order_by")?;
    let column = match asked.as_deref() {
        None => "requests",
        Some(name) if name == key => "slot",
        Some(name) => figures
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(known, _)| *known)
            .ok_or_else(|| query.refuse("order_by", &format!("{}, {key}", one_of(figures))))?,
    };
    let direction = match query.optional("order_by_type")? {
        Some(Order::Asc) => "ASC",
        Some(Order::Desc) | None => "DESC",
    };
    Ok(format!("{column} {direction}, slot"))
}

fn one_of(figures: &[Figure]) -> String {
    let names = figures.iter().map(|(name, _)| *name);
    format!("must be one of {}", names.collect::<Vec<_>>().join(", "))
}

/// Some groups spell their numbers as text.
fn as_text(rows: Vec<Value>, name: &str) -> Vec<Value> {
    let rows = rows.into_iter().map(|row| {
        let text = row.get(name).and_then(Value::as_f64).unwrap_or_default();
        joined(row, json!({ name: text.to_string() }))
    });
    rows.collect()
}
