//! Graphs: figures over the whole period, then for each stretch of it that had any requests.

use jiff::SignedDuration;
use portkey_api::analytics as api;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{
    figures::{Figure, Key, Source},
    filter::Filter,
};
use crate::{answer::Answer, call::Call, pricing, refusal::Refusal, routes::Routes};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on::<api::GetRequestAnalytics>(|call, db| graph(call, db, &[("total", "count(*)")]))
        .on::<api::GetCostAnalytics>(|call, db| graph(call, db, COST))
        .on::<api::GetTokenAnalytics>(|call, db| graph(call, db, TOKENS))
        .on::<api::GetLatencyAnalytics>(|call, db| graph(call, db, LATENCY))
        .on::<api::GetErrorAnalytics>(|call, db| graph(call, db, &[ERRORS]))
        .on::<api::GetErrorRateAnalytics>(|call, db| graph(call, db, ERROR_RATE))
        .on::<api::GetStatusCodeAnalytics>(error_stacks)
        .on::<api::GetErrorStatusCodesAnalytics>(status_codes)
        .on::<api::GetRescuedRequests>(rescued)
        .on::<api::GetUserAnalytics>(|call, db| graph(call, db, USERS))
        .on::<api::GetRequestsPerUser>(per_user)
        .on::<api::GetCacheHitRate>(cache_hit_rate)
        .on::<api::GetCacheHitLatency>(cache_latency)
        .on::<api::GetCacheAnalytics>(cache_summary)
}

const COST: &[Figure] = &[("total", "total(cost)"), ("avg", "avg(cost)")];
const TOKENS: &[Figure] = &[
    ("total", "sum(prompt_tokens + completion_tokens)"),
    ("avg", "avg(prompt_tokens + completion_tokens)"),
];
const LATENCY: &[Figure] = &[
    ("avg", "avg(latency)"),
    (
        "p50",
        "min(latency) FILTER (WHERE 100 * rank >= 50 * ranked)",
    ),
    (
        "p90",
        "min(latency) FILTER (WHERE 100 * rank >= 90 * ranked)",
    ),
    (
        "p99",
        "min(latency) FILTER (WHERE 100 * rank >= 99 * ranked)",
    ),
];
const ERRORS: Figure = ("total", "sum(status_code >= 400)");
/// In per cent.
const ERROR_RATE: &[Figure] = &[("rate", "100.0 * sum(status_code >= 400) / count(*)")];
const USERS: &[Figure] = &[("total", "count(DISTINCT metadata ->> '_user')")];
/// Of the requests that say which user they are for.
const PER_USER: Figure = (
    "avg",
    "1.0 * count(metadata ->> '_user') / nullif(count(DISTINCT metadata ->> '_user'), 0)",
);
const HITS: Figure = ("total", "sum(cache_status IN ('hit', 'semantic hit'))");
/// In per cent of all requests.
const HIT_RATE: Figure = (
    "rate",
    "100.0 * sum(cache_status IN ('hit', 'semantic hit')) / count(*)",
);
/// The speed-up says how many times as long requests take that the cache doesn't answer.
const CACHE: &[Figure] = &[
    ("hits", "sum(cache_status IN ('hit', 'semantic hit'))"),
    (
        "avg_latency",
        "avg(latency) FILTER (WHERE cache_status IN ('hit', 'semantic hit'))",
    ),
    ("total_requests", "count(*)"),
    (
        "cache_speedup",
        "avg(latency) FILTER (WHERE cache_status NOT IN ('hit', 'semantic hit'))
            / avg(latency) FILTER (WHERE cache_status IN ('hit', 'semantic hit'))",
    ),
];

/// The same figures over the whole period and over each stretch.
fn graph(call: &Call, db: &Connection, figures: &[Figure]) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let requests = Source::requests(&filter);
    let summary = requests.whole(db, figures)?;
    Ok(answer(
        &summary,
        &over_time(&requests, db, &filter, figures)?,
    ))
}

/// The figures of each stretch, which begins at `timestamp`.
pub(super) fn over_time(
    rows: &Source,
    db: &Connection,
    filter: &Filter,
    figures: &[Figure],
) -> rusqlite::Result<Vec<Value>> {
    let stretch = Key::column(stretch(filter));
    rows.each(db, ("timestamp", &stretch), figures, "timestamp")
}

pub(super) fn answer(summary: &Value, points: &[Value]) -> Answer {
    json!({ "summary": summary, "data_points": points, "object": "analytics-graph" }).into()
}

