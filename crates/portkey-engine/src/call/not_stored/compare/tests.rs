//! Tests that an echo is no difference and that whatever is dropped is one.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn found(sent: &Value, stored: &Value) -> Vec<NotStored> {
    let mut comparison = Comparison::default();
    comparison.compare("", &Value::Null, sent, Some(stored));
    comparison.found()
}

fn fields(sent: &Value, stored: &Value) -> Vec<String> {
    found(sent, stored)
        .into_iter()
        .map(|one| one.field)
        .collect()
}

/// A JSON value that is set, as are all its members.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Bool(true)),
        (2..9).prop_map(Value::from),
        "[a-z]{1,5}( [a-z]{1,5})?".prop_map(Value::from),
        Just(json!("2026-01-01T10:00:00Z")),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
            prop::collection::btree_map("[a-f]", inner, 1..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The value as the API may return it: more members, other types, lists in another order.
fn echoed(value: &Value) -> Value {
    match value {
        Value::Bool(on) => json!(i32::from(*on)),
        Value::Number(number) => json!(number.to_string()),
        Value::String(text) => json!(format!(" {} ", text.to_uppercase())),
        Value::Array(entries) => entries.iter().rev().map(echoed).collect(),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), echoed(value)));
            let more = [("last_updated_at".to_owned(), json!("2026-01-01"))];
            Value::Object(members.chain(more).collect())
        }
        Value::Null => Value::Null,
    }
}

/// Removes the member that `index` counts to, and returns its value if the value had so many.
fn dropped(value: &mut Value, index: &mut usize) -> Option<Value> {
    match value {
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                if *index == 0 {
                    return members.remove(&name);
                }
                *index -= 1;
                let inner = members.get_mut(&name).and_then(|v| dropped(v, index));
                if inner.is_some() {
                    return inner;
                }
            }
            None
        }
        Value::Array(entries) => entries.iter_mut().find_map(|entry| dropped(entry, index)),
        _ => None,
    }
}

proptest! {
    #[test]
    fn an_echo_is_no_difference(sent in any_json()) {
        prop_assert_eq!(found(&sent, &sent), []);
        prop_assert_eq!(found(&sent, &echoed(&sent)), []);
    }

    #[test]
    fn a_dropped_member_is_always_a_difference(sent in any_json(), mut index in 0_usize..6) {
        let mut stored = sent.clone();
        if dropped(&mut stored, &mut index).is_some() {
            let found = found(&sent, &stored);
            prop_assert!(!found.is_empty(), "{} {}", sent, stored);
        }
    }

    #[test]
    fn what_is_hidden_is_never_shown(sent in any_json()) {
        let hidden = json!({ "key": "sk*****abc", "name": sent });
        let stored = json!({ "key": "other", "name": "*****" });
        let shown = serde_json::to_string(&found(&hidden, &stored)).unwrap();
        prop_assert!(!shown.contains("***") && !shown.contains("other"), "{}", shown);
    }
}

#[test]
fn a_difference_is_named_by_its_path() {
    let sent = json!({ "usage_limits": { "credit_limit": 5, "alert_threshold": 2 }, "scopes": ["a", "b"],
        "checks": [{ "id": "x", "parameters": { "words": 1, "max": 3 } }] });
    let stored = json!({ "usage_limits": { "credit_limit": 5 }, "scopes": ["b"],
        "checks": [{ "id": "y" }, { "id": "x", "parameters": { "max": 3, "words": 2 } }] });
    let wanted = [
        "usage_limits.alert_threshold",
        "scopes[0]",
        "checks[0].parameters.words",
    ];
    assert_eq!(fields(&sent, &stored), wanted);
}

#[test]
fn what_cannot_be_compared_is_no_difference() {
    for (sent, stored) in [
        // Members that others keep, or that are computed.
        (json!({ "a": {} }), json!({ "a": { "model": "m" } })),
        (json!({ "a": 0 }), json!({ "a": null })),
        // Limits are a list or an object.
        (
            json!([{ "credit_limit": 5 }]),
            json!({ "credit_limit": 5, "used": 1 }),
        ),
        (json!({ "credit_limit": 5 }), json!([{ "credit_limit": 5 }])),
        // JSON in text.
        (json!("[{\"a\": 1}]"), json!([{ "a": 1 }])),
        (json!([{ "a": 1 }]), json!("[{\"a\":1}]")),
        (json!("{\"a\": 1, \"b\": 2}"), json!("{\"b\":2,\"a\":1}")),
        // Names of objects.
        (
            json!(["ada@example.com"]),
            json!([{ "id": "7", "email": "ada@example.com" }]),
        ),
        (
            json!(["one"]),
            json!(["7c9e6679-7425-40de-944b-e07fc1f90ae7"]),
        ),
        // A secret under another name.
        (
            json!({ "c": { "key": "k" } }),
            json!({ "c": { "masked_key": "k*****" } }),
        ),
    ] {
        assert_eq!(fields(&sent, &stored), [""; 0], "{sent} {stored}");
    }
}

#[test]
fn what_was_cleared_and_is_still_there_is_a_difference() {
    let sent = json!({ "expires_at": null, "alert_emails": [], "description": "" });
    let kept = json!({ "expires_at": "2027-01-01", "alert_emails": ["a@b.c"], "description": "d" });
    assert_eq!(fields(&sent, &kept).len(), 3);
    let gone = json!({ "expires_at": null, "alert_emails": null });
    assert_eq!(fields(&sent, &gone), [""; 0]);
}

#[test]
fn long_values_are_shortened_and_long_lists_not_compared() {
    let one = &found(&json!({ "a": "x".repeat(1_000) }), &json!({ "b": 1 }))[0];
    assert!(one.sent.as_str().unwrap().len() < 210);
    let list = |from: usize| json!((from..from + 1_000).map(|n| n * 10).collect::<Vec<_>>());
    assert_eq!(found(&list(0), &list(20_000)), []);
}
