//! Graphs: figures over the whole period, then for each interval of it that had requests.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use portkey_api::{JsonObject, analytics as api};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{
    figures::{Figure, columns, figure, mean, object, ratio, real, share},
    filter::Filter,
    request::Column,
    requests::Requests,
    tally::Tally,
};
use crate::{
    identity::iso,
    routes::Routes,
    wire::{Answer, Call, Refusal},
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on::<api::GetRequestAnalytics>(|call, db| graph(call, db, REQUESTS))
        .on::<api::GetCostAnalytics>(|call, db| graph(call, db, COST))
        .on::<api::GetTokenAnalytics>(|call, db| graph(call, db, TOKENS))
        .on::<api::GetLatencyAnalytics>(|call, db| graph(call, db, LATENCY))
        .on::<api::GetErrorAnalytics>(|call, db| graph(call, db, ERRORS))
        .on::<api::GetErrorRateAnalytics>(|call, db| graph(call, db, ERROR_RATE))
        .on::<api::GetStatusCodeAnalytics>(error_stacks)
        .on::<api::GetErrorStatusCodesAnalytics>(status_codes)
        .on::<api::GetRescuedRequests>(rescued)
        .on::<api::GetUserAnalytics>(users)
        .on::<api::GetRequestsPerUser>(per_user)
        .on::<api::GetCacheHitRate>(cache_hit_rate)
        .on::<api::GetCacheHitLatency>(cache_latency)
        .on::<api::GetCacheAnalytics>(cache_summary)
}

const REQUESTS: &[Figure] = &[figure("total", &[], |all| json!(all.requests))];
const COST: &[Figure] = &[
    figure("total", &[Column::Cost], |all| real(all.cost)),
    figure("avg", &[Column::Cost], |all| mean(all.cost, all.requests)),
];
const BOTH: &[Column] = &[Column::PromptTokens, Column::CompletionTokens];
const TOKENS: &[Figure] = &[
    figure("total", BOTH, |all| json!(all.tokens())),
    figure("avg", BOTH, |all| ratio(all.tokens(), all.requests)),
];
const AVERAGE_LATENCY: Figure = figure("avg", &[Column::Latency], |all| {
    ratio(all.latency(), all.requests)
});
const LATENCY: &[Figure] = &[
    AVERAGE_LATENCY,
    figure("p50", &[Column::Latency], |all| json!(all.percentile(50))),
    figure("p90", &[Column::Latency], |all| json!(all.percentile(90))),
    figure("p99", &[Column::Latency], |all| json!(all.percentile(99))),
];
const ERRORS: &[Figure] = &[figure("total", &[Column::StatusCode], |all| {
    json!(all.errors)
})];
const ERROR_RATE: &[Figure] = &[figure("rate", &[Column::StatusCode], |all| {
    share(all.errors, all.requests)
})];
const USERS: &[Figure] = &[figure("total", &[], |all| json!(all.users.count()))];
/// Counts only requests with an end user.
const PER_USER: &[Figure] = &[figure("avg", &[], |all| {
    ratio(all.with_user, all.users.count())
})];
const HIT_RATE: Figure = figure("rate", &[], |all| share(all.hits().requests, all.requests));
const HITS: &[Figure] = &[
    figure("total", &[], |all| json!(all.hits().requests)),
    HIT_RATE,
];
/// Needs the tokens, from which the savings are computed.
const HITS_OVER_TIME: &[Figure] = &[
    figure("simple_hits", BOTH, |all| json!(all.simple_hits.requests)),
    figure("semantic_hits", BOTH, |all| {
        json!(all.semantic_hits.requests)
    }),
    HIT_RATE,
];
/// The speed-up is the mean latency of uncached requests divided by that of cached ones.
const CACHE: &[Figure] = &[
    figure("hits", &[Column::Latency], |all| json!(all.hits().requests)),
    figure("avg_latency", &[Column::Latency], |all| {
        ratio(all.hits().latency, all.hits().requests)
    }),
    figure("total_requests", &[Column::Latency], |all| {
        json!(all.requests)
    }),
    figure("cache_speedup", &[Column::Latency], |all| {
        let hits = all.hits();
        let (latency, requests) = (all.latency() - hits.latency, all.requests - hits.requests);
        ratio(latency * hits.requests, requests * hits.latency)
    }),
];

