//! Answers come in many forms; one goes on.

use portkey_api::{Declared as _, Page, PageFromOne, answer, operation, under, workflow};
use serde_json::{Value, json};

fn normalise(tool: &str, answer: Value) -> Value {
    operation(tool).unwrap().declaration.normalise(answer)
}

#[test]
fn flags_become_booleans_and_config_text_an_object() {
    let answer = json!({
        "id": "c", "is_default": 1, "config": "{\"cache\": {\"mode\": \"simple\"}}", "format": "json",
    });
    assert_eq!(
        normalise("get_config", answer),
        json!({ "id": "c", "is_default": true, "config": { "cache": { "mode": "simple" } }, "format": "json" })
    );
    let list = json!({ "object": "list", "total": 1, "data": [{ "is_default": 0, "config": "{}", "new": 0 }] });
    assert_eq!(
        normalise("list_config_versions", list),
        json!({ "object": "list", "total": 1, "data": [{ "is_default": false, "config": {}, "new": 0 }] })
    );
}

#[test]
fn wrapped_answers_are_unwrapped() {
    let wrapped = json!({ "success": true, "data": { "slug": "v" } });
    assert_eq!(
        normalise("create_virtual_key", wrapped),
        json!({ "slug": "v" })
    );
    let flat = json!({ "id": "c", "slug": "s", "version_id": "v" });
    assert_eq!(normalise("create_config", flat.clone()), flat);
    let wrapped = json!({ "success": true, "data": { "config": { "retry": { "attempts": 1 } } } });
    assert_eq!(
        normalise("get_config", wrapped),
        json!({ "config": { "retry": { "attempts": 1 } } })
    );
    let rendered = json!({ "success": true, "data": { "model": "m", "temperature": "0" } });
    assert_eq!(
        normalise("render_prompt", rendered),
        json!({ "model": "m", "temperature": "0" })
    );
}

#[test]
fn bare_lists_get_the_usual_envelope() {
    let bare = json!([{ "prompt_version": "3" }]);
    assert_eq!(
        normalise("list_prompt_versions", bare),
        json!({ "object": "list", "total": 1, "data": [{ "prompt_version": 3 }] })
    );
}

/// List models
///
/// Lists what goes by another name.
#[workflow(-> Page<Model, under::Models>, effect(read), scopes())]
struct ListModels;

#[answer]
struct Model {
    enabled: Option<bool>,
}

#[test]
fn lists_under_other_names_get_the_usual_envelope() {
    let declaration = ListModels::DECLARATION;
    for (answer, expected) in [
        (
            json!({ "total": 1, "models": [{ "enabled": 1 }], "allow_all_models": 0 }),
            json!({ "total": 1, "data": [{ "enabled": true }], "allow_all_models": 0 }),
        ),
        (
            json!({ "models": [], "total_count": 7 }),
            json!({ "data": [], "total": 7 }),
        ),
        (
            json!({ "data": [{ "enabled": "true" }], "models": 2, "total_count": 1 }),
            json!({ "data": [{ "enabled": true }], "models": 2, "total_count": 1 }),
        ),
        (
            json!([{}]),
            json!({ "object": "list", "total": 1, "data": [{}] }),
        ),
    ] {
        assert_eq!(declaration.normalise(answer), expected);
    }
}

#[test]
fn pages_count_from_nought_on_our_side() {
    let page: PageFromOne = serde_json::from_value(json!(0)).unwrap();
    assert_eq!(json!(page), json!(1));
}

#[test]
fn numbers_in_text_become_numbers() {
    let answer = json!({ "total": 1, "data": [{ "user": "u", "requests": "12", "cost": "0.25" }] });
    assert_eq!(
        normalise("get_user_stats", answer),
        json!({ "total": 1, "data": [{ "user": "u", "requests": 12, "cost": 0.25 }] })
    );
}

#[test]
fn limits_are_lists_or_not_as_declared() {
    let budget = json!({ "credit_limit": 5 });
    for (tool, declared_as_list) in [
        ("get_api_key", false),
        ("get_virtual_key", false),
        ("get_workspace", true),
    ] {
        let expected = if declared_as_list {
            json!([budget])
        } else {
            budget.clone()
        };
        for answer in [budget.clone(), json!([budget])] {
            let answer = normalise(tool, json!({ "usage_limits": answer }));
            assert_eq!(answer, json!({ "usage_limits": expected }), "{tool}");
        }
        let rate = json!({ "type": "requests", "unit": "rpm", "value": 5 });
        let answer = normalise(tool, json!({ "rate_limits": rate }));
        assert_eq!(answer, json!({ "rate_limits": [rate] }), "{tool}");
        let answer = normalise(tool, json!({ "usage_limits": null, "rate_limits": [] }));
        assert_eq!(
            answer,
            json!({ "usage_limits": null, "rate_limits": [] }),
            "{tool}"
        );
    }
    // None is none, and what is not to be told in one stays.
    let none = normalise("get_api_key", json!({ "usage_limits": [] }));
    assert_eq!(none, json!({ "usage_limits": null }));
    let two = json!({ "usage_limits": [budget, budget] });
    assert_eq!(normalise("get_api_key", two.clone()), two);
    // Members of other names are left alone.
    let other = json!({ "scopes": { "a": 1 }, "rotation_policy": [{}] });
    assert_eq!(normalise("get_api_key", other.clone()), other);
}

#[test]
fn nulls_and_what_is_new_stay() {
    let answer = json!({ "id": "k", "user_id": null, "status": "paused", "brand_new": [1] });
    assert_eq!(normalise("get_api_key", answer.clone()), answer);
    for odd in [
        json!(null),
        json!("text"),
        json!([]),
        json!({ "data": "text" }),
    ] {
        _ = normalise("get_api_key", odd.clone());
        _ = normalise("list_api_keys", odd);
    }
}
