//! Config objects are checked before the API sees them.

use portkey_api::{ConfigObject, operation, understand};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::json;

#[test]
fn valid_configs_pass() {
    let configs = [
        json!({ "virtual_key": "openai-1" }),
        json!({ "provider": "@openai" }),
        json!({ "provider": "openai", "api_key": "sk" }),
        json!({ "provider": "bedrock", "aws_access_key_id": "a", "aws_secret_access_key": "b" }),
        json!({ "override_params": { "model": "@openai/gpt-4o" } }),
        json!({ "cache": { "mode": "semantic", "max_age": 60 }, "retry": { "attempts": 3 } }),
        json!({ "passthrough": true, "custom_host": "https://example.org" }),
        json!({ "input_guardrails": ["pg-1", { "default.contains": { "words": ["a"] }, "deny": true }] }),
        json!({ "strategy": { "mode": "loadbalance" }, "targets": [
            { "provider": "@a", "weight": 0.7 },
            { "strategy": { "mode": "fallback", "on_status_codes": [429] }, "targets": [{ "virtual_key": "b" }],
              "cb_config": { "failure_threshold": 3, "cooldown_interval": 30000 } },
        ] }),
        json!({ "strategy": { "mode": "conditional", "default": "free", "conditions": [
            { "query": { "$or": [{ "metadata.plan": { "$in": ["pro", "team"] } }, { "url.pathname": "/v1" }] },
              "then": "paid" },
        ] }, "targets": [{ "name": "free", "virtual_key": "a" }, { "name": "paid", "virtual_key": "b" }] }),
    ];
    for config in configs {
        assert_eq!(problems(config.clone()), [""; 0], "{config}");
    }
}

#[test]
fn mistakes_are_found_where_they_are() {
    let cases = [
        (json!({}), "`config`: does nothing yet"),
        (
            json!({ "provider": "openai" }),
            "`config`: a provider needs credentials",
        ),
        (
            json!({ "targets": [{ "virtual_key": "a" }] }),
            "`config`: `targets` need a `strategy`",
        ),
        (
            json!({ "cache": { "mode": "simple" }, "strategy": { "mode": "fallback" } }),
            "`config.strategy`: needs `targets`",
        ),
        (
            json!({ "cache": { "mode": "simple" }, "retries": { "attempts": 1 } }),
            "`config.retries`: unknown argument; did you mean `retry`?",
        ),
        (
            json!({ "cache": { "max_age": 5 } }),
            "`config.cache.mode`: required but missing",
        ),
        (
            json!({ "cache": { "mode": "smart" } }),
            "`config.cache.mode`: `smart` is not one of simple, semantic",
        ),
        (
            json!({ "retry": {} }),
            "`config.retry.attempts`: required but missing",
        ),
        (
            json!({ "strategy": { "mode": "single" }, "targets": [
                { "virtual_key": "a" },
                { "strategy": { "mode": "falback" }, "targets": [{ "virtual_key": "b" }] },
            ] }),
            "`config.targets[1].strategy.mode`: `falback` is not one of single, loadbalance, fallback, conditional; \
             did you mean `fallback`?",
        ),
        (
            json!({ "strategy": { "mode": "single" }, "targets": [{ "weight": 1 }] }),
            "`config.targets[0]`: does nothing yet",
        ),
        (
            json!({ "strategy": { "mode": "single" }, "targets": [] }),
            "`config.targets`: must be at least 1 items",
        ),
        (
            json!({ "passthrough": true, "override_params": {} }),
            "`config.override_params`: has no effect beside `passthrough`",
        ),
        (
            json!({ "virtual_key": "a", "cb_config": { "failure_threshold": 0, "cooldown_interval": 1 } }),
            "`config.cb_config.cooldown_interval`: must be at least 30000",
        ),
        (
            json!({ "virtual_key": "a", "cb_config": { "cooldown_interval": 30000 } }),
            "`config.cb_config`: needs `failure_threshold`",
        ),
        (
            conditional(&json!({ "plan": "pro" })),
            "`config.strategy.conditions[0].query.plan`: a key is",
        ),
        (
            conditional(&json!({ "metadata.plan": { "$equals": 1 } })),
            "`config.strategy.conditions[0].query.metadata.plan.$equals`: unknown",
        ),
        (
            conditional(&json!({ "$and": [{ "metadata.a": { "$in": 1 } }] })),
            "`config.strategy.conditions[0].query.$and[0].metadata.a.$in`: takes a list",
        ),
        (
            conditional(&json!({ "$or": {} })),
            "query.$or`: takes a list of queries",
        ),
        (
            conditional(&json!({})),
            "query`: an empty query matches nothing",
        ),
        (
            json!({ "strategy": { "mode": "conditional" }, "targets": [{ "virtual_key": "a" }] }),
            "`config.strategy.conditions`: required but missing",
        ),
        (
            json!({ "strategy": { "mode": "conditional", "default": "fre", "conditions": [] },
                    "targets": [{ "name": "free", "virtual_key": "a" }] }),
            "`config.strategy.default`: no target has the name `fre`; did you mean `free`?",
        ),
    ];
    for (config, expected) in cases {
        let problems = problems(config.clone());
        assert!(
            problems.iter().any(|problem| problem.contains(expected)),
            "{config}\n{problems:#?}\nlacks: {expected}"
        );
    }
}

