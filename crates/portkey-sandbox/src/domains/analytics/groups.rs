//! Groups: figures for each user, model, metadata value and so on, in pages.

use jiff::Timestamp;
use portkey_api::{
    JsonObject,
    analytics::{self as api, Dimension, Order},
};
use rusqlite::{Connection, types};
use serde_json::{Value, json};

use super::{
    figures::{Figure, columns, compare, figure, mean, object, ratio, real, share},
    filter::Filter,
    request::Column,
    requests::Requests,
    tally::Tally,
};
use crate::{
    identity::iso,
    routes::Routes,
    wire::{Answer, Call, Page, Paging, Refusal, merged},
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on::<api::GetUserStats>(users)
        .on::<api::GetAnalyticsByModels>(models)
        .on::<api::GetAnalyticsByMetadata>(metadata)
        .on::<api::GetAnalyticsGroup>(any)
        .on::<api::GetAnalyticsGroupProviders>(|call, db| dimension(call, db, Dimension::Provider))
        .on::<api::GetAnalyticsGroupMcp>(|call, db| called(call, db, MCP_SERVER))
        .on::<api::GetAnalyticsGroupA2a>(|call, db| called(call, db, AGENT))
        .on::<api::GetAnalyticsGroupWorkspaces>(workspaces)
}

const REQUESTS: Figure = figure("requests", &[], |all| json!(all.requests));
const COST: Figure = figure("cost", &[Column::Cost], |all| real(all.cost));
const BOTH: &[Column] = &[Column::PromptTokens, Column::CompletionTokens];
const AVERAGE_TOKENS: Figure = figure("avg_tokens", BOTH, |all| ratio(all.tokens(), all.requests));
const LAST_SEEN: Figure = figure("last_seen", &[Column::CreatedAt], |all| {
    moment(all.period.map(|(_, last)| last))
});

/// The figures that `columns` can name. Rates are in per cent.
const COLUMNS: &[Figure] = &[
    REQUESTS,
    COST,
    figure("total_tokens", BOTH, |all| json!(all.tokens())),
    AVERAGE_TOKENS,
    figure("avg_input_tokens", &[Column::PromptTokens], |all| {
        ratio(all.prompt_tokens, all.requests)
    }),
    figure("avg_output_tokens", &[Column::CompletionTokens], |all| {
        ratio(all.completion_tokens, all.requests)
    }),
    figure("avg_latency", &[Column::Latency], |all| {
        ratio(all.latency(), all.requests)
    }),
    figure("p95_latency", &[Column::Latency], |all| {
        json!(all.percentile(95))
    }),
    figure("p99_latency", &[Column::Latency], |all| {
        json!(all.percentile(99))
    }),
    figure("success_rate", &[Column::StatusCode], |all| {
        share(all.requests - all.errors, all.requests)
    }),
    figure("error_count", &[Column::StatusCode], |all| {
        json!(all.errors)
    }),
    figure("cache_hit_rate", &[], |all| {
        share(all.hits().requests, all.requests)
    }),
    LAST_SEEN,
    figure("first_seen", &[Column::CreatedAt], |all| {
        moment(all.period.map(|(first, _)| first))
    }),
];

const BY_METADATA: &[Figure] = &[
    REQUESTS,
    COST,
    AVERAGE_TOKENS,
    figure(
        "avg_weighted_feedback",
        &[Column::WeightedFeedback],
        |all| mean(all.feedback, all.with_feedback),
    ),
    figure(
        "requests_with_feedback",
        &[Column::WeightedFeedback],
        |all| json!(all.with_feedback),
    ),
    LAST_SEEN,
];

/// A moment as the API writes it.
fn moment(milliseconds: Option<i64>) -> Value {
    let moment = milliseconds.and_then(|moment| Timestamp::from_millisecond(moment).ok());
    json!(moment.map(iso))
}

/// Leaves out requests without an end user.
fn users(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let rows = grouped(
        call,
        db,
        &filter,
        ("user", member("_user")),
        &[REQUESTS, COST],
    )?;
    page(call, as_text(as_text(rows, "requests"), "cost"))
}

fn models(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let by = ("ai_model", By::Kind("model", None));
    let rows = grouped(call, db, &filter, by, &columns_asked(call)?)?;
    page(call, as_text(rows, "requests"))
}

fn metadata(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let by = ("metadata_value", member(call.path("metadata_key")));
    page(call, grouped(call, db, &filter, by, BY_METADATA)?)
}

/// The member of the metadata by which requests of the sandbox say that they are calls of an MCP server.
const MCP_SERVER: &str = "mcp_server";
/// The same of an A2A agent.
const AGENT: &str = "agent";

/// What was called of MCP servers or agents.
fn called(call: &Call, db: &Connection, kind: &str) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    page(
        call,
        grouped(call, db, &filter, ("name", member(kind)), &[REQUESTS])?,
    )
}

/// The vendor documents no columns.
fn workspaces(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of_all(call, db)?;
    let by = ("workspace_slug", By::Kind(WORKSPACE, None));
    let mut answer = page(call, grouped(call, db, &filter, by, &[REQUESTS, COST])?)?;
    if let Some(listing) = answer.json_mut() {
        *listing = merged(listing.take(), json!({ "is_quota_exceeded": false }));
    }
    Ok(answer)
}

fn any(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let name = Value::from(call.path("group_by"));
    let by = serde_json::from_value(name)
        .map_err(|error| Refusal::invalid_field("groupBy", &format!("is not valid: {error}")))?;
    dimension(call, db, by)
}

const WORKSPACE: &str = "(SELECT slug FROM workspaces WHERE id = workspace_id)";

