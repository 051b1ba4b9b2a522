//! What is read of figures: their units, and the course of graphs over time.

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::process::Wire;

fn sandbox() -> Wire {
    Wire::initialised(&["--sandbox", "--toolsets", "all"], &[])
}

/// The last days up to now, with further arguments.
fn last(days: i64, more: Value) -> Value {
    let now = Timestamp::now();
    let from = now - (days * 24).hours();
    between(&from.to_string(), &now.to_string(), more)
}

fn verbose(mut arguments: Value) -> Value {
    arguments["verbose"] = true.into();
    arguments
}

fn between(from: &str, to: &str, more: Value) -> Value {
    let mut arguments = json!({ "time_of_generation_min": from, "time_of_generation_max": to });
    for (name, value) in more.as_object().unwrap() {
        arguments[name] = value.clone();
    }
    arguments
}

fn points(graph: &Value) -> &Vec<Value> {
    graph["data_points"].as_array().unwrap()
}

/// Every member of this name, wherever it stands.
fn each<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                found.push((name, member));
                each(member, found);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| each(entry, found)),
        _ => {}
    }
}

#[test]
fn money_has_its_unit_wherever_it_is_answered() {
    let mut wire = sandbox();
    let by_model = json!({ "group_by": "model", "columns": "cost,avg_latency" });
    let by_app = json!({ "metadata_key": "app" });
    for (tool, member, arguments) in [
        ("get_cost_analytics", "total", json!({})),
        ("get_analytics_group", "cost", by_model),
        ("get_analytics_by_metadata", "cost", by_app),
        ("get_user_stats", "cost", json!({})),
        (
            "get_cache_hit_rate",
            "cumulative_semantic_cache_savings",
            json!({}),
        ),
        (
            "get_analytics_summary",
            "total",
            json!({ "sections": ["cost"] }),
        ),
    ] {
        let answer = wire.answer(tool, verbose(last(7, arguments)));
        let mut members = Vec::new();
        each(&answer, &mut members);
        let dollars = format!("{member}_usd");
        let of = |wanted: &str| {
            let named = members
                .iter()
                .filter(|(name, value)| *name == wanted && value.is_number());
            named
                .map(|(_, value)| value.as_f64().unwrap())
                .collect::<Vec<_>>()
        };
        let (cents, dollars) = (of(member), of(&dollars));
        assert!(
            !cents.is_empty() && cents.len() == dollars.len(),
            "{tool}: {answer}"
        );
        for (cents, dollars) in cents.iter().zip(dollars) {
            assert!(
                (cents / 100.0 - dollars).abs() < 1e-5,
                "{tool}: {cents} {dollars}"
            );
        }
        assert_eq!(answer["units"][member], "cents", "{tool}: {answer}");
    }
}

#[test]
fn no_figure_shows_more_digits_than_it_has() {
    let mut wire = sandbox();
    for tool in [
        "get_cost_analytics",
        "get_latency_analytics",
        "get_token_analytics",
        "get_error_rate_analytics",
        "get_cache_hit_rate",
        "get_requests_per_user",
        "get_weighted_feedback",
        "get_analytics_summary",
    ] {
        let answer = wire.answer(tool, last(7, json!({})));
        let mut members = Vec::new();
        each(&answer, &mut members);
        for (name, value) in members.into_iter().filter(|(_, value)| value.is_number()) {
            let text = value.to_string();
            assert!(!text.ends_with(".0"), "{tool} {name}: {text}");
            let decimals = text
                .split_once('.')
                .map_or(0, |(_, decimals)| decimals.len());
            // Of what is very little, three digits count.
            let digits = text.trim_start_matches(['0', '.']).len();
            assert!(decimals <= 6 || digits <= 3, "{tool} {name}: {text}");
        }
    }
    let latency = wire.answer("get_latency_analytics", last(7, json!({})));
    assert_eq!(latency["units"]["p99"], "milliseconds");
    let rate = wire.answer("get_error_rate_analytics", last(7, json!({})));
    assert_eq!(rate["units"], json!({ "rate": "percent" }));
}