/// The same figures over the whole period and over each interval.
fn graph(call: &Call, db: &Connection, figures: &[Figure]) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let requests = Requests::of(db, &filter)?;
    let intervals = over_time(&requests, db, &filter, figures)?;
    Ok(answer(
        object(figures, &whole(&intervals)),
        points(&intervals, figures),
    ))
}

/// The tally of each interval, by the start of the interval in milliseconds since 1970.
fn over_time(
    requests: &Requests,
    db: &Connection,
    filter: &Filter,
    figures: &[Figure],
) -> rusqlite::Result<BTreeMap<i64, Tally>> {
    let interval = Interval::of(filter);
    let columns = columns(figures, &[Column::CreatedAt]);
    requests.tally(db, &columns, |_, request| {
        Some(interval.start(request.created_at?))
    })
}

fn whole<K>(parts: &BTreeMap<K, Tally>) -> Tally {
    parts.values().fold(Tally::default(), Tally::plus)
}

fn points(intervals: &BTreeMap<i64, Tally>, figures: &[Figure]) -> Vec<Value> {
    let points = intervals
        .iter()
        .map(|(start, tally)| point(*start, object(figures, tally)));
    points.collect()
}

/// The figures of the interval that starts at this moment, in milliseconds since 1970.
pub(super) fn point(start: i64, figures: JsonObject) -> Value {
    let start = Timestamp::from_millisecond(start).unwrap_or_default();
    let mut point = JsonObject::from_iter([("timestamp".to_owned(), iso(start).into())]);
    point.extend(figures);
    point.into()
}

pub(super) fn answer(summary: JsonObject, points: Vec<Value>) -> Answer {
    let graph = members([
        ("summary", summary.into()),
        ("data_points", points.into()),
        ("object", "analytics-graph".into()),
    ]);
    Value::Object(graph).into()
}

/// The length of a graph's intervals, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interval(i64);

impl Interval {
    /// A minute, an hour or a day, so that graphs have a few hundred points at most for all but the longest
    /// periods.
    pub(super) fn of(filter: &Filter) -> Self {
        const MINUTE: i64 = 60_000;
        let period = filter.period();
        if period <= SignedDuration::from_hours(6) {
            Self(MINUTE)
        } else if period <= SignedDuration::from_hours(7 * 24) {
            Self(60 * MINUTE)
        } else {
            Self(24 * 60 * MINUTE)
        }
    }

    /// The start of the interval that contains a moment, both in milliseconds since 1970.
    pub(super) fn start(self, moment: i64) -> i64 {
        moment - moment.rem_euclid(self.0)
    }
}

fn error_stacks(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let interval = Interval::of(&filter);
    let columns = [Column::CreatedAt, Column::StatusCode];
    let errors = Requests::of(db, &filter)?.only("status_code >= 400");
    let errors = errors.tally(db, &columns, |_, request| {
        Some((interval.start(request.created_at?), request.status_code))
    })?;
    let mut stacks = BTreeMap::<i64, Vec<Value>>::new();
    for ((start, status), tally) in &errors {
        let count = json!({ "response_status_code": status, "count": tally.requests });
        stacks.entry(*start).or_default().push(count);
    }
    let stacks = stacks
        .into_iter()
        .map(|(start, stats)| point(start, members([("stats", stats.into())])));
    Ok(answer(object(REQUESTS, &whole(&errors)), stacks.collect()))
}

