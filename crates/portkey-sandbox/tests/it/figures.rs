//! Analytics over eight known requests, with every figure worked out by hand.

use portkey_sandbox::Options;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::client::{Client, each, sandbox, start};

const PERIOD: &str =
    "time_of_generation_min=2026-01-05T00:00:00Z&time_of_generation_max=2026-01-05T23:59:59Z";
const NINE: &str = "2026-01-05T09:00:00.000Z";
const ELEVEN: &str = "2026-01-05T11:00:00.000Z";

/// Minute, user, model, status, cache, tokens in and out, cents, milliseconds, retries, fallback, feedback.
const LOGS: &str = "
    09:05 ann gpt-4o      200 disabled      100  50 3.0 100 0 0 7.5
    09:15 ann gpt-4o      200 hit           100  50 0.0  10 0 0 null
    09:25 bob gpt-4o-mini 500 disabled       40   0 0.0 900 0 0 null
    09:55 bob gpt-4o      200 miss           10  10 1.5 300 2 0 null
    11:10 ann gpt-4o-mini 200 semantic_hit 1000 100 0.0  30 0 0 5.0
    11:20 -   gpt-4o      429 disabled       20   0 0.0  60 0 0 null
    11:30 eve gpt-4o      200 disabled       30  30 0.5 200 1 1 null
    11:40 eve gpt-4o      200 disabled      200   0 1.0 400 0 0 null";

/// Minute of the request, value, weight.
const FEEDBACK: &[(&str, i32, f64)] = &[("09:05", 10, 1.0), ("09:05", -5, 0.5), ("11:10", 10, 0.5)];

/// A sandbox that holds these requests instead of those it starts with.
async fn known() -> (Client, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let options = Options {
        data: Some(path.clone()),
        ..Options::default()
    };
    let owner = start(options).await.in_workspace();
    owner.get("/collections").await; // By now it is filled.
    let db = Connection::open(path).unwrap();
    db.execute_batch("BEGIN; DELETE FROM log_kinds; DELETE FROM feedback;")
        .unwrap();
    for line in LOGS.trim().lines() {
        insert(&db, line);
    }
    for (index, (minute, value, weight)) in FEEDBACK.iter().enumerate() {
        let sql = "INSERT INTO feedback (id, trace_id, value, weight, workspace_id, metadata, created_at, last_updated_at)
            SELECT ?, ?, ?, ?, id, '{}', '2026', '2026' FROM workspaces WHERE is_default = 1";
        db.execute(sql, (index.to_string(), minute, value, weight))
            .unwrap();
    }
    db.execute_batch("COMMIT").unwrap();
    (owner, folder)
}

fn insert(db: &Connection, line: &str) {
    let words: Vec<String> = line
        .split_whitespace()
        .map(|word| word.replace('_', " "))
        .collect();
    let minute = &words[0];
    let mut metadata = json!({ "team": if minute.as_str() < "10" { "a" } else { "b" } });
    if words[1] != "-" {
        metadata["_user"] = words[1].clone().into();
    }
    let sql = "INSERT INTO logs (id, trace_id, span_id, workspace_id, api_key_id, created_at, provider, model,
            status_code, cache_status, prompt_tokens, completion_tokens, cost, latency, retries, is_fallback,
            weighted_feedback, metadata)
        SELECT ?1, ?1, ?1, id, 'key', 1000 * unixepoch('2026-01-05 ' || ?1 || ':30') + 500, 'openai', ?2, ?3, ?4, ?5, ?6, ?7, ?8,
            ?9, ?10, nullif(?11, 'null'), ?12
        FROM workspaces WHERE is_default = 1";
    let mut values = vec![minute.clone()];
    values.extend_from_slice(&words[2..]);
    values.push(metadata.to_string());
    db.execute(sql, rusqlite::params_from_iter(values)).unwrap();
}

