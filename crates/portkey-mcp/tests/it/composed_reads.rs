//! The composed tools that read: a period summed up, traces by way of an export.

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, path},
};

use crate::process::Wire;

/// The last days up to now, as every analytics tool takes them.
fn period(days: i64) -> Value {
    let now = Timestamp::now();
    let from = now - (days * 24).hours();
    json!({ "time_of_generation_min": from.to_string(), "time_of_generation_max": now.to_string() })
}

fn with(mut arguments: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        arguments[name] = value.clone();
    }
    arguments
}

#[test]
fn a_period_is_summed_up_at_once() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let whole = wire.answer("get_analytics_summary", period(15));
    for section in [
        "requests",
        "cost",
        "tokens",
        "latency",
        "errors",
        "error_rate",
        "users",
        "feedback",
        "cache",
    ] {
        assert!(whole[section].is_object(), "no {section} in {whole}");
    }
    assert!(whole["failed"].is_null(), "{whole}");
    let requests = wire.answer("get_request_analytics", period(15));
    assert_eq!(whole["requests"], requests["summary"]);

    let part = with(period(15), json!({ "sections": ["cost"] }));
    let part = wire.answer("get_analytics_summary", part);
    let members: Vec<_> = part.as_object().unwrap().keys().collect();
    assert_eq!(members, ["cost"]);
    assert_eq!(part["cost"], whole["cost"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_that_fails_is_told_beside_the_others() {
    let portkey = MockServer::start().await;
    let refusal = json!({ "success": false, "data": { "message": "no", "errorCode": "AB03" } });
    Mock::given(path("/v1/analytics/graphs/cost"))
        .respond_with(ResponseTemplate::new(403).set_body_json(refusal))
        .mount(&portkey)
        .await;
    let graph = json!({ "summary": { "total": 7 }, "data_points": [] });
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(graph))
        .mount(&portkey)
        .await;
    let url = portkey.uri();
    let mut wire = Wire::initialised(&[], &[("PORTKEY_BASE_URL", &url), ("PORTKEY_API_KEY", "k")]);
    let summary = wire.answer("get_analytics_summary", period(1));
    assert_eq!(summary["requests"]["total"], 7);
    assert_eq!(summary["failed"][0]["section"], "cost");
    let reason = summary["failed"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("analytics.view"), "{reason}");
}

#[test]
fn traces_are_listed_and_read() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let workspaces = wire.answer("list_workspaces", json!({ "all": true }));
    let workspaces = workspaces["data"].as_array().unwrap();
    let default = workspaces
        .iter()
        .find(|workspace| workspace["is_default"] == true)
        .unwrap();
    let of = json!({ "workspace_id": default["id"] });

    let asked = with(with(period(2), of.clone()), json!({ "page_size": 5 }));
    let heard = wire.progress_of("list_traces", asked.clone());
    assert!(heard.len() >= 4, "{heard:?}");
    let listed = wire.answer("list_traces", asked);
    let traces = listed["data"].as_array().unwrap();
    assert_eq!((traces.len(), &listed["next_page"]), (5, &json!(1)));
    assert!(
        traces[0]["last"].as_str() >= traces[1]["last"].as_str(),
        "the newest first: {listed}"
    );

    let one = with(
        with(period(2), of),
        json!({ "trace_id": traces[0]["trace_id"] }),
    );
    let trace = wire.answer("get_trace", one);
    let spans = trace["spans"].as_array().unwrap();
    assert_eq!(spans.len() as u64, traces[0]["spans"].as_u64().unwrap());
    let log = wire.answer("get_trace", json!({ "id": spans[0]["id"] }));
    assert!(log["log"].is_object(), "{log}");
}

#[test]
fn a_dry_run_of_a_trace_exports_nothing() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    wire.answer("list_traces", with(period(1), json!({ "dry_run": true })));
    let before = wire.answer("list_log_exports", json!({}));
    wire.answer(
        "get_trace",
        with(period(1), json!({ "trace_id": "t", "dry_run": true })),
    );
    assert_eq!(wire.answer("list_log_exports", json!({})), before);
}
