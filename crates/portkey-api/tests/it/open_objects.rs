//! What lies inside the vendor's objects travels as it was given; what looks like a slip is noted.

use portkey_api::{JsonObject, operation, understand};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::json;

/// What users, the vendor's documents and its Terraform tests send, the member of the body that must arrive as it is, and
/// the notes that come with it.
fn cases() -> Vec<(&'static str, Value, &'static str, &'static [&'static str])> {
    let check =
        |check: Value| json!({ "name": "g", "actions": { "deny": true }, "checks": [check] });
    let acting = |actions: Value| json!({ "name": "g", "actions": actions, "checks": [{ "id": "default.notNull" }] });
    let config = |config: Value| json!({ "name": "c", "config": config });
    let jwt = |parameters: Value| check(json!({ "id": "default.jwt", "parameters": parameters }));
    let airs = |parameters: Value| {
        check(json!({ "id": "panw-prisma-airs.intercept", "parameters": parameters }))
    };
    vec![
        (
            "create_guardrail",
            jwt(json!({ "jwksUri": "https://id.example/jwks", "algorithms": ["RS256"] })),
            "checks",
            &[],
        ),
        (
            "create_guardrail",
            jwt(json!({ "jwks": { "keys": [] }, "claimPrefix": "x-" })),
            "checks",
            &[],
        ),
        (
            "create_guardrail",
            jwt(json!({
                "introspectEndpoint": "https://id.example/introspect", "requiredClaims": ["team"],
                "claimValues": { "team": ["blue"] }, "headerPayloadMatch": ["x-user"], "extractClaims": ["sub"],
            })),
            "checks",
            &[],
        ),
        ("create_guardrail", airs(json!({})), "checks", &[]),
        (
            "create_guardrail",
            airs(json!({
                "profile_id": "1f", "app_name": "desk", "scan_scope": "last_turn", "strip_scaffolding": true,
            })),
            "checks",
            &[],
        ),
        (
            "create_guardrail",
            airs(json!({ "scan_scop": "last_turn" })),
            "checks",
            &[
                "`checks[0].parameters.scan_scop`: not known here and passed on as it is; did you mean `scan_scope`?",
            ],
        ),
        (
            "create_guardrail",
            check(json!({ "id": "azure.pii", "parameters": { "language": "en" } })),
            "checks",
            &[],
        ),
        (
            "create_guardrail",
            check(json!({ "id": "portkey.pii",
            "parameters": { "categories": ["EMAIL_ADDRESS"], "not": true } })),
            "checks",
            &[],
        ),
        (
            "create_guardrail",
            check(json!({ "id": "portkey.moderateContent",
            "parameters": { "categories": ["hate"], "not": true } })),
            "checks",
            &[],
        ),
        (
            "create_guardrail",
            check(json!({ "id": "default.modelwhitelist",
            "parameters": { "models": ["m-1"], "not": true } })),
            "checks",
            &[],
        ),
        (
            "create_guardrail",
            check(json!({ "id": "acuvity.scan",
            "parameters": { "secrets": true, "secrets_categories": ["alibaba"], "language_values": "eng_Latn" } })),
            "checks",
            &[],
        ),
        (
            "create_guardrail",
            check(json!({ "id": "nope" })),
            "checks",
            &[
                "`checks[0].id`: `nope` is no check known here and passed on as it is; `list_guardrail_checks` lists those that are",
            ],
        ),
        (
            "create_guardrail",
            acting(json!({ "onFail": "log", "message": "too long" })),
            "actions",
            &[
                "`actions.onFail`: is stored, but the gateway does not act on it",
                "`actions.message`: is stored",
            ],
        ),
        (
            "create_guardrail",
            acting(json!({ "on_fail": "deny", "on_success": "continue" })),
            "actions",
            &[
                "`actions.on_fail`: expected an object, got `deny`; passed on as it is",
                "`actions.on_success`: expected an object, got `continue`; passed on as it is",
            ],
        ),
        (
            "create_guardrail",
            acting(json!({ "deny": true, "on_fail": { "feedback": {
            "value": -5, "weight": 1, "metadata": { "user": "u-7" } } } })),
            "actions",
            &[],
        ),
        (
            "create_config",
            config(json!({ "targets": [{ "provider": "@a" }] })),
            "config",
            &["`config`: `targets` without a `strategy`"],
        ),
        (
            "create_config",
            config(json!({ "provider": "openai", "override_params": { "model": "m-1" } })),
            "config",
            &["`config`: a provider without credentials"],
        ),
        (
            "create_config",
            config(json!({ "strategy": { "mode": "single" }, "targets": [{
            "passthrough": true, "provider": "@a", "override_params": { "model": "m-1" } }] })),
            "config",
            &["`config.targets[0].override_params`: may have no effect beside `passthrough`"],
        ),
        (
            "create_config",
            config(json!({
                "provider": "azure-openai", "azure_resource_name": "r", "azure_deployment_id": "d", "azure_model_name": "m",
                "azure_auth_mode": "default", "azure_api_version": "2026-01-01", "Authorization": "Bearer t", "api_key": "k",
            })),
            "config",
            &[],
        ),
        (
            "create_config",
            config(
                json!({ "provider": "@a", "custom_host": "https://h.example", "allow_subdomain": true }),
            ),
            "config",
            &[],
        ),
        (
            "create_config",
            config(
                json!({ "provider": "@a", "inputMutators": [{ "default.addPrefix": { "prefix": "p" } }] }),
            ),
            "config",
            &[],
        ),
        (
            "create_config",
            config(json!({ "provider": "@a", "before_request_hooks": [{
            "type": "guardrail", "id": "h", "checks": [{ "id": "b", "default.webhook": { "webhookURL": "https://h.example" } }],
        }] })),
            "config",
            &[
                "`config.before_request_hooks[0].checks[0].default.webhook`: a check is probably not read in this form",
            ],
        ),
        (
            "create_config",
            config(
                json!({ "strategy": { "mode": "load-balance" }, "targets": [{ "virtual_key": "a" }] }),
            ),
            "config",
            &[
                "`config.strategy.mode`: `load-balance` is not known here and passed on as it is; did you mean `loadbalance`?",
            ],
        ),
        (
            "create_config",
            config(json!({ "virtual_key": "a", "overrideParams": {}, "timeout": 5 })),
            "config",
            &[
                "`config.overrideParams`: not known here and passed on as it is; did you mean `override_params`?",
                "`config.timeout`: not known here and passed on as it is; did you mean `request_timeout`?",
            ],
        ),
        (
            "create_config",
            config(json!({ "virtual_key": "a", "retry": 2 })),
            "config",
            &["`config.retry`: expected an object, got 2; passed on as it is"],
        ),
        (
            "create_config",
            config(json!({ "virtual_key": "a", "fallback": { "targets": [] } })),
            "config",
            &["`config.fallback`: not known here"],
        ),
        (
            "update_config",
            json!({ "slug": "c", "config": { "virtual_key": "a", "strategy": "fallback" } }),
            "config",
            &["`config.strategy`: expected an object, got `fallback`; passed on as it is"],
        ),
        (
            "create_mcp_integration",
            json!({
                "name": "m", "url": "https://m.example/sse", "transport": "sse", "auth_type": "headers",
            }),
            "auth_type",
            &["`custom_headers`: left out, though `auth_type` is `headers`"],
        ),
        (
            "create_mcp_integration",
            json!({
                "name": "m", "url": "u", "transport": "http", "auth_type": "none",
                "configurations": { "new_setting": 1 }, "secret_mappings": [{ "target_field": "key", "as": "text" }],
            }),
            "secret_mappings",
            &[
                "`secret_mappings[0].as`: not known here",
                "`secret_mappings[0].secret_reference_id`: left out, though it is usually needed",
            ],
        ),
        (
            "create_secret_reference",
            json!({ "name": "s", "manager_type": "aws_sm", "secret_path": "p",
            "auth_config": { "aws_auth_type": "webIdentity", "aws_web_identity_file": "/t" } }),
            "auth_config",
            &[
                "`auth_config.aws_auth_type`: `webIdentity` is not known here",
                "`auth_config.aws_web_identity_file`: not known here",
            ],
        ),
        (
            "create_integration",
            json!({ "name": "i", "ai_provider_id": "azure-openai", "configurations": {
            "azure_resource_name": "https://desk.openai.azure.com/", "azure_new": 1 } }),
            "configurations",
            &[
                "`configurations.azure_resource_name`: is a whole address and passed on as it is; Portkey wants the name alone, \
            such as `desk`",
            ],
        ),
        (
            "create_integration",
            json!({ "name": "i", "ai_provider_id": "azure_openai" }),
            "ai_provider_id",
            &[
                "`ai_provider_id`: `azure_openai` is no AI provider known here and passed on as it is; did you mean `azure-openai`?",
            ],
        ),
        (
            "create_usage_limit",
            json!({
                "type": "cost", "credit_limit": 0, "group_by": ["api_key", { "key": "model", "as": "m" }],
                "conditions": [{ "key": "model", "operator": "contains", "value": 7, "since": "v2" }],
            }),
            "conditions",
            &[
                "`credit_limit`: Portkey may ask for at least 1",
                "`conditions[0].operator`: passed on, but conditions have no operator",
                "`conditions[0].value`: expected",
                "`conditions[0].since`: not known here",
            ],
        ),
        (
            "create_rate_limit",
            json!({
                "type": "requests", "unit": "rpm", "value": 0, "group_by": ["api_key"], "conditions": [{ "key": "model", "value": "*" }],
            }),
            "conditions",
            &["`value`: no request comes within a limit of 0"],
        ),
        (
            "invite_user",
            json!({ "email": "ada@example.com", "role": "member" }),
            "role",
            &[],
        ),
        (
            "create_api_key",
            json!({
                "type": "workspace", "sub_type": "service", "name": "k", "scopes": ["logs.view", "completion.write"],
                "usage_limits": { "credit_limit": 100, "alert_threshold": 100 },
            }),
            "scopes",
            &[
                "`scopes[1]`: `completion.write` is no scope known here and passed on as it is; did you mean `completions.write`?",
            ],
        ),
        (
            "update_workspace",
            json!({ "workspace_id": "w", "icon": "X" }),
            "icon",
            &[],
        ),
        (
            "update_workspace",
            json!({ "workspace_id": "w", "security_settings": { "membersViewLogs": false } }),
            "security_settings",
            &[],
        ),
        (
            "update_integration_models",
            json!({ "slug": "i", "models": [{ "slug": "m", "tier": "gold" }] }),
            "models",
            &[
                "`models[0].enabled`: left out, though it is usually needed",
                "`models[0].tier`: not known here",
            ],
        ),
        (
            "create_virtual_key",
            json!({ "name": "v", "provider": "openai", "key": "k",
            "deployment_config": [{ "deploymentName": "d", "region": "eu" }] }),
            "deploymentConfig",
            &[
                "`deployment_config[0].apiVersion`: left out, though it is usually needed",
                "`deployment_config[0].region`: not known here",
            ],
        ),
    ]
}