fn status_codes(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let errors = Requests::of(db, &Filter::of(call, db)?)?.only("status_code >= 400");
    let errors = errors.tally(db, &[Column::StatusCode], |_, request| {
        Some(request.status_code)
    })?;
    let summary = [
        ("total_errors", json!(whole(&errors).requests)),
        ("unique_error_codes", json!(errors.len())),
    ];
    let points = errors
        .iter()
        .map(|(status, tally)| json!({ "status_code": status, "count": tally.requests }));
    Ok(answer(members(summary), points.collect()))
}

/// Requests that succeeded by a retry or by a fallback.
fn rescued(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let interval = Interval::of(&filter);
    let columns = [Column::CreatedAt, Column::Retries, Column::IsFallback];
    let rescued = Requests::of(db, &filter)?;
    let rescued = rescued.only("status_code < 400 AND (retries > 0 OR is_fallback)");
    let rescued = rescued.tally(db, &columns, |_, request| {
        Some((interval.start(request.created_at?), request.retries))
    })?;
    let mut points = BTreeMap::<i64, (Vec<Value>, u64)>::new();
    for ((start, retries), tally) in &rescued {
        let (counts, fallbacks) = points.entry(*start).or_default();
        *fallbacks += tally.fallbacks;
        if *retries > 0 {
            counts.push(json!({ "retry_success_count": retries, "count": tally.requests }));
        }
    }
    let points = points.into_iter().map(|(start, (counts, fallbacks))| {
        point(
            start,
            members([("retry", counts.into()), ("fallback", fallbacks.into())]),
        )
    });
    let all = whole(&rescued);
    let summary = [
        ("retry", all.retried.into()),
        ("fallback", all.fallbacks.into()),
    ];
    Ok(answer(members(summary), points.collect()))
}

fn users(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let intervals = over_time(&Requests::of_users(db, &filter)?, db, &filter, USERS)?;
    let summary = object(USERS, &whole(&intervals));
    Ok(answer(summary, points(&intervals, USERS)))
}

fn per_user(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let intervals = over_time(&Requests::of_users(db, &filter)?, db, &filter, PER_USER)?;
    let all = whole(&intervals);
    let mut summary = members([
        ("total", json!(all.with_user)),
        ("unique", json!(all.users.count())),
    ]);
    summary.extend(object(PER_USER, &all));
    Ok(answer(summary, points(&intervals, PER_USER)))
}

fn cache_latency(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut filter = Filter::of(call, db)?;
    filter.kinds = filter.kinds.and("cache_status IN ('hit', 'semantic hit')");
    let hits = Requests::of(db, &filter)?;
    let figures = &[AVERAGE_LATENCY];
    let intervals = over_time(&hits, db, &filter, figures)?;
    Ok(answer(JsonObject::new(), points(&intervals, figures)))
}

fn cache_summary(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let requests = Requests::of(db, &Filter::of(call, db)?)?;
    let all = requests.tally(db, &columns(CACHE, &[]), |_, _| Some(()))?;
    let summary = object(CACHE, &whole(&all));
    Ok(json!({ "summary": summary, "object": "analytics-summary" }).into())
}

/// Savings are what the models would have charged for the requests that the cache answered, in cents.
fn cache_hit_rate(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let requests = Requests::of(db, &filter)?;
    let intervals = over_time(&requests, db, &filter, HITS_OVER_TIME)?;
    let summary = object(HITS, &whole(&intervals));
    let (mut simple, mut semantic) = (0.0, 0.0);
    let points = intervals.iter().map(|(start, tally)| {
        simple += tally.simple_hits.savings;
        semantic += tally.semantic_hits.savings;
        let mut figures = object(HITS_OVER_TIME, tally);
        figures.extend(members([
            ("cumulative_simple_cache_savings", real(simple)),
            ("cumulative_semantic_cache_savings", real(semantic)),
        ]));
        point(*start, figures)
    });
    Ok(answer(summary, points.collect()))
}

pub(super) fn members<const N: usize>(members: [(&str, Value); N]) -> JsonObject {
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
