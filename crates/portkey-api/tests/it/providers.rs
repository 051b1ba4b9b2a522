//! Providers, integrations and policies: their plain arguments become what the API wants.

use portkey_api::{operation, parse_arguments};
use serde_json::{Value, json};

#[test]
fn provider_limits_are_given_in_parts() {
    let arguments = json!({
        "name": "p", "integration_id": "i", "credit_limit": 10, "usage_limit_type": "cost",
        "periodic_reset": "monthly", "rate_limit_value": "60", "rate_limit_unit": "rph",
    });
    assert_eq!(
        sent("create_provider", arguments),
        json!({
            "name": "p", "integration_id": "i",
            "usage_limits": { "credit_limit": 10, "type": "cost", "periodic_reset": "monthly" },
            "rate_limits": [{ "type": "requests", "value": 60, "unit": "rph" }],
        })
    );
}

#[test]
fn settings_bring_what_goes_with_them() {
    let azure = json!({
        "name": "i", "ai_provider_id": "azure-openai", "key": "k", "azure_resource_name": "r",
        "deployment_name": "d", "api_version": "2024-10-21", "model_slug": "gpt-4o",
    });
    assert_eq!(
        sent("create_integration", azure)["configurations"],
        json!({
            "azure_auth_mode": "default", "azure_resource_name": "r",
            "azure_deployment_config": [{
                "azure_deployment_name": "d", "azure_api_version": "2024-10-21", "azure_model_slug": "gpt-4o",
            }],
        })
    );
    let aws = json!({
        "slug": "i", "aws_region": "eu-west-1", "aws_access_key_id": "a", "aws_secret_access_key": "s",
    });
    assert_eq!(
        sent("update_integration", aws),
        json!({ "configurations": {
            "aws_auth_type": "accessKey", "aws_region": "eu-west-1",
            "aws_access_key_id": "a", "aws_secret_access_key": "s",
        } })
    );
}

#[test]
fn settings_of_two_providers_do_not_go_together() {
    for (settings, expected) in [
        (
            json!({ "custom_host": "https://h", "vertex_region": "r", "vertex_project_id": "p" }),
            "`custom_host`: does not go with `vertex_region`",
        ),
        (
            json!({ "configurations": { "aws_region": "eu-west-1" }, "resource_name": "r" }),
            "`resource_name`: does not go with `configurations`",
        ),
    ] {
        let mut arguments = settings;
        arguments["slug"] = "i".into();
        let refusal = refused("update_integration", arguments);
        assert!(refusal.contains(expected), "{refusal}\nlacks: {expected}");
    }
}

#[test]
fn settings_that_lack_others_are_noted() {
    let arguments = json!({ "slug": "i", "aws_region": "eu-west-1" });
    let configurations = json!({ "aws_auth_type": "accessKey", "aws_region": "eu-west-1" });
    assert_eq!(
        sent("update_integration", arguments.clone()),
        json!({ "configurations": configurations })
    );
    let usual =
        "left out, though it usually goes with `aws_region`; `configurations` takes other settings";
    let expected =
        ["aws_access_key_id", "aws_secret_access_key"].map(|name| format!("`{name}`: {usual}"));
    assert_eq!(noted("update_integration", arguments), expected);
    let pasted = json!({ "slug": "i", "resource_name": "desk.openai.azure.com", "deployment_name": "d",
        "api_version": "v", "model_slug": "m" });
    let notes = noted("update_integration", pasted);
    assert!(
        notes[0].contains("the name alone, such as `desk`"),
        "{notes:?}"
    );
}

#[test]
fn other_spellings_of_older_clients_are_understood() {
    let models = json!({ "slug": "i", "models": [
        { "model_id": "m", "model_name": "M", "enabled": "true", "custom": true },
    ] });
    assert_eq!(
        sent("update_integration_models", models),
        json!({ "models": [{ "slug": "m", "enabled": true, "is_custom": true }] })
    );
    let workspaces = json!({ "slug": "i", "workspaces": [
        { "workspace_id": "w", "enabled": true, "credit_limit": 5, "rate_limit_rpm": 60 },
        { "id": "v", "enabled": false, "clear": ["usage_limits"] },
    ] });
    assert_eq!(
        sent("update_integration_workspaces", workspaces),
        json!({ "workspaces": [
            { "id": "w", "enabled": true, "usage_limits": [{ "credit_limit": 5 }],
              "rate_limits": [{ "type": "requests", "unit": "rpm", "value": 60 }] },
            { "id": "v", "enabled": false, "usage_limits": null },
        ] })
    );
    let limit = json!({
        "name": "l", "metric": "cost", "value": 5, "period": "weekly", "group_by": ["api_key", { "key": "model" }],
        "conditions": [{ "field": "model", "operator": "equals", "value": "*" }],
    });
    assert_eq!(
        sent("create_usage_limit", limit),
        json!({
            "name": "l", "type": "cost", "credit_limit": 5, "periodic_reset": "weekly",
            "conditions": [{ "key": "model", "value": "*" }],
            "group_by": [{ "key": "api_key" }, { "key": "model" }],
        })
    );
}