#[test]
fn checks_in_hooks_keep_the_rules_of_guardrails() {
    for (config, expected) in [
        (
            hooked(&json!({ "id": "default.contain", "parameters": { "words": ["a"] } })),
            "`config.before_request_hooks[0].checks[1].id`: there is no check `default.contain`; did you mean \
             `default.contains`?",
        ),
        (
            hooked(
                &json!({ "id": "default.contains", "parameters": { "words": ["a"], "operator": "some" } }),
            ),
            "`config.before_request_hooks[0].checks[1].parameters.operator`: `some` is not one of any, all, none",
        ),
    ] {
        assert_eq!(problems(config), [expected]);
    }
    let right = json!({ "id": "default.contains", "parameters": { "words": "[\"a\"]", "operator": "any" } });
    assert_eq!(problems(hooked(&right)), [""; 0]);
}

#[test]
fn targets_are_counted_by_level() {
    let many = |count: usize| vec![json!({ "virtual_key": "a", "name": "a" }); count];
    let config =
        |mode: &str, count| json!({ "strategy": { "mode": mode }, "targets": many(count) });
    assert!(problems(config("fallback", 100)).is_empty());
    assert_eq!(
        problems(config("fallback", 101)),
        ["`config.targets`: must be at most 100 targets here"]
    );
    let conditional = json!({ "strategy": { "mode": "conditional", "default": "a", "conditions": [
        { "query": { "params.model": "m" }, "then": "a" } ] }, "targets": many(1000) });
    assert!(problems(conditional).is_empty());
    let nested = json!({ "strategy": { "mode": "single" }, "targets": [config("fallback", 51)] });
    assert_eq!(
        problems(nested),
        ["`config.targets[0].targets`: must be at most 50 targets here"]
    );
}

#[test]
fn arguments_are_checked_by_the_same_rules() {
    let declaration = &operation("create_config").unwrap().declaration;
    let arguments = json!({
        "name": "c", "strategy_mode": "fallback", "targets": [{ "virtual_key": "a" }, { "provder": "@b" }],
    });
    let refusal = understand(declaration, arguments.as_object().unwrap().clone()).unwrap_err();
    let refusal = refusal.to_string();
    assert!(
        refusal.contains("`targets[1].provder`: unknown argument; did you mean `provider`?"),
        "{refusal}"
    );
}

proptest! {
    #[test]
    fn checking_never_panics(config in json::object()) {
        _ = ConfigObject(config).problems("config");
    }
}

/// A config with a check of its own beside a right one.
fn hooked(check: &Value) -> Value {
    let right = json!({ "id": "default.regexMatch", "parameters": { "rule": "a+" } });
    json!({
        "provider": "@openai",
        "before_request_hooks": [{ "id": "mine", "type": "guardrail", "checks": [right, check] }],
    })
}

fn conditional(query: &Value) -> Value {
    json!({
        "strategy": { "mode": "conditional", "default": "a", "conditions": [{ "query": query, "then": "a" }] },
        "targets": [{ "name": "a", "virtual_key": "v" }],
    })
}

fn problems(config: Value) -> Vec<String> {
    let config: ConfigObject = serde_json::from_value(config).unwrap();
    config
        .problems("config")
        .iter()
        .map(ToString::to_string)
        .collect()
}