/// The vendor does not document the members of these rows, so the group is named after the dimension.
fn dimension(call: &Call, db: &Connection, by: Dimension) -> Result<Answer, Refusal> {
    let kind = |column| By::Kind(column, None);
    let key = match by {
        Dimension::AiService => ("ai_service", kind("provider")),
        Dimension::Model => ("model", kind("model")),
        Dimension::StatusCode => ("status_code", By::StatusCode),
        Dimension::ApiKey => ("api_key", kind("api_key_id")),
        Dimension::Config => ("config", kind("config")),
        Dimension::Workspace => ("workspace", kind(WORKSPACE)),
        Dimension::Provider => ("provider", kind("virtual_key")),
        Dimension::Prompt => ("prompt", kind("prompt_slug")),
        Dimension::Mcp => ("name", member(MCP_SERVER)),
        Dimension::A2a => ("name", member(AGENT)),
    };
    let filter = match by {
        Dimension::Workspace => Filter::of_all(call, db)?,
        _ => Filter::of(call, db)?,
    };
    let rows = grouped(call, db, &filter, key, &columns_asked(call)?)?;
    let total = rows.len();
    let rows = Page::of(call, Paging::default())?.part(rows);
    let mut answer = json!({ "object": "list", "data": rows });
    if call.query().flag("include_total")? == Some(true) {
        answer = merged(answer, json!({ "total": total }));
    }
    Ok(answer.into())
}

/// What requests are grouped by.
#[derive(Debug)]
enum By {
    /// An expression over `log_kinds`, with the value for its placeholder, if it has one.
    Kind(&'static str, Option<types::Value>),
    StatusCode,
}

/// Groups by the value of a member of the metadata.
fn member(name: &str) -> By {
    By::Kind(
        "(SELECT CAST(value AS TEXT) FROM json_each(metadata) WHERE key = ?)",
        Some(name.to_owned().into()),
    )
}

impl By {
    /// Each group with its tally.
    fn tallies(
        self,
        db: &Connection,
        filter: &Filter,
        figures: &[Figure],
    ) -> rusqlite::Result<Vec<(Value, Tally)>> {
        match self {
            Self::Kind(expression, value) => {
                let requests = Requests::grouped(db, filter, (expression, value))?;
                let tallies = requests.tally(db, &columns(figures, &[]), |kind, _| kind.group)?;
                let groups = tallies.into_iter();
                let groups = groups.map(|(group, tally)| (json!(requests.group(group)), tally));
                Ok(groups.collect())
            }
            Self::StatusCode => {
                let columns = columns(figures, &[Column::StatusCode]);
                let requests = Requests::of(db, filter)?;
                let tallies =
                    requests.tally(db, &columns, |_, request| Some(request.status_code))?;
                let groups = tallies.into_iter();
                Ok(groups
                    .map(|(status, tally)| (json!(status), tally))
                    .collect())
            }
        }
    }
}

/// The figures of each group, sorted as the call asks.
fn grouped(
    call: &Call,
    db: &Connection,
    filter: &Filter,
    (name, by): (&str, By),
    figures: &[Figure],
) -> Result<Vec<Value>, Refusal> {
    let (column, ascends) = order(call, name, figures)?;
    let groups = by.tallies(db, filter, figures)?.into_iter();
    let mut rows: Vec<JsonObject> = groups
        .map(|(group, tally)| {
            let mut row = JsonObject::from_iter([(name.to_owned(), group)]);
            row.extend(object(figures, &tally));
            row.insert("object".to_owned(), "analytics-group".into());
            row
        })
        .collect();
    rows.sort_by(|one, other| {
        let order = compare(one.get(column), other.get(column));
        let order = if ascends { order } else { order.reverse() };
        order.then_with(|| compare(one.get(name), other.get(name)))
    });
    Ok(rows.into_iter().map(Value::Object).collect())
}

fn page(call: &Call, rows: Vec<Value>) -> Result<Answer, Refusal> {
    Ok(Page::of(call, Paging::default())?.cut(rows))
}

/// The number of requests, and the figures that the call asks for.
fn columns_asked(call: &Call) -> Result<Vec<Figure>, Refusal> {
    let query = call.query();
    let mut columns = vec![REQUESTS];
    let asked = query.optional_text("columns")?.unwrap_or_default();
    for name in asked
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let column = COLUMNS.iter().find(|column| column.name == name);
        let column = column.ok_or_else(|| query.refuse("columns", &one_of(COLUMNS)))?;
        if columns.iter().all(|known| known.name != name) {
            columns.push(*column);
        }
    }
    Ok(columns)
}

/// The member of the rows to sort by, and whether they ascend, from `order_by` and `order_by_type`. By default the
/// groups with most requests come first.
fn order<'a>(call: &Call, key: &'a str, figures: &[Figure]) -> Result<(&'a str, bool), Refusal> {
    let query = call.query();
    let asked = query.optional_text("order_by")?;
    let column = match asked.as_deref() {
        None => REQUESTS.name,
        Some(name) if name == key => key,
        Some(name) => figures
            .iter()
            .find(|figure| figure.name == name)
            .map(|figure| figure.name)
            .ok_or_else(|| query.refuse("order_by", &format!("{}, {key}", one_of(figures))))?,
    };
    Ok((column, query.optional("order_by_type")? == Some(Order::Asc)))
}

fn one_of(figures: &[Figure]) -> String {
    let names = figures.iter().map(|figure| figure.name);
    format!("must be one of {}", names.collect::<Vec<_>>().join(", "))
}

/// Turns a number into text, as some of the API's groups have it.
fn as_text(rows: Vec<Value>, name: &str) -> Vec<Value> {
    let rows = rows.into_iter().map(|row| {
        let text = row.get(name).and_then(Value::as_f64).unwrap_or_default();
        merged(row, json!({ name: text.to_string() }))
    });
    rows.collect()
}
