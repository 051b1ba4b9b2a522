//! Dates and periods are read as people and models write them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::habits::{read, refused};

#[test]
fn dates_are_read_wherever_a_time_is_wanted() {
    let (read_, notes) = read(
        "get_cost_analytics",
        json!({ "time_of_generation_min": "2026-11-21", "time_of_generation_max": "2026-11-22" }),
    );
    assert_eq!(read_["time_of_generation_min"], "2026-11-21T00:00:00Z");
    assert_eq!(read_["time_of_generation_max"], "2026-11-22T23:59:59.999Z");
    assert_eq!(
        notes[0],
        "`time_of_generation_min`: `2026-11-21` is taken as 2026-11-21T00:00:00Z"
    );
    for (tool, arguments, place) in [
        (
            "update_api_key",
            json!({ "id": "k", "expires_at": "90d" }),
            "/expires_at",
        ),
        (
            "update_api_key",
            json!({ "id": "k", "rotation_policy": { "next_rotation_at": "90d" } }),
            "/rotation_policy/next_rotation_at",
        ),
        (
            "create_workspace",
            json!({ "name": "w", "usage_limits": [{ "next_usage_reset_at": "in 90 days" }] }),
            "/usage_limits/0/next_usage_reset_at",
        ),
    ] {
        let time = time(read(tool, arguments).0.pointer(place).unwrap());
        let ahead = time.duration_since(Timestamp::now());
        assert!(
            ahead > SignedDuration::from_hours(89 * 24),
            "{tool}: {time}"
        );
    }
    let (read, notes) = read(
        "list_mcp_registry_servers",
        json!({ "updated_since": 1_700_000_000 }),
    );
    assert_eq!(read["updated_since"], "2023-11-14T22:13:20Z");
    assert_eq!(notes.len(), 1);
}

#[test]
fn what_is_no_date_is_refused_with_examples() {
    for (tool, arguments) in [
        (
            "get_cost_analytics",
            json!({ "time_of_generation_min": "soon" }),
        ),
        ("update_api_key", json!({ "id": "k", "expires_at": "soon" })),
        (
            "update_api_key",
            json!({ "id": "k", "rotation_policy": { "next_rotation_at": "soon" } }),
        ),
        (
            "list_audit_logs",
            json!({ "organisation_id": "o", "end_time": "soon" }),
        ),
    ] {
        let refusal = refused(tool, arguments);
        assert!(
            refusal.contains("expected a date or time such as `2026-11-21`")
                && refusal.contains("got `soon`"),
            "{refusal}"
        );
    }
}

#[test]
fn a_period_that_is_left_out_is_the_last_seven_days() {
    let week = SignedDuration::from_hours(7 * 24);
    let period = |tool, [start, end]: [&str; 2], arguments: Value| {
        let (read, notes) = read(tool, arguments);
        assert!(!notes.is_empty(), "{tool}");
        time(&read[end]).duration_since(time(&read[start]))
    };
    let generation = ["time_of_generation_min", "time_of_generation_max"];
    assert_eq!(period("get_cost_analytics", generation, json!({})), week);
    assert_eq!(
        period(
            "list_audit_logs",
            ["start_time", "end_time"],
            json!({ "organisation_id": "o" })
        ),
        week
    );
    assert_eq!(
        period(
            "create_log_export",
            ["time_min", "time_max"],
            json!({ "requested_fields": ["id"] })
        ),
        week
    );
    let until = json!({ "time_of_generation_max": "2026-11-21T00:00:00Z" });
    assert_eq!(period("get_cost_analytics", generation, until), week);
    let since = json!({ "time_of_generation_min": "24h" });
    assert_eq!(
        period("get_cost_analytics", generation, since),
        SignedDuration::from_hours(24)
    );
    let (read, notes) = read(
        "get_cost_analytics",
        json!({ "time_of_generation_min": "2026-01-02T00:00:00Z", "time_of_generation_max": "2026-01-01T00:00:00Z" }),
    );
    assert_eq!(read["time_of_generation_min"], "2026-01-02T00:00:00Z");
    assert!(notes[0].contains("lies after"), "{notes:?}");
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}