#[test]
fn conditions_that_mean_something_else_are_noted() {
    let limit = |condition: Value, value: f64| {
        json!({
            "name": "l", "type": "tokens", "credit_limit": value, "group_by": ["api_key"],
            "conditions": [{ "key": "model", "value": "*" }, condition],
        })
    };
    for (condition, value, expected) in [
        (
            json!({ "field": "model", "operator": "contains", "value": "gpt" }),
            500.0,
            "`conditions[1].operator`: passed on, but conditions have no operator: `value` lists",
        ),
        (
            json!({ "key": "model" }),
            500.0,
            "`conditions[1].value`: left out, though it is usually needed",
        ),
        (
            json!({ "key": "model", "value": "*" }),
            99.0,
            "`credit_limit`: Portkey may ask for at least 100",
        ),
    ] {
        let notes = noted("create_usage_limit", limit(condition, value));
        assert!(
            notes.len() == 1 && notes[0].contains(expected),
            "{notes:?}\nlack: {expected}"
        );
    }
    let refusal = refused(
        "update_rate_limit",
        json!({ "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "metric": "tokens" }),
    );
    assert!(refusal.contains("`type`: cannot change"), "{refusal}");
}

#[test]
fn labels_have_names_that_pick_no_version() {
    for name in ["latest", "12", "", "a b", "a@b", "a.b.c"] {
        let refusal = refused("create_prompt_label", json!({ "name": name }));
        assert!(refusal.contains("`name`: "), "{refusal}");
    }
    for name in ["v2", "release-1", "a.b"] {
        sent("create_prompt_label", json!({ "name": name }));
    }
    let colour =
        json!({ "label_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "color_code": "green" });
    assert!(refused("update_prompt_label", colour).contains("`color_code`"));
}

#[test]
fn a_label_that_is_cleared_is_taken_off() {
    let arguments = json!({ "prompt_id": "p", "version_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "clear": ["label_id"] });
    assert_eq!(
        sent("update_prompt_version", arguments),
        json!({ "label_id": null })
    );
    for nothing in [json!({}), json!({ "label_id": null })] {
        let mut arguments =
            json!({ "prompt_id": "p", "version_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7" });
        let members = nothing.as_object().unwrap().clone();
        arguments.as_object_mut().unwrap().extend(members);
        let refusal = refused("update_prompt_version", arguments);
        assert!(refusal.contains("`label_id`: give a label"), "{refusal}");
    }
}

#[test]
fn credentials_of_integrations_are_masked() {
    let mut answer = json!({
        "masked_key": "sk-0123456789", "configurations": {
            "aws_region": "eu-west-1", "masked_aws_secret_access_key": "0123456789abc",
            "custom_headers": { "X": "secret" },
        },
    });
    operation("get_integration")
        .unwrap()
        .declaration
        .mask(&mut answer);
    assert_eq!(
        answer,
        json!({
            "masked_key": "sk*****789", "configurations": {
                "aws_region": "eu-west-1", "masked_aws_secret_access_key": "01*****abc",
                "custom_headers": { "X": "*****" },
            },
        })
    );
}

fn sent(name: &str, arguments: Value) -> Value {
    let operation = operation(name).unwrap();
    let arguments = serde_json::from_value(arguments).unwrap();
    let request = parse_arguments(&operation.declaration, arguments)
        .and_then(|understood| operation.request(understood.arguments))
        .unwrap_or_else(|error| panic!("{error}"));
    request.body.unwrap()
}

fn noted(name: &str, arguments: Value) -> Vec<String> {
    let arguments = serde_json::from_value(arguments).unwrap();
    let understood = parse_arguments(&operation(name).unwrap().declaration, arguments).unwrap();
    understood.notes.iter().map(ToString::to_string).collect()
}

fn refused(name: &str, arguments: Value) -> String {
    let operation = operation(name).unwrap();
    let arguments = serde_json::from_value(arguments).unwrap();
    parse_arguments(&operation.declaration, arguments)
        .and_then(|understood| operation.request(understood.arguments))
        .unwrap_err()
        .to_string()
}
