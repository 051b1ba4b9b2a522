//! Figures are told with their units.

use portkey_api::operation;
use portkey_api_core::{Path, Showing};
use serde_json::{Value, json};

fn told(name: &str, mut answer: Value) -> Value {
    let declaration = &operation(name).unwrap().declaration;
    let minted = &mut |_: &Path<'_>, _: &str| Value::Null;
    declaration.show(
        &mut answer,
        Showing {
            bodies: true,
            cents: true,
            brief: false,
            minted,
        },
    );
    answer
}

#[test]
fn cents_are_told_in_dollars_beside_them() {
    let answer = json!({ "summary": { "total": 35_458.6, "avg": 0.353_500_000_000_000_04 }, "data_points": [] });
    assert_eq!(
        told("get_cost_analytics", answer),
        json!({
            "summary": { "total": 35_458.6, "total_usd": 354.586, "avg": 0.3535, "avg_usd": 0.003_535 },
            "data_points": [],
            "units": { "avg": "cents", "total": "cents" },
        })
    );
}

#[test]
fn rows_of_a_list_have_dollars_and_the_unit_stands_once() {
    let answer = json!({ "data": [{ "user": "a", "cost": 763.0 }, { "user": "b", "cost": null }, { "user": "c", "cost": 1.25 }] });
    assert_eq!(
        told("get_user_stats", answer),
        json!({
            "data": [
                { "user": "a", "cost": 763, "cost_usd": 7.63 },
                { "user": "b", "cost": null },
                { "user": "c", "cost": 1.25, "cost_usd": 0.0125 },
            ],
            "units": { "cost": "cents" },
        })
    );
}

#[test]
fn columns_on_demand_have_units_too() {
    let row = json!({ "model": "m", "requests": 3, "cost": 12.0, "avg_latency": 763.123_456, "success_rate": 66.666_666 });
    let answer = told("get_analytics_group", json!({ "data": [row] }));
    assert_eq!(
        answer["data"][0],
        json!({ "model": "m", "requests": 3, "cost": 12, "cost_usd": 0.12, "avg_latency": 763.12, "success_rate": 66.67 })
    );
    assert_eq!(
        answer["units"],
        json!({ "avg_latency": "milliseconds", "cost": "cents", "success_rate": "percent" })
    );
}

#[test]
fn what_is_no_figure_stays_as_it_came() {
    let answer = json!({ "summary": { "total": "many", "other": 0.353_500_000_000_000_04 } });
    assert_eq!(told("get_cost_analytics", answer.clone()), answer);
}