#[test]
fn a_name_with_two_units_in_one_answer_is_told_with_its_place() {
    let summary = sandbox().answer("get_analytics_summary", verbose(last(7, json!({}))));
    assert_eq!(summary["units"]["cost.avg"], "cents", "{summary}");
    assert_eq!(summary["units"]["latency.avg"], "milliseconds", "{summary}");
    assert!(summary["cost"]["total_usd"].is_number(), "{summary}");
}

#[test]
fn a_graph_has_a_point_a_day_and_hours_on_request() {
    let mut wire = sandbox();
    let days = wire.answer("get_request_analytics", last(6, json!({})));
    assert!((6..=7).contains(&points(&days).len()), "{days}");
    let date = points(&days)[0]["timestamp"].as_str().unwrap();
    assert_eq!(date.len(), "2026-11-21".len(), "{date}");
    let hours = wire.answer(
        "get_request_analytics",
        last(6, json!({ "granularity": "hour" })),
    );
    assert!(points(&hours).len() > 20, "{hours}");
    assert!(
        points(&hours)[0]["timestamp"]
            .as_str()
            .unwrap()
            .contains('T')
    );
    let none = wire.answer(
        "get_request_analytics",
        last(6, json!({ "granularity": "none" })),
    );
    assert!(none["data_points"].is_null(), "{none}");
    assert_eq!(none["summary"], days["summary"]);
    let sum = |graph: &Value| {
        points(graph)
            .iter()
            .map(|p| p["total"].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(sum(&days), sum(&hours));
    assert_eq!(days["summary"]["total"], sum(&days));
}

/// An average of averages is none, nor is a percentile of percentiles: a day says what it says when it is asked for alone.
#[test]
fn what_does_not_add_up_is_that_of_the_day_itself() {
    let mut wire = sandbox();
    let today = Timestamp::now().to_string();
    let (today, _) = today.split_at(10);
    let from = format!("{today}T00:00:00Z").parse::<Timestamp>().unwrap() - 72.hours();
    let day = (from + 24.hours()).to_string();
    let day = &day[..10];
    for (tool, names) in [
        ("get_latency_analytics", ["avg", "p50", "p99"].as_slice()),
        ("get_cost_analytics", &["total_usd", "avg_usd"]),
        ("get_error_rate_analytics", &["rate"]),
        ("get_user_analytics", &["total"]),
        ("get_requests_per_user", &["avg"]),
        ("get_cache_hit_rate", &["rate"]),
    ] {
        let whole = between(&from.to_string(), &format!("{today}T00:00:00Z"), json!({}));
        let graph = wire.answer(tool, whole);
        let alone = between(
            &format!("{day}T00:00:00Z"),
            &format!("{day}T23:59:59.999Z"),
            json!({}),
        );
        let alone = wire.answer(tool, alone)["summary"].clone();
        let point = points(&graph)
            .iter()
            .find(|point| point["timestamp"] == day);
        let point = point.unwrap_or_else(|| panic!("{tool}: no {day} in {graph}"));
        for name in names {
            let (one, other) = (point[*name].as_f64(), alone[*name].as_f64());
            let (one, other) = (one.unwrap(), other.unwrap());
            assert!((one - other).abs() < 1e-3, "{tool} {name}: {one} {other}");
        }
    }
}

#[test]
fn what_is_nought_throughout_is_said_once() {
    let mut wire = sandbox();
    let nobody = json!({ "metadata": { "team": "no such team" } });
    let graph = wire.answer("get_error_rate_analytics", last(6, nobody));
    assert!(points(&graph).is_empty(), "{graph}");
    let fine = json!({ "status_code": "200" });
    let graph = wire.answer("get_error_rate_analytics", last(6, fine));
    assert_eq!(graph["zero_in_all_points"], json!(["rate"]), "{graph}");
    assert!(!points(&graph).is_empty(), "{graph}");
    assert!(points(&graph).iter().all(|point| point["rate"].is_null()));
}
