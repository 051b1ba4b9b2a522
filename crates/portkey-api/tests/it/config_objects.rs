//! What is odd about a config object is noted before the API sees it.

use portkey_api::{Declaration, operation, parse_arguments};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::json;

#[test]
fn usual_configs_need_no_notes() {
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
        assert_eq!(notes(&config.clone()), [""; 0], "{config}");
    }
}

#[test]
fn slips_are_noted_where_they_are() {
    let cases = [
        (
            json!({ "provider": "openai" }),
            "`config`: a provider without credentials",
        ),
        (
            json!({ "targets": [{ "virtual_key": "a" }] }),
            "`config`: `targets` without a `strategy`",
        ),
        (
            json!({ "cache": { "mode": "simple" }, "strategy": { "mode": "fallback" } }),
            "`config.strategy`: has no `targets`",
        ),
        (
            json!({ "cache": { "mode": "simple" }, "retries": { "attempts": 1 } }),
            "`config.retries`: not known here and passed on as it is; did you mean `retry`?",
        ),
        (
            json!({ "cache": { "max_age": 5 } }),
            "`config.cache.mode`: left out, though it is usually needed",
        ),
        (
            json!({ "cache": { "mode": "smart" } }),
            "`config.cache.mode`: `smart` is not known here and passed on as it is; known: simple, semantic",
        ),
        (json!({ "retry": {} }), "`config.retry.attempts`: left out"),
        (
            json!({ "strategy": { "mode": "single" }, "targets": [
                { "virtual_key": "a" },
                { "strategy": { "mode": "falback" }, "targets": [{ "virtual_key": "b" }] },
            ] }),
            "`config.targets[1].strategy.mode`: `falback` is not known here and passed on as it is; did you mean `fallback`?",
        ),
        (
            json!({ "strategy": { "mode": "single" }, "targets": [{ "weight": 1 }] }),
            "`config.targets[0]`: does nothing yet",
        ),
        (
            json!({ "strategy": { "mode": "single" }, "targets": [] }),
            "`config.targets`: usually at least 1 items",
        ),
        (
            json!({ "passthrough": true, "override_params": {} }),
            "`config.override_params`: may have no effect beside `passthrough`",
        ),
        (
            json!({ "virtual_key": "a", "cb_config": { "failure_threshold": 0, "cooldown_interval": 1 } }),
            "`config.cb_config.cooldown_interval`: usually at least 30000",
        ),
        (
            json!({ "virtual_key": "a", "cb_config": { "cooldown_interval": 30000 } }),
            "`config.cb_config`: opens at nothing without `failure_threshold`",
        ),
        (
            conditional(&json!({ "plan": "pro" })),
            "`config.strategy.conditions[0].query.plan`: a key is",
        ),
        (
            conditional(&json!({ "metadata.plan": { "$equals": 1 } })),
            "`config.strategy.conditions[0].query.metadata.plan.$equals`: not known here",
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
            "`config.strategy.conditions`: left out",
        ),
        (
            json!({ "strategy": { "mode": "conditional", "default": "fre", "conditions": [] },
                    "targets": [{ "name": "free", "virtual_key": "a" }] }),
            "`config.strategy.default`: no target has the name `fre`; did you mean `free`?",
        ),
    ];
    for (config, expected) in cases {
        let notes = notes(&config.clone());
        assert!(
            notes.iter().any(|note| note.contains(expected)),
            "{config}\n{notes:#?}\nlacks: {expected}"
        );
    }
}

#[test]
fn checks_in_hooks_are_looked_at_as_those_of_guardrails() {
    for (config, expected) in [
        (
            hooked(&json!({ "id": "default.contain", "parameters": { "words": ["a"] } })),
            "`config.before_request_hooks[0].checks[1].id`: `default.contain` is no check known here and passed on as it is; \
             did you mean `default.contains`?",
        ),
        (
            hooked(
                &json!({ "id": "default.contains", "parameters": { "words": ["a"], "operator": "some" } }),
            ),
            "`config.before_request_hooks[0].checks[1].parameters.operator`: `some` is not known here and passed on as it \
             is; known: any, all, none",
        ),
    ] {
        assert_eq!(notes(&config), [expected]);
    }
    let right = json!({ "id": "default.contains", "parameters": { "words": "[\"a\"]", "operator": "any" } });
    assert_eq!(notes(&hooked(&right)), [""; 0]);
}

#[test]
fn targets_are_counted_by_level() {
    let many = |count: usize| vec![json!({ "virtual_key": "a", "name": "a" }); count];
    let config =
        |mode: &str, count| json!({ "strategy": { "mode": mode }, "targets": many(count) });
    assert!(notes(&config("fallback", 100)).is_empty());
    assert_eq!(
        notes(&config("fallback", 101)),
        ["`config.targets`: Portkey documents at most 100 targets here"]
    );
    let conditional = json!({ "strategy": { "mode": "conditional", "default": "a", "conditions": [
        { "query": { "params.model": "m" }, "then": "a" } ] }, "targets": many(1000) });
    assert!(notes(&conditional).is_empty());
    let nested = json!({ "strategy": { "mode": "single" }, "targets": [config("fallback", 51)] });
    assert_eq!(
        notes(&nested),
        ["`config.targets[0].targets`: Portkey documents at most 50 targets here"]
    );
}

#[test]
fn targets_in_plain_arguments_are_looked_at_in_the_same_way() {
    let declaration = &operation("create_config").unwrap().declaration;
    let arguments = json!({
        "name": "c", "strategy_mode": "fallback", "targets": [{ "virtual_key": "a" }, { "provder": "@b" }],
    });
    let notes = told(declaration, &arguments);
    assert!(
        notes[0].contains(
            "`targets[1].provder`: not known here and passed on as it is; did you mean `provider`?"
        ),
        "{notes:#?}"
    );
}

proptest! {
    #[test]
    fn checking_never_panics(config in json::object()) {
        let declaration = &operation("create_config").unwrap().declaration;
        let arguments = json!({ "name": "c", "config": config });
        _ = parse_arguments(declaration, arguments.as_object().unwrap().clone());
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

fn notes(config: &Value) -> Vec<String> {
    let declaration = &operation("create_config").unwrap().declaration;
    told(declaration, &json!({ "name": "c", "config": config }))
}

fn told(declaration: &Declaration, arguments: &Value) -> Vec<String> {
    let arguments = arguments.as_object().unwrap().clone();
    let notes = parse_arguments(declaration, arguments).unwrap().notes;
    notes.iter().map(ToString::to_string).collect()
}
