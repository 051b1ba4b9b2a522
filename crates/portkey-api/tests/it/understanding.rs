//! Arguments are read as they were meant, and refused in words that help.

use portkey_api::{JsonObject, operation, operations, understand};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::json;

#[test]
fn synonyms_and_camel_case_are_understood() {
    assert_eq!(
        read("get_api_key", json!({ "api_key_id": "k" })),
        json!({ "id": "k" })
    );
    assert_eq!(
        read(
            "list_configs",
            json!({ "workspaceId": "w", "page-size": 5 })
        ),
        json!({ "workspace_id": "w", "page_size": 5 })
    );
}

#[test]
fn text_becomes_the_type_asked_for() {
    let arguments = json!({
        "name": "p", "collection_id": 7, "virtual_key": "v", "parameters": "{\"temperature\": 0}",
        "messages": "[{\"role\": \"user\"}]", "dry_run": "true", "tool_choice": "{\"type\": \"function\"}",
    });
    let expected = json!({
        "name": "p", "collection_id": "7", "virtual_key": "v", "parameters": { "temperature": 0 },
        "messages": [{ "role": "user" }], "dry_run": true, "tool_choice": { "type": "function" },
    });
    assert_eq!(read("create_prompt", arguments), expected);
    assert_eq!(
        read(
            "list_configs",
            json!({ "page_size": "20", "current_page": 1.0 })
        ),
        json!({ "page_size": 20, "current_page": 1 })
    );
}

#[test]
fn values_that_may_be_null_are_read_from_text_too() {
    let arguments = json!({
        "id": "k", "usage_limits": "{\"credit_limit\": \"10\"}", "clear": "rate_limits",
    });
    assert_eq!(
        read("update_api_key", arguments),
        json!({ "id": "k", "usage_limits": { "credit_limit": 10 }, "rate_limits": null })
    );
}

#[test]
fn null_counts_as_left_out() {
    assert_eq!(read("list_prompts", json!({ "search": null })), json!({}));
}

#[test]
fn refusals_name_the_way_out() {
    let cases = [
        (
            "get_config",
            json!({ "slugg": "c" }),
            "`slugg`: unknown argument; did you mean `slug`?",
        ),
        ("get_config", json!({}), "`slug`: required but missing"),
        (
            "get_api_key",
            json!({ "id": "a", "key_id": "b" }),
            "`id`: given twice, also as `key_id`; send it once",
        ),
        (
            "update_config",
            json!({ "slug": "c", "status": "activ" }),
            "`status`: `activ` is not one of active, inactive; did you mean `active`?",
        ),
        (
            "update_api_key",
            json!({ "id": "k", "rate_limits": [{ "type": "requests", "unit": "rpm", "value": "many" }] }),
            "`rate_limits[0].value`: expected a whole number, got `many`",
        ),
        (
            "create_workspace",
            json!({ "name": "w", "usage_limits": [{ "credit": 5 }] }),
            "`usage_limits[0].credit`: unknown argument; did you mean `credit_limit`?",
        ),
        (
            "list_configs",
            json!({ "page_size": 0 }),
            "`page_size`: must be at least 1",
        ),
        (
            "publish_prompt",
            json!({ "prompt_id": "p", "version": { "a": 1 } }),
            "`version`: expected a whole number, got an object",
        ),
        (
            "run_prompt_completion",
            json!({ "prompt_id": "p", "variables": {}, "stream": true }),
            "`stream`: true is not one of false",
        ),
    ];
    for (tool, arguments, expected) in cases {
        let refusal = refused(tool, arguments);
        assert!(refusal.contains(expected), "{refusal}\nlacks: {expected}");
    }
}

#[test]
fn everything_wrong_is_said_at_once() {
    let refusal = refused(
        "create_api_key",
        json!({ "type": "team", "nam": "k", "expires_at": 1 }),
    );
    assert_eq!(refusal.lines().count(), 6, "{refusal}");
}

#[test]
fn what_is_secret_or_long_is_not_repeated() {
    let secret = "sk-".repeat(30);
    let refusal = refused("update_config", json!({ "slug": "c", "config": secret }));
    assert!(
        refusal.ends_with("`config`: expected an object, got a long text"),
        "{refusal}"
    );
    let refusal = refused("list_configs", json!({ "page_size": { "key": "sk-1" } }));
    assert!(!refusal.contains("sk-1"), "{refusal}");
}