/// When the stretch that a row belongs to began: a minute, an hour or a day of it, so that graphs have a few
/// hundred points at most for all but the longest periods.
fn stretch(filter: &Filter) -> &'static str {
    if filter.period() <= SignedDuration::from_hours(6) {
        "substr(created_at, 1, 16) || ':00.000Z'"
    } else if filter.period() <= SignedDuration::from_hours(7 * 24) {
        "substr(created_at, 1, 13) || ':00:00.000Z'"
    } else {
        "substr(created_at, 1, 10) || 'T00:00:00.000Z'"
    }
}

fn error_stacks(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let errors = Source::requests(&filter).only("status_code >= 400");
    let sql = format!(
        "SELECT at, json_group_array(
            json_object('response_status_code', status_code, 'count', count)) AS stats
        FROM (SELECT {} AS at, status_code, count(*) AS count FROM {{rows}}
            GROUP BY at, status_code ORDER BY at, status_code)
        GROUP BY at ORDER BY at",
        stretch(&filter)
    );
    let points = errors.within(db, &sql, |row| {
        Ok(json!({
            "timestamp": row.get::<_, String>("at")?,
            "stats": row.get::<_, Value>("stats")?,
        }))
    })?;
    Ok(answer(
        &errors.whole(db, &[("total", "count(*)")])?,
        &points,
    ))
}

fn status_codes(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let errors = Source::requests(&Filter::of(call, db)?).only("status_code >= 400");
    let summary = [
        ("total_errors", "count(*)"),
        ("unique_error_codes", "count(DISTINCT status_code)"),
    ];
    let key = Key::column("status_code");
    let count = [("count", "count(*)")];
    Ok(answer(
        &errors.whole(db, &summary)?,
        &errors.each(db, ("status_code", &key), &count, "slot")?,
    ))
}

/// A retry or another target of a fallback saved them.
fn rescued(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let rescued =
        Source::requests(&filter).only("status_code < 400 AND (retries > 0 OR is_fallback)");
    let summary = [
        ("retry", "sum(retries > 0)"),
        ("fallback", "sum(is_fallback)"),
    ];
    let sql = format!(
        "SELECT at, sum(fallback) AS fallback, json_group_array(
            json_object('retry_success_count', retries, 'count', count))
            FILTER (WHERE retries > 0) AS retry
        FROM (SELECT {} AS at, retries, count(*) AS count, sum(is_fallback) AS fallback
            FROM {{rows}} GROUP BY at, retries ORDER BY at, retries)
        GROUP BY at ORDER BY at",
        stretch(&filter)
    );
    let points = rescued.within(db, &sql, |row| {
        Ok(json!({
            "timestamp": row.get::<_, String>("at")?,
            "retry": row.get::<_, Value>("retry")?,
            "fallback": row.get::<_, u32>("fallback")?,
        }))
    })?;
    Ok(answer(&rescued.whole(db, &summary)?, &points))
}

fn per_user(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let requests = Source::requests(&filter);
    let summary = [
        ("total", "count(metadata ->> '_user')"),
        ("unique", "count(DISTINCT metadata ->> '_user')"),
        PER_USER,
    ];
    Ok(answer(
        &requests.whole(db, &summary)?,
        &over_time(&requests, db, &filter, &[PER_USER])?,
    ))
}

fn cache_latency(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let hits = Source::requests(&filter).only("cache_status IN ('hit', 'semantic hit')");
    let points = over_time(&hits, db, &filter, &[("avg", "avg(latency)")])?;
    Ok(answer(&json!({}), &points))
}

fn cache_summary(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let requests = Source::requests(&Filter::of(call, db)?);
    let summary = requests.whole(db, CACHE)?;
    Ok(json!({ "summary": summary, "object": "analytics-summary" }).into())
}

/// What the models would have charged is what the cache saved, in cents.
fn cache_hit_rate(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let requests = Source::requests(&filter).with("price", &pricing::as_sql());
    let points = [
        ("simple_hits", "sum(cache_status = 'hit')"),
        ("semantic_hits", "sum(cache_status = 'semantic hit')"),
        HIT_RATE,
        (
            "cumulative_simple_cache_savings",
            "sum(total(price) FILTER (WHERE cache_status = 'hit')) OVER (ORDER BY slot)",
        ),
        (
            "cumulative_semantic_cache_savings",
            "sum(total(price) FILTER (WHERE cache_status = 'semantic hit')) OVER (ORDER BY slot)",
        ),
    ];
    Ok(answer(
        &requests.whole(db, &[HITS, HIT_RATE])?,
        &over_time(&requests, db, &filter, &points)?,
    ))
}