/// Summary, the points at nine and at eleven without their moments.
async fn graph(owner: &Client, name: &str) -> Value {
    let graph = owner
        .get(&format!("/analytics/graphs/{name}?{PERIOD}"))
        .await;
    assert_eq!(graph["object"], "analytics-graph");
    let mut points = graph["data_points"].clone();
    let points = points.as_array_mut().unwrap();
    let moments: Vec<_> = points
        .iter_mut()
        .map(|point| point["timestamp"].take())
        .collect();
    assert_eq!(moments, [NINE, ELEVEN], "{name}");
    for point in points.iter_mut() {
        point.as_object_mut().unwrap().remove("timestamp");
    }
    json!([graph["summary"], points[0], points[1]])
}

#[tokio::test]
async fn graphs_add_up() {
    let (owner, _folder) = known().await;
    for (name, expected) in [
        (
            "requests",
            json!([{ "total": 8 }, { "total": 4 }, { "total": 4 }]),
        ),
        (
            "cost",
            json!([{ "total": 6.0, "avg": 0.75 }, { "total": 4.5, "avg": 1.125 }, { "total": 1.5, "avg": 0.375 }]),
        ),
        (
            "tokens",
            json!([{ "total": 1740, "avg": 217.5 }, { "total": 360, "avg": 90.0 }, { "total": 1380, "avg": 345.0 }]),
        ),
        (
            "latency",
            json!([
                { "avg": 250.0, "p50": 100, "p90": 900, "p99": 900 },
                { "avg": 327.5, "p50": 100, "p90": 900, "p99": 900 },
                { "avg": 172.5, "p50": 60, "p90": 400, "p99": 400 },
            ]),
        ),
        (
            "errors",
            json!([{ "total": 2 }, { "total": 1 }, { "total": 1 }]),
        ),
        (
            "errors/rate",
            json!([{ "rate": 25.0 }, { "rate": 25.0 }, { "rate": 25.0 }]),
        ),
        (
            "errors/stacks",
            json!([
                { "total": 2 },
                { "stats": [{ "response_status_code": 500, "count": 1 }] },
                { "stats": [{ "response_status_code": 429, "count": 1 }] },
            ]),
        ),
        (
            "requests/rescued",
            json!([
                { "retry": 2, "fallback": 1 },
                { "retry": [{ "retry_success_count": 2, "count": 1 }], "fallback": 0 },
                { "retry": [{ "retry_success_count": 1, "count": 1 }], "fallback": 1 },
            ]),
        ),
        (
            "users",
            json!([{ "total": 3 }, { "total": 2 }, { "total": 2 }]),
        ),
        (
            "users/requests",
            json!([{ "total": 7, "unique": 3, "avg": 2.333_333_33 }, { "avg": 2.0 }, { "avg": 1.5 }]),
        ),
        (
            "cache/latency",
            json!([{}, { "avg": 10.0 }, { "avg": 30.0 }]),
        ),
        (
            "feedbacks",
            json!([{ "total": 3 }, { "total": 2 }, { "total": 1 }]),
        ),
        (
            "feedbacks/weighted",
            json!([{ "avg": 6.25 }, { "avg": 5.0 }, { "avg": 10.0 }]),
        ),
    ] {
        assert_eq!(graph(&owner, name).await, expected, "{name}");
    }
}

/// 100 and 50 tokens of gpt-4o are 0.075 cents, 1000 and 100 of gpt-4o-mini 0.021.
#[tokio::test]
async fn the_cache_saves() {
    let (owner, _folder) = known().await;
    let expected = json!([
        { "total": 2, "rate": 25.0 },
        { "simple_hits": 1, "semantic_hits": 0, "rate": 25.0,
          "cumulative_simple_cache_savings": 0.075, "cumulative_semantic_cache_savings": 0.0 },
        { "simple_hits": 0, "semantic_hits": 1, "rate": 25.0,
          "cumulative_simple_cache_savings": 0.075, "cumulative_semantic_cache_savings": 0.021 },
    ]);
    assert_eq!(graph(&owner, "cache/hit-rate").await, expected);
    let totals = owner
        .get(&format!("/analytics/summary/cache?{PERIOD}"))
        .await;
    let summary = json!({ "hits": 2, "avg_latency": 20.0, "total_requests": 8, "cache_speedup": 16.333_333_33 });
    assert_eq!(
        totals,
        json!({ "summary": summary, "object": "analytics-summary" })
    );
}