#[test]
fn rules_that_span_arguments_are_explained() {
    let cases = [
        (
            "create_api_key",
            json!({ "type": "organisation", "sub_type": "user", "name": "k", "scopes": [] }),
            "sub_type",
        ),
        (
            "create_api_key",
            json!({ "type": "workspace", "sub_type": "user", "name": "k", "scopes": [] }),
            "user_id",
        ),
        (
            "update_api_key",
            json!({ "id": "k", "usage_limits": { "credit_limit": 2 }, "credit_limit": 1 }),
            "usage_limits",
        ),
        (
            "update_api_key",
            json!({ "id": "k", "clear": ["rate_limits"], "rate_limit_rpm": 1 }),
            "rate_limits",
        ),
        (
            "update_api_key",
            json!({ "id": "k", "credit_limit": 5, "alert_threshold": 6 }),
            "alert_threshold",
        ),
        ("update_api_key", json!({ "id": "k" }), "nothing to change"),
        ("create_config", json!({ "name": "c" }), "content"),
        (
            "create_config",
            json!({ "name": "c", "cache_max_age": 5 }),
            "needs `cache_mode`",
        ),
        (
            "create_config",
            json!({ "name": "c", "strategy_mode": "fallback" }),
            "needs `targets`",
        ),
        ("update_config", json!({ "slug": "c" }), "nothing to change"),
        (
            "update_config",
            json!({ "slug": "c", "config": { "virtual_key": "v" }, "cache_mode": "simple" }),
            "put it into `config`",
        ),
        (
            "update_prompt",
            json!({ "prompt_id": "p", "version_description": "v" }),
            "has no effect",
        ),
        (
            "create_prompt",
            json!({ "name": "p", "collection_id": "c", "virtual_key": "v", "parameters": {} }),
            "give `messages`, or `string`",
        ),
        (
            "render_prompt",
            json!({ "prompt_id": "p", "variables": {}, "hyperparameters": { "stream": true } }),
            "`hyperparameters.stream`: is not a model parameter",
        ),
        (
            "create_virtual_key",
            json!({ "name": "v", "provider": "openai" }),
            "secret_mappings",
        ),
    ];
    for (tool, arguments, expected) in cases {
        let refusal = refused(tool, arguments);
        assert!(refusal.contains(expected), "{refusal}\nlacks: {expected}");
    }
}

#[test]
fn rules_of_larger_objects_are_explained() {
    let cases = [
        (
            "update_secret_reference",
            json!({ "id": "s", "allow_all_workspaces": true, "allowed_workspaces": ["w"] }),
            "not both",
        ),
        (
            "create_scim_workspace_mapping",
            json!({ "workspace_id": "w", "role": "member" }),
            "say which group",
        ),
        (
            "update_deployment",
            json!({ "id": "d", "override_existing": true }),
            "nothing to change",
        ),
    ];
    for (tool, arguments, expected) in cases {
        let refusal = refused(tool, arguments);
        assert!(refusal.contains(expected), "{refusal}\nlacks: {expected}");
    }
}

#[test]
fn what_a_sign_in_lacks_is_noted() {
    let kept_in = |manager: &str, login: Value| json!({ "name": "s", "manager_type": manager, "secret_path": "p", "auth_config": login });
    let cases = [
        (
            kept_in("aws_sm", json!({})),
            "`auth_config.aws_auth_type`: left out",
        ),
        (
            kept_in("azure_kv", json!({ "azure_auth_mode": "managed" })),
            "`auth_config.azure_vault_url`: left out",
        ),
        (
            kept_in(
                "hashicorp_vault",
                json!({ "vault_auth_type": "approle", "vault_addr": "a", "vault_role_id": "r" }),
            ),
            "`auth_config.vault_secret_id`: left out",
        ),
    ];
    for (arguments, expected) in cases {
        let declaration = &operation("create_secret_reference").unwrap().declaration;
        let notes = understand(declaration, object(arguments)).unwrap().notes;
        let notes: Vec<_> = notes.iter().map(ToString::to_string).collect();
        assert!(
            notes.len() == 1 && notes[0].starts_with(expected),
            "{notes:?}\nlack: {expected}"
        );
    }
}

proptest! {
    #[test]
    fn understanding_never_panics(arguments in json::object(), value in json::value()) {
        for operation in operations() {
            let mut arguments = arguments.clone();
            for argument in operation.declaration.arguments {
                arguments.insert(argument.name.to_owned(), value.clone());
            }
            if let Ok(understood) = understand(&operation.declaration, arguments) {
                _ = operation.request(understood.arguments);
            }
        }
    }
}

fn read(tool: &str, arguments: Value) -> Value {
    let declaration = &operation(tool).unwrap().declaration;
    Value::Object(
        understand(declaration, object(arguments))
            .unwrap()
            .arguments,
    )
}

/// What is said about wrong arguments, by whichever stage finds them.
fn refused(tool: &str, arguments: Value) -> String {
    let operation = operation(tool).unwrap();
    understand(&operation.declaration, object(arguments))
        .and_then(|understood| operation.request(understood.arguments))
        .unwrap_err()
        .to_string()
}

fn object(value: Value) -> JsonObject {
    serde_json::from_value(value).unwrap()
}
