//! Answers as charts.

use portkey_charts::{Bar, Course, Series, Unit};
use serde_json::json;

use super::*;
use crate::{call::testing::arguments, catalog};

fn drawn(tool: &str, given: Value, answer: &Value) -> Option<Chart> {
    let tool = catalog::operations_alone().find(tool).unwrap();
    of(tool, &arguments(given), answer)
}

fn course(chart: &Chart) -> &Course {
    match &chart.figures {
        Figures::Course(course) => course,
        Figures::Groups(_) => panic!("{chart:?}"),
    }
}

fn bars(chart: &Chart) -> &[Bar] {
    match &chart.figures {
        Figures::Groups(bars) => bars,
        Figures::Course(_) => panic!("{chart:?}"),
    }
}

fn series(name: &str, values: &[f64]) -> Series {
    let values = values.iter().copied().map(Some).collect();
    Series {
        name: name.to_owned(),
        values,
    }
}

#[test]
fn a_graph_is_drawn_by_its_total_in_dollars_where_its_days_are() {
    let answer = json!({
        "summary": { "total_usd": 3.5, "avg_usd": 0.5 },
        "data_points": [
            { "timestamp": "2026-11-20", "total_usd": 1.5, "avg_usd": 0.5, "total": 150, "avg": 50 },
            { "timestamp": "2026-11-22", "total_usd": 2, "avg_usd": 0.5, "total": 200, "avg": 50 },
        ],
        "units": { "total": "cents", "avg": "cents" },
    });
    let period = json!({ "time_of_generation_min": "2026-11-20T00:00:00Z", "time_of_generation_max": "2026-11-22T23:59:59Z" });
    let chart = drawn("get_cost_analytics", period, &answer).unwrap();
    assert_eq!(
        (chart.title.as_str(), &chart.unit),
        ("Cost over time", &Unit::Dollars)
    );
    assert_eq!(
        chart.subtitle,
        "Total $3.50 · average $0.5 · 2026-11-20 to 2026-11-22, UTC"
    );
    let course = course(&chart);
    assert_eq!(course.series, [series("total", &[1.5, 2.0])]);
    let labels: Vec<_> = course
        .moments
        .iter()
        .map(|one| (one.label.as_str(), one.at))
        .collect();
    assert_eq!(labels, [("Nov 20", 0.0), ("Nov 22", 172_800.0)]);
}

#[test]
fn members_of_one_unit_are_lines_and_others_are_left_out() {
    let point = |hour: u8, p50: f64| json!({ "timestamp": format!("2026-11-20T{hour:02}:00:00.000Z"), "p50": p50, "p99": 9.0, "rate": 3 });
    let answer = json!({
        "data_points": [point(1, 1.0), point(2, 2.0)],
        "units": { "p50": "milliseconds", "p99": "milliseconds", "rate": "percent" },
    });
    let chart = drawn("get_latency_analytics", json!({}), &answer).unwrap();
    assert_eq!(chart.unit, Unit::Milliseconds);
    let course = course(&chart);
    assert_eq!(
        course.series,
        [series("p50", &[1.0, 2.0]), series("p99", &[9.0, 9.0])]
    );
    assert_eq!(course.moments[1].label, "Nov 20 02:00");
}

#[test]
fn noughts_that_points_leave_out_are_drawn_where_there_is_nothing_else() {
    let answer = json!({
        "data_points": [{ "timestamp": "2026-11-20" }, { "timestamp": "2026-11-21" }],
        "zero_in_all_points": ["total"],
    });
    let chart = drawn("get_error_analytics", json!({}), &answer).unwrap();
    assert_eq!(course(&chart).series, [series("total", &[0.0, 0.0])]);
    assert_eq!(chart.unit, Unit::Count("errors".to_owned()));
}

#[test]
fn lists_in_points_are_a_line_for_each_key() {
    let answer = json!({ "data_points": [
        { "timestamp": "2026-11-20", "stats": [{ "response_status_code": 429, "count": 2 }] },
        { "timestamp": "2026-11-21", "stats": [{ "response_status_code": 500, "count": 1 }, { "response_status_code": 429, "count": 3 }] },
    ] });
    let chart = drawn("get_status_code_analytics", json!({}), &answer).unwrap();
    let lines = [series("429", &[2.0, 3.0]), series("500", &[0.0, 1.0])];
    assert_eq!(course(&chart).series, lines);
    let answer = json!({ "data_points": [
        { "timestamp": "2026-11-20", "retry": [{ "retry_success_count": 1, "count": 2 }], "fallback": 4 },
    ] });
    let chart = drawn("get_rescued_requests", json!({}), &answer).unwrap();
    let lines = [series("retry 1", &[2.0]), series("fallback", &[4.0])];
    assert_eq!(course(&chart).series, lines);
}

#[test]
fn groups_are_bars_by_what_was_asked_for_and_hidden_characters_are_shown() {
    let row = |user: &str, cost: f64| json!({ "user": user, "requests": 9, "cost_usd": cost, "object": "analytics-group" });
    let answer = json!({ "data": [row("ann", 1.0), row("b\u{202e}b", 2.5), row("", 0.5)] });
    let chart = drawn("get_user_stats", json!({}), &answer).unwrap();
    assert_eq!(chart.subtitle, "Sum $4.00");
    let shown: Vec<_> = bars(&chart)
        .iter()
        .map(|bar| (bar.label.as_str(), bar.value))
        .collect();
    assert_eq!(shown, [("b⟨U+202E⟩b", 2.5), ("ann", 1.0), ("(none)", 0.5)]);
    let row = json!({ "status_code": 429, "requests": 2, "avg_latency": 80.5 });
    let answer = json!({ "data": [row], "units": { "avg_latency": "milliseconds" } });
    let given = json!({ "group_by": "status_code", "columns": "avg_latency" });
    let chart = drawn("get_analytics_group", given, &answer).unwrap();
    assert_eq!(chart.title, "Avg latency by status code");
    assert_eq!(chart.unit, Unit::Milliseconds);
    assert_eq!(
        (bars(&chart)[0].label.as_str(), bars(&chart)[0].value),
        ("429", 80.5)
    );
}

#[test]
fn of_many_groups_the_rest_is_one_bar() {
    let rows = (1..=30).map(|n| json!({ "ai_model": format!("m{n}"), "requests": n }));
    let answer = json!({ "data": rows.collect::<Vec<_>>() });
    let chart = drawn("get_analytics_by_models", json!({}), &answer).unwrap();
    let last = bars(&chart).last().unwrap();
    assert_eq!(bars(&chart).len(), MOST_BARS + 1);
    assert_eq!((last.label.as_str(), last.value), ("10 others", 55.0));
}

#[test]
fn what_has_no_rows_or_no_figures_is_not_drawn() {
    for answer in [
        json!({ "summary": { "total": 1 } }),
        json!({ "data": [] }),
        json!({ "data": ["x"] }),
        json!({ "data": [{ "user": "ann" }] }),
        json!({ "data_points": [{ "timestamp": 5, "total": 1 }] }),
    ] {
        assert_eq!(
            drawn("get_user_stats", json!({}), &answer),
            None,
            "{answer}"
        );
    }
}
