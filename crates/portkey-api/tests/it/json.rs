//! Any JSON there is, for properties that must hold for all of it.

use portkey_api::JsonObject;
use proptest::prelude::*;
use serde_json::Value;

/// Words that mean something somewhere, so that random objects get past the first check.
const WORDS: [&str; 18] = [
    "strategy",
    "mode",
    "conditional",
    "fallback",
    "targets",
    "conditions",
    "query",
    "then",
    "default",
    "$and",
    "$in",
    "metadata.plan",
    "cb_config",
    "cache",
    "name",
    "config",
    "provider",
    "workspace_id",
];

pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((word(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

pub(crate) fn object() -> impl Strategy<Value = JsonObject> {
    proptest::collection::vec((word(), value()), 0..6)
        .prop_map(|members| members.into_iter().collect())
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(&WORDS[..]).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}
