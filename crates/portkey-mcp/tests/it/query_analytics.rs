//! `query_analytics` against the sandbox: its figures are those that the single tools answer.

use serde_json::{Value, json};

use crate::process::Wire;

fn sandbox() -> Wire {
    Wire::initialised(&["--sandbox", "--toolsets", "all"], &[])
}

/// A query of the last two weeks.
fn query(wire: &mut Wire, more: &Value) -> Value {
    wire.answer("query_analytics", of_fortnight(more))
}

fn of_fortnight(more: &Value) -> Value {
    of_days(14, more)
}

/// The last days before today, so that the period is the same while a test runs.
fn of_days(days: i64, more: &Value) -> Value {
    let today = jiff::Timestamp::now().to_string();
    let midnight = format!("{}T00:00:00Z", &today[..10]);
    let to: jiff::Timestamp = midnight.parse().unwrap();
    let from = to - jiff::SignedDuration::from_hours(days * 24);
    let to = to - jiff::SignedDuration::from_millis(1);
    let mut arguments = json!({
        "time_of_generation_min": from.to_string(), "time_of_generation_max": to.to_string(),
    });
    for (name, value) in more.as_object().unwrap() {
        arguments[name] = value.clone();
    }
    arguments
}

fn rows(answer: &Value) -> &Vec<Value> {
    answer["data"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"))
}

fn sum(rows: &[Value], member: &str) -> f64 {
    rows.iter().filter_map(|row| row[member].as_f64()).sum()
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-3 * one.abs().max(1e-6)
}

#[test]
fn a_group_has_the_figures_of_the_single_tool_in_dollars() {
    let mut wire = sandbox();
    let metrics = json!([
        "cost",
        "requests",
        "error_rate",
        "latency_p99",
        "cost_per_request"
    ]);
    let answer = query(
        &mut wire,
        &json!({ "group_by": "model", "metrics": metrics, "top": 3 }),
    );
    let single = json!({ "group_by": "model", "columns": "cost,success_rate", "verbose": true });
    let single = wire.answer("get_analytics_group", of_fortnight(&single));
    assert_eq!(rows(&answer).len(), 3);
    for row in rows(&answer) {
        let mut same = rows(&single).iter();
        let same = same.find(|other| other["model"] == row["model"]).unwrap();
        let (cost, requests) = (same["cost"].as_f64().unwrap() / 100.0, &same["requests"]);
        assert!(
            is_near(row["cost_usd"].as_f64().unwrap(), cost),
            "{row} {same}"
        );
        assert_eq!(&row["requests"], requests);
        let per_request = cost / requests.as_f64().unwrap();
        assert!(
            is_near(row["cost_per_request_usd"].as_f64().unwrap(), per_request),
            "{row}"
        );
        let errors = 100.0 - same["success_rate"].as_f64().unwrap();
        assert!(
            (row["error_rate"].as_f64().unwrap() - errors).abs() < 0.01,
            "{row} {same}"
        );
        assert!(row["latency_p99"].is_number(), "{row}");
    }
    let costs: Vec<f64> = rows(&answer)
        .iter()
        .map(|row| row["cost_usd"].as_f64().unwrap())
        .collect();
    assert!(costs.is_sorted_by(|one, other| one >= other), "{costs:?}");
    let shown = sum(rows(&answer), "cost_usd") + answer["other"]["cost_usd"].as_f64().unwrap();
    let total = answer["total"]["cost_usd"].as_f64().unwrap();
    assert!(is_near(shown, total), "{answer}");
    let whole = wire.answer("get_cost_analytics", of_fortnight(&json!({})));
    assert!(
        is_near(whole["summary"]["total_usd"].as_f64().unwrap(), total),
        "{whole} {answer}"
    );
}

#[test]
fn time_adds_up_and_averages_are_asked_for() {
    let mut wire = sandbox();
    let metrics = json!(["requests", "latency"]);
    for (stretch, least) in [("week", 2), ("day", 14)] {
        let answer = query(
            &mut wire,
            &json!({ "group_by": stretch, "metrics": metrics }),
        );
        assert!(rows(&answer).len() >= least, "{answer}");
        let total = answer["total"]["requests"].as_f64().unwrap();
        assert!(is_near(sum(rows(&answer), "requests"), total), "{answer}");
        let labels: Vec<&str> = rows(&answer)
            .iter()
            .map(|row| row[stretch].as_str().unwrap())
            .collect();
        assert!(labels.is_sorted(), "{labels:?}");
        assert!(
            rows(&answer).iter().any(|row| row["latency"].is_number()),
            "{answer}"
        );
    }
}

#[test]
fn a_cross_product_is_made_of_several_requests_and_says_so() {
    let mut wire = sandbox();
    let by = json!({ "group_by": ["model", "workspace", "week"], "metrics": ["requests"], "top": 5,
        "result_tokens": 50_000 });
    let crossed = query(&mut wire, &by);
    assert!(crossed["requests_made"].as_u64().unwrap() > 5, "{crossed}");
    let first = &rows(&crossed)[0];
    let members: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(members[..3], ["week", "model", "workspace"]);
    let workspace = &first["workspace"];
    let alone =
        json!({ "group_by": "model", "metrics": ["requests"], "workspace_slug": workspace });
    let alone = query(&mut wire, &alone);
    let model = &rows(&alone)[0];
    let same = rows(&crossed)
        .iter()
        .filter(|row| row["workspace"] == *workspace && row["model"] == model["model"]);
    let same: Vec<Value> = same.cloned().collect();
    let alone = model["requests"].as_f64().unwrap();
    assert!(is_near(sum(&same, "requests"), alone), "{crossed}");
}

#[test]
fn what_groups_do_not_tell_is_asked_for_each() {
    let mut wire = sandbox();
    let asked = json!({ "group_by": "workspace", "metrics": ["requests", "users"], "top": 2 });
    let answer = query(&mut wire, &asked);
    for row in rows(&answer) {
        let slug = json!({ "workspace_slug": row["workspace"] });
        let single = wire.answer("get_user_analytics", of_fortnight(&slug));
        assert_eq!(row["users"], single["summary"]["total"], "{row}");
    }
    let untold = query(
        &mut wire,
        &json!({ "group_by": "model", "metrics": ["users"] }),
    );
    assert!(
        untold["remarks"]
            .to_string()
            .contains("users of each model"),
        "{untold}"
    );
    assert!(rows(&untold)[0]["users"].is_null(), "{untold}");
}

#[test]
fn a_period_is_compared_with_the_one_before() {
    let mut wire = sandbox();
    let asked = json!({ "group_by": "provider", "compare": "previous", "metrics": ["cost"] });
    // The sandbox has logs of two weeks.
    let answer = wire.answer("query_analytics", of_days(6, &asked));
    let before = answer["compared_with"]
        .as_str()
        .unwrap()
        .split_once('/')
        .unwrap();
    let alone = json!({
        "group_by": "provider", "metrics": ["cost"],
        "time_of_generation_min": before.0, "time_of_generation_max": before.1,
    });
    let alone = wire.answer("query_analytics", alone);
    assert_eq!(
        answer["total"]["cost_before_usd"],
        alone["total"]["cost_usd"]
    );
    let (now, before) = (
        &answer["total"]["cost_usd"],
        &answer["total"]["cost_before_usd"],
    );
    let (now, before) = (now.as_f64().unwrap(), before.as_f64().unwrap());
    let change = (now / before - 1.0) * 100.0;
    assert!(
        (answer["total"]["cost_change"].as_f64().unwrap() - change).abs() < 0.01,
        "{answer}"
    );
    for row in rows(&alone) {
        let mut same = rows(&answer).iter();
        let same = same.find(|other| other["provider"] == row["provider"]);
        let same = same.unwrap_or_else(|| panic!("{row} is not in {answer}"));
        assert_eq!(same["cost_before_usd"], row["cost_usd"], "{answer}");
    }
}

#[test]
fn rows_can_be_a_table() {
    let mut wire = sandbox();
    let asked = json!({ "group_by": "model", "format": "csv", "top": 2 });
    let called = wire.call("query_analytics", of_fortnight(&asked));
    let text = called["content"][0]["text"].as_str().unwrap();
    let header = "model,requests,requests_share,cost_usd,cost_share";
    assert_eq!(text.lines().next(), Some(header), "{called}");
}

#[test]
fn what_cannot_be_asked_is_refused_with_the_way_out() {
    let mut wire = sandbox();
    for (asked, said) in [
        (
            json!({ "group_by": ["model", "ai_service"] }),
            "leave one out",
        ),
        (json!({ "group_by": ["day", "week"] }), "takes one of"),
        (json!({ "group_by": "metadata" }), "the key, such as `team`"),
        (json!({ "group_by": ["user", "user"] }), "twice"),
        (json!({ "metrics": ["costs"] }), "cost"),
        (
            json!({ "group_by": ["api_key", "hour", "user"] }),
            "more than 150 requests",
        ),
        (
            json!({ "compare": "month", "compare_from": "2026-01-01" }),
            "instead of `compare`",
        ),
    ] {
        let refused = wire.failure("query_analytics", of_fortnight(&asked));
        assert!(refused.contains(said), "{asked}: {refused}");
    }
}