#[tokio::test]
async fn points_need_not_be_moments() {
    let (owner, _folder) = known().await;
    for (name, summary, points) in [
        (
            "errors/status-codes",
            json!({ "total_errors": 2, "unique_error_codes": 2 }),
            json!([{ "status_code": 429, "count": 1 }, { "status_code": 500, "count": 1 }]),
        ),
        (
            "feedbacks/scores",
            json!({ "total": 3 }),
            json!([{ "score": -5, "total": 1 }, { "score": 10, "total": 2 }]),
        ),
        (
            "feedbacks/ai-models",
            json!({}),
            json!([
                { "ai_model": "gpt-4o", "total": 2, "avg_weighted_feedback": 5.0 },
                { "ai_model": "gpt-4o-mini", "total": 1, "avg_weighted_feedback": 10.0 },
            ]),
        ),
    ] {
        let graph = owner
            .get(&format!("/analytics/graphs/{name}?{PERIOD}"))
            .await;
        let expected =
            json!({ "summary": summary, "data_points": points, "object": "analytics-graph" });
        assert_eq!(graph, expected, "{name}");
    }
}

#[tokio::test]
async fn the_period_decides_how_long_a_stretch_is() {
    let (owner, _folder) = known().await;
    for (start, end, count, first) in [
        (
            "05T09:00:00Z",
            "05T10:00:00%2B00:00",
            4,
            "2026-01-05T09:05:00.000Z",
        ),
        ("05T00:00:00Z", "06T00:00:00Z", 2, NINE),
        (
            "01T00:00:00Z",
            "28T00:00:00Z",
            1,
            "2026-01-05T00:00:00.000Z",
        ),
    ] {
        let graph = owner
            .get(&format!(
                "/analytics/graphs/requests?time_of_generation_min=2026-01-{start}&time_of_generation_max=2026-01-{end}"
            ))
            .await;
        let points = graph["data_points"].as_array().unwrap();
        assert_eq!(points.len(), count, "{start} {end}");
        assert_eq!(points[0]["timestamp"], first);
    }
    let nothing = owner
        .get("/analytics/graphs/latency?time_of_generation_min=2020-01-01T00:00:00Z&time_of_generation_max=2020-02-01T00:00:00Z")
        .await;
    let zero = json!({ "avg": 0, "p50": 0, "p90": 0, "p99": 0 });
    assert_eq!(nothing["summary"], zero);
    assert_eq!(nothing["data_points"], json!([]));
}

