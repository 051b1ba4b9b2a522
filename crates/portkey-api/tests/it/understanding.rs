//! Arguments are read as they were meant, and refused in words that help.

use portkey_api::{JsonObject, operation, operations, parse_arguments};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::json;

#[test]
fn synonyms_and_camel_case_are_understood() {
    assert_eq!(
        read("get_api_key", json!({ "api_key_id": KEY })),
        json!({ "id": KEY })
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
        "id": KEY, "usage_limits": "{\"credit_limit\": \"10\"}", "clear": "rate_limits",
    });
    assert_eq!(
        read("update_api_key", arguments),
        json!({ "id": KEY, "usage_limits": { "credit_limit": 10 }, "rate_limits": null })
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
            json!({ "id": KEY, "key_id": "b" }),
            "`id`: given twice, also as `key_id`; send it once",
        ),
        (
            "get_cost_analytics",
            json!({ "granularity": "days" }),
            "`granularity`: `days` is not one of day, hour, none; did you mean `day`?",
        ),
        (
            "update_api_key",
            json!({ "id": KEY, "rate_limits": [{ "type": "requests", "unit": "rpm", "value": "many" }] }),
            "`rate_limits[0].value`: expected a whole number, got `many`",
        ),
        (
            "invite_user",
            json!({ "email": "ada@example.com", "role": "member", "workspace_api_key_details": { "scope": ["logs.view"] } }),
            "`workspace_api_key_details.scope`: unknown argument; did you mean `scopes`?",
        ),
        (
            "list_configs",
            json!({ "page_size": -1 }),
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
fn what_is_no_address_is_not_sent() {
    let key = |emails: Value| {
        json!({
            "type": "workspace", "sub_type": "service", "name": "k", "scopes": ["logs.view"],
            "alert_emails": emails,
        })
    };
    for right in [
        "ada@example.com",
        "a+b@c",
        "\"a@b\"@example.com",
        "élan@bücher.example",
    ] {
        read("create_api_key", key(json!([right])));
        read(
            "invite_user",
            json!({ "email": right, "role": "member", "workspaces": [] }),
        );
        read(
            "update_api_key",
            json!({ "id": KEY, "alert_emails": [right] }),
        );
    }
    for wrong in [
        "x",
        "@example.com",
        "ada@",
        "ada@example.com, grace@example.com",
        " ada@example.com",
    ] {
        let said = refused("create_api_key", key(json!(["ada@example.com", wrong])));
        assert!(
            said.contains("`alert_emails[1]`: expected an e-mail address"),
            "{said}"
        );
        let said = refused(
            "invite_user",
            json!({ "email": wrong, "role": "member", "workspaces": [] }),
        );
        assert!(
            said.contains("`email`: expected an e-mail address"),
            "{said}"
        );
    }
    read("update_api_key", json!({ "id": KEY, "alert_emails": null }));
}

#[test]
fn a_new_key_may_do_something() {
    let arguments =
        json!({ "type": "workspace", "sub_type": "service", "name": "k", "scopes": [] });
    let said = refused("create_api_key", arguments);
    assert!(
        said.contains("`scopes`: must be at least 1 items"),
        "{said}"
    );
}

#[test]
fn what_portkey_ignores_is_understood_and_not_offered() {
    for spelling in ["is_default", "isDefault"] {
        let arguments = json!({ "name": "c", "cache_mode": "simple", spelling: 1 });
        let create = &operation("create_config").unwrap().declaration;
        let notes = parse_arguments(create, object(arguments)).unwrap().notes;
        let [note] = notes.as_slice() else {
            panic!("{notes:?}")
        };
        let said = note.to_string();
        assert!(said.contains("`is_default`: Portkey ignores it"), "{said}");
    }
    let create = operation("create_config").unwrap();
    let offered = serde_json::to_string(&create.declaration.input_schema()).unwrap();
    assert!(!offered.contains("is_default"), "{offered}");
}

const KEY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

#[test]
fn everything_wrong_is_said_at_once() {
    let refusal = refused(
        "create_api_key",
        json!({ "type": "team", "nam": "k", "default_metadata": 1 }),
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
            json!({ "type": "organisation", "sub_type": "user", "name": "k", "scopes": ["logs.view"] }),
            "sub_type",
        ),
        (
            "create_api_key",
            json!({ "type": "workspace", "sub_type": "user", "name": "k", "scopes": ["logs.view"] }),
            "user_id",
        ),
        (
            "update_api_key",
            json!({ "id": KEY, "usage_limits": { "credit_limit": 2 }, "credit_limit": 1 }),
            "usage_limits",
        ),
        (
            "update_api_key",
            json!({ "id": KEY, "clear": ["rate_limits"], "rate_limit_rpm": 1 }),
            "rate_limits",
        ),
        (
            "update_api_key",
            json!({ "id": KEY, "credit_limit": 5, "alert_threshold": 6 }),
            "alert_threshold",
        ),
        ("update_api_key", json!({ "id": KEY }), "nothing to change"),
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
        let notes = parse_arguments(declaration, object(arguments))
            .unwrap()
            .notes;
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
            if let Ok(understood) = parse_arguments(&operation.declaration, arguments) {
                _ = operation.request(understood.arguments);
            }
        }
    }
}

fn read(tool: &str, arguments: Value) -> Value {
    let declaration = &operation(tool).unwrap().declaration;
    Value::Object(
        parse_arguments(declaration, object(arguments))
            .unwrap()
            .arguments,
    )
}

/// What is said about wrong arguments, by whichever stage finds them.
fn refused(tool: &str, arguments: Value) -> String {
    let operation = operation(tool).unwrap();
    parse_arguments(&operation.declaration, object(arguments))
        .and_then(|understood| operation.request(understood.arguments))
        .unwrap_err()
        .to_string()
}

fn object(value: Value) -> JsonObject {
    serde_json::from_value(value).unwrap()
}