#[test]
fn what_the_vendor_takes_passes_with_the_notes_it_deserves() {
    let mut wrong = Vec::new();
    for (tool, arguments, member, expected) in cases() {
        let given = arguments
            .get(member)
            .or_else(|| arguments.get("deployment_config"))
            .unwrap()
            .clone();
        let (body, notes) = match sent(tool, arguments.clone()) {
            Ok(sent) => sent,
            Err(refusal) => {
                wrong.push(refusal);
                continue;
            }
        };
        if !holds(&body[member], &given) {
            wrong.push(format!("{tool}: {given} became {}", body[member]));
        }
        let all_expected = expected
            .iter()
            .all(|start| notes.iter().any(|note| note.starts_with(start)));
        if notes.len() != expected.len() || !all_expected {
            wrong.push(format!(
                "{tool} {arguments}\n  notes {notes:#?}\n  not {expected:#?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn an_empty_config_is_refused_because_its_content_was_lost() {
    for (tool, arguments) in [
        ("create_config", json!({ "name": "c", "config": {} })),
        ("update_config", json!({ "slug": "c", "config": {} })),
    ] {
        let refusal = sent(tool, arguments).unwrap_err();
        assert!(refusal.contains("does nothing yet"), "{refusal}");
    }
}

#[test]
fn known_members_are_still_read_from_text() {
    let arguments = json!({ "name": "g", "actions": { "deny": "true" }, "checks": [
        { "id": "default.wordCount", "parameters": { "minWords": "5", "not": "false" } },
        { "id": "bedrock.guard", "parameters": { "guardrailId": "g", "guardrailVersion": 1 } },
    ] });
    let (body, notes) = sent("create_guardrail", arguments).unwrap();
    assert_eq!(body["actions"]["deny"], json!(true));
    assert_eq!(
        body["checks"][0]["parameters"],
        json!({ "minWords": 5, "not": false })
    );
    // What was written as a number may be meant as one.
    assert_eq!(
        body["checks"][1]["parameters"]["guardrailVersion"],
        json!(1)
    );
    assert_eq!(notes.len(), 1, "{notes:?}");
}

#[test]
fn a_rate_by_the_second_is_explained() {
    for tool in ["create_rate_limit", "update_rate_limit"] {
        let refusal = sent(tool, json!({ "id": "p", "unit": "rps", "value": 1 })).unwrap_err();
        assert!(
            refusal.contains("`unit`: policies do not count by the second: use `rpm`"),
            "{refusal}"
        );
    }
}

#[test]
fn an_argument_that_is_a_member_of_another_is_pointed_there() {
    let arguments =
        json!({ "email": "ada@example.com", "role": "member", "scopes": ["logs.view"] });
    let refusal = sent("invite_user", arguments).unwrap_err();
    assert!(
        refusal.contains(
            "`scopes`: unknown argument; did you mean `workspace_api_key_details.scopes`?"
        ),
        "{refusal}"
    );
}

#[test]
fn secrets_in_the_wrong_form_are_not_repeated_in_notes() {
    let arguments = json!({ "name": "s", "manager_type": "hashicorp_vault", "secret_path": "p",
        "auth_config": { "vault_auth_type": "token", "vault_addr": "a", "vault_token": ["hvs.1"] } });
    let (_, notes) = sent("create_secret_reference", arguments).unwrap();
    assert!(!notes.join("\n").contains("hvs.1"), "{notes:?}");
    let arguments = json!({ "name": "c", "config": { "provider": "@a", "vertex_service_account_json": "private" } });
    let (_, notes) = sent("create_config", arguments).unwrap();
    assert_eq!(
        notes,
        [
            "`config.vertex_service_account_json`: expected an object, got a text; passed on as it is"
        ]
    );
}

/// Arguments that put a value of any form inside each kind of vendor object, and where it arrives.
fn holding(value: &Value) -> Vec<(&'static str, Value, &'static str)> {
    let member = |name: &str| json!({ "a_member": value, name: value });
    let conditions = json!([{ "key": "model", "value": "*", "a_member": value }]);
    vec![
        (
            "create_config",
            json!({ "name": "c", "config": member("strategy") }),
            "/config",
        ),
        (
            "create_config",
            json!({ "name": "c", "config": { "targets": [member("cache")] } }),
            "/config/targets/0",
        ),
        (
            "update_config",
            json!({ "slug": "c", "config": { "retry": member("attempts") } }),
            "/config/retry",
        ),
        (
            "create_guardrail",
            json!({ "name": "g", "actions": {}, "checks": [
            { "id": "default.contains", "parameters": member("words") }] }),
            "/checks/0/parameters",
        ),
        (
            "create_guardrail",
            json!({ "name": "g", "actions": {}, "checks": [member("id")] }),
            "/checks/0",
        ),
        (
            "update_guardrail",
            json!({ "guardrail_id": "g", "actions": member("on_fail") }),
            "/actions",
        ),
        (
            "create_integration",
            json!({ "name": "i", "ai_provider_id": "openai", "configurations": member("key") }),
            "/configurations",
        ),
        (
            "update_integration_models",
            json!({ "slug": "i", "models": [member("pricing_config")] }),
            "/models/0",
        ),
        (
            "create_mcp_integration",
            json!({ "name": "m", "url": "u", "transport": "http", "auth_type": "none",
            "configurations": member("oauth_metadata") }),
            "/configurations",
        ),
        (
            "update_mcp_integration",
            json!({ "id": "m", "secret_mappings": [member("value_format")] }),
            "/secret_mappings/0",
        ),
        (
            "create_usage_limit",
            json!({ "type": "cost", "credit_limit": 5, "group_by": ["api_key"], "conditions": conditions }),
            "/conditions/0",
        ),
        (
            "create_rate_limit",
            json!({ "type": "requests", "unit": "rpm", "value": 5, "group_by": [member("key")],
            "conditions": conditions }),
            "/group_by/0",
        ),
        (
            "create_secret_reference",
            json!({ "name": "s", "manager_type": "aws_sm", "secret_path": "p",
            "auth_config": member("aws_auth_type") }),
            "/auth_config",
        ),
        (
            "update_secret_reference",
            json!({ "id": "s", "auth_config": member("azure_vault_url") }),
            "/auth_config",
        ),
    ]
}

/// JSON that is not a known form in another spelling: no text that reads as something else, and no null, which counts as
/// left out where a member is known.
fn plain() -> impl Strategy<Value = Value> {
    json::value().prop_map(plainly)
}

fn plainly(value: Value) -> Value {
    match value {
        Value::Null => json!("nothing"),
        Value::String(text) => format!("t{text}").into(),
        Value::Array(items) => items.into_iter().map(plainly).collect(),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, member)| (name, plainly(member)))
                .collect(),
        ),
        other => other,
    }
}

proptest! {
    #[test]
    fn whatever_is_inside_a_vendor_object_reaches_the_body_unchanged(value in plain()) {
        for (tool, arguments, pointer) in holding(&value) {
            let (body, _) = sent(tool, arguments.clone()).map_err(TestCaseError::fail)?;
            let arrived = body.pointer(pointer).cloned().unwrap_or_default();
            let given = arguments.pointer(pointer).unwrap();
            prop_assert!(holds(&arrived, given), "{tool}: {given} became {arrived}");
        }
    }
}

/// Whether all that was given arrived. Whole floats lose their `.0` everywhere.
fn holds(arrived: &Value, given: &Value) -> bool {
    match (arrived, given) {
        (Value::Object(arrived), Value::Object(given)) => given.iter().all(|(name, member)| {
            arrived
                .get(name)
                .is_some_and(|arrived| holds(arrived, member))
        }),
        (Value::Array(arrived), Value::Array(given)) => {
            arrived.len() == given.len()
                && arrived
                    .iter()
                    .zip(given)
                    .all(|(arrived, given)| holds(arrived, given))
        }
        (Value::Number(arrived), Value::Number(given)) => arrived.as_f64() == given.as_f64(),
        (arrived, given) => arrived == given,
    }
}

/// The body and the notes of a call, or why it is refused.
fn sent(tool: &str, arguments: Value) -> Result<(Value, Vec<String>), String> {
    let operation = operation(tool).unwrap();
    let arguments: JsonObject = serde_json::from_value(arguments).unwrap();
    let understood =
        understand(&operation.declaration, arguments).map_err(|refusal| refusal.to_string())?;
    let notes = understood.notes.iter().map(ToString::to_string).collect();
    let request = operation
        .request(understood.arguments)
        .map_err(|refusal| refusal.to_string())?;
    Ok((request.body.unwrap_or_default(), notes))
}