#[tokio::test]
async fn groups_add_up() {
    let (owner, _folder) = known().await;
    let columns = "columns=cost,avg_latency,p95_latency,success_rate,error_count,cache_hit_rate";
    let models = owner
        .get(&format!("/analytics/groups/ai-models?{PERIOD}&{columns}"))
        .await;
    assert_eq!(models["total"], 2);
    let large = json!({
        "ai_model": "gpt-4o", "requests": "6", "cost": 6.0, "avg_latency": 178.333_333_33, "p95_latency": 400,
        "success_rate": 83.333_333_33, "error_count": 1, "cache_hit_rate": 16.666_666_67,
        "object": "analytics-group",
    });
    assert_eq!(models["data"][0], large);

    let teams = owner
        .get(&format!("/analytics/groups/metadata/team?{PERIOD}"))
        .await;
    let team = |name: &str, requests, cost, tokens, feedback, last: &str| {
        json!({
            "metadata_value": name, "requests": requests, "cost": cost, "avg_tokens": tokens,
            "avg_weighted_feedback": feedback, "requests_with_feedback": 1,
            "last_seen": format!("2026-01-05T{last}:30.500Z"), "object": "analytics-group",
        })
    };
    let expected = [
        team("a", 4, 4.5, 90.0, 7.5, "09:55"),
        team("b", 4, 1.5, 345.0, 5.0, "11:40"),
    ];
    assert_eq!(teams["data"], json!(expected));

    let statuses = owner
        .get(&format!(
            "/analytics/groups/status_code?{PERIOD}&order_by=status_code&order_by_type=asc"
        ))
        .await;
    assert_eq!(each(&statuses, "status_code"), [200, 429, 500]);
    assert_eq!(each(&statuses, "requests"), [6, 1, 1]);
    assert_eq!(statuses["total"], Value::Null);
    let services = owner
        .get(&format!(
            "/analytics/groups/ai_service?{PERIOD}&include_total=true&columns=first_seen"
        ))
        .await;
    let openai = json!({ "ai_service": "openai", "requests": 8, "first_seen": "2026-01-05T09:05:30.500Z",
        "object": "analytics-group" });
    assert_eq!(
        services,
        json!({ "object": "list", "total": 1, "data": [openai] })
    );
}

#[tokio::test]
async fn workspaces_are_compared_by_organisation_keys() {
    let admin = sandbox().await;
    let ever =
        "time_of_generation_min=2000-01-01T00:00:00Z&time_of_generation_max=2100-01-01T00:00:00Z";
    let path = format!("/analytics/groups/workspaces?{ever}");
    let all = admin.get(&path).await;
    assert_eq!(
        each(&all, "workspace_slug"),
        [
            "ws-product-8c41d2",
            "ws-staging-51f0ae",
            "ws-researc-e7b093"
        ]
    );
    let one = admin
        .get(&format!("{path}&workspace_slug=ws-staging-51f0ae"))
        .await;
    assert_eq!(one["data"], json!([all["data"][1]]));
    assert_eq!(all["is_quota_exceeded"], false);
    let refused = admin.in_workspace().refusal("GET", &path, json!({})).await;
    refused.is(403, "AB03", "organisation");
    let providers = admin
        .get(&format!("/analytics/groups/provider?{ever}"))
        .await;
    assert_eq!(
        each(&providers, "provider"),
        ["openai-prod-4f2a91", "anthropic-pr-b83c07"]
    );
}

#[tokio::test]
async fn unknown_columns_and_dimensions_are_refused() {
    let owner = sandbox().await.in_workspace();
    for (path, names) in [
        (
            format!("groups/ai-models?{PERIOD}&columns=luck"),
            "`columns`",
        ),
        (format!("groups/colour?{PERIOD}"), "groupBy"),
        (format!("groups/model?{PERIOD}&order_by=cost"), "`order_by`"),
        ("graphs/requests".to_owned(), "time_of_generation_min"),
    ] {
        let refused = owner
            .refusal("GET", &format!("/analytics/{path}"), json!({}))
            .await;
        refused.is(400, "AB01", names);
    }
}

#[tokio::test]
async fn the_samples_have_something_to_show() {
    let owner = sandbox().await.in_workspace();
    let ever =
        "time_of_generation_min=2000-01-01T00:00:00Z&time_of_generation_max=2100-01-01T00:00:00Z";
    for (name, figure) in [
        ("requests", "total"),
        ("errors", "total"),
        ("requests/rescued", "retry"),
        ("requests/rescued", "fallback"),
        ("cache/hit-rate", "rate"),
        ("feedbacks", "total"),
    ] {
        let graph = owner.get(&format!("/analytics/graphs/{name}?{ever}")).await;
        assert!(graph["summary"][figure].as_f64().unwrap() > 0.0, "{name}");
    }
}
