//! What lies inside the vendor's objects travels as it was given; what looks like a slip is noted.

use portkey_api::{JsonObject, operation, parse_arguments};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::json;

/// A call as users, the vendor's documents and its Terraform tests make it.
#[derive(Deserialize)]
struct Case {
    tool: String,
    arguments: Value,
    /// The member of the body that must arrive as it was given.
    member: String,
    /// How the notes that come with it begin.
    notes: Vec<String>,
}

#[test]
fn what_the_vendor_takes_passes_with_the_notes_it_deserves() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("open_objects.json")).unwrap();
    let wrong: Vec<_> = cases.iter().filter_map(Case::wrong).collect();
    let count = wrong.len();
    assert!(wrong.is_empty(), "{count} are wrong:\n{}", wrong.join("\n"));
}

impl Case {
    /// What is wrong with what becomes of the call, if anything is.
    fn wrong(&self) -> Option<String> {
        let Self {
            tool,
            arguments,
            member,
            notes,
        } = self;
        let (body, told) = match sent(tool, arguments.clone()) {
            Ok(sent) => sent,
            Err(refusal) => return Some(refusal),
        };
        // Of the names that the tool and the API have for it, one is the caller's.
        let given = arguments
            .get(member)
            .or_else(|| arguments.get("deployment_config"))
            .unwrap();
        if !holds(&body[member], given) {
            return Some(format!("{tool}: {given} became {}", body[member]));
        }
        let is_told = |start: &String| told.iter().any(|note| note.starts_with(start));
        let fits = told.len() == notes.len() && notes.iter().all(is_told);
        (!fits).then(|| format!("{tool} {arguments}\n  notes {told:#?}\n  not {notes:#?}"))
    }
}

#[test]
fn a_word_of_portkeys_that_looks_like_a_slip_is_noted_with_the_one_that_was_meant() {
    for (tool, arguments, expected) in [
        (
            "update_config",
            json!({ "slug": "c", "status": "activ" }),
            "`status`: `activ` is not known here and passed on as it is; did you mean `active`?",
        ),
        (
            "update_user",
            json!({ "user_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "role": "admn" }),
            "`role`: `admn` is not known here and passed on as it is; did you mean `admin`?",
        ),
        (
            "create_config",
            json!({ "name": "c", "strategy_mode": "fallbak", "targets": [{ "provider": "@a" }] }),
            "`strategy_mode`: `fallbak` is not known here and passed on as it is; did you mean `fallback`?",
        ),
    ] {
        let operation = operation(tool).unwrap();
        let arguments = arguments.as_object().unwrap().clone();
        let parsed = parse_arguments(&operation.declaration, arguments).unwrap();
        let notes = parsed.notes.iter().map(ToString::to_string);
        assert_eq!(notes.collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn an_empty_config_is_refused_because_its_content_was_lost() {
    let refusal = sent("create_config", json!({ "name": "c", "config": {} })).unwrap_err();
    assert!(refusal.contains("does nothing yet"), "{refusal}");
    let refusal = sent("update_config", json!({ "slug": "c", "config": {} })).unwrap_err();
    assert!(refusal.contains("nothing to change"), "{refusal}");
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
fn a_slip_in_a_limit_is_refused_and_a_new_member_passed_on() {
    let limits = |name: &str| json!({ "name": "w", "usage_limits": [{ (name): 5 }] });
    let refusal = sent("create_workspace", limits("credit_limt")).unwrap_err();
    assert!(
        refusal.contains(
            "`usage_limits[0].credit_limt`: unknown argument; did you mean `credit_limit`?"
        ),
        "{refusal}"
    );
    for name in ["credit", "periodic_reset_hours"] {
        let (body, notes) = sent("create_workspace", limits(name)).unwrap();
        assert_eq!(body["usage_limits"][0][name], json!(5));
        assert!(
            notes[0].contains("not known here and passed on"),
            "{notes:?}"
        );
    }
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
    let understood = parse_arguments(&operation.declaration, arguments)
        .map_err(|refusal| refusal.to_string())?;
    let notes = understood.notes.iter().map(ToString::to_string).collect();
    let request = operation
        .request(understood.arguments)
        .map_err(|refusal| refusal.to_string())?;
    Ok((request.body.unwrap_or_default(), notes))
}
