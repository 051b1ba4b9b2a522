//! What counts as not given, and what is cleared.

use portkey_api::{Declaration, Effect, JsonObject, operation, operations, parse_arguments};
use serde_json::{Value, json};

fn object(value: Value) -> JsonObject {
    serde_json::from_value(value).unwrap()
}

fn declaration(tool: &str) -> &'static Declaration {
    &operation(tool).unwrap().declaration
}

/// The arguments as they were read, and what is noted of that.
fn read(tool: &str, arguments: Value) -> (Value, String) {
    let understood = parse_arguments(declaration(tool), object(arguments)).unwrap();
    let notes = understood.notes.iter().map(ToString::to_string);
    (
        Value::Object(understood.arguments),
        notes.collect::<Vec<_>>().join("\n"),
    )
}

fn refused(tool: &str, arguments: Value) -> String {
    let refusal = parse_arguments(declaration(tool), object(arguments)).unwrap_err();
    refusal.to_string()
}

#[test]
fn what_a_strict_client_fills_in_changes_nothing() {
    let filled = json!({
        "id": "k", "name": "renamed", "description": null, "scopes": [], "usage_limits": null, "rate_limits": {},
        "expires_at": "", "alert_emails": null, "rotation_policy": null, "default_config_id": null,
        "default_metadata": {}, "credit_limit": null, "clear": null,
    });
    let (arguments, notes) = read("update_api_key", filled);
    assert_eq!(arguments, json!({ "id": "k", "name": "renamed" }));
    for field in ["usage_limits", "expires_at", "scopes", "default_metadata"] {
        assert!(notes.contains(field), "{notes}");
    }
    assert!(notes.contains("clear: [\""), "{notes}");
    assert!(
        !notes.contains("credit_limit"),
        "null never cleared it: {notes}"
    );
}

/// Whatever an update takes, null and what is empty change nothing of it.
#[test]
fn no_update_loses_anything_by_a_null() {
    let updates = operations().filter(|one| one.declaration.effect == Effect::Update);
    for operation in updates {
        let least = portkey_examples::least(operation);
        let declaration = &operation.declaration;
        let plain = parse_arguments(declaration, least.clone())
            .unwrap()
            .arguments;
        for empty in [json!(null), json!(""), json!([]), json!({})] {
            let mut filled = least.clone();
            for argument in declaration.arguments {
                let is_optional = !declaration.requires(argument.name);
                if is_optional && !least.contains_key(argument.name) {
                    filled.insert(argument.name.to_owned(), empty.clone());
                }
            }
            let read = parse_arguments(declaration, filled);
            let read = read.unwrap_or_else(|refusal| panic!("{empty}: {refusal}"));
            assert_eq!(read.arguments, plain, "{} {empty}", declaration.name);
        }
    }
}

#[test]
fn what_is_named_is_emptied_by_what_empties_it() {
    let clear = json!(["usage_limits", "description", "default-metadata"]);
    let (arguments, notes) = read("update_api_key", json!({ "id": "k", "clear": clear }));
    let wanted = json!({
        "id": "k", "usage_limits": null, "description": "", "default_metadata": {},
    });
    assert_eq!(arguments, wanted);
    assert_eq!(notes, "");
    for text in [
        "usage_limits, expires_at",
        "[\"usage_limits\", \"expires_at\"]",
    ] {
        let (arguments, _) = read("update_api_key", json!({ "id": "k", "clear": text }));
        assert_eq!(arguments["expires_at"], json!(null));
    }
}

#[test]
fn what_cannot_be_cleared_is_refused_with_what_can() {
    for (clear, expected) in [
        (json!(["usage_limit"]), "did you mean `usage_limits`?"),
        (json!(["zzz"]), "what can: "),
        (json!(["id"]), "`id` cannot be cleared"),
        (json!(["reset_usage"]), "`reset_usage` cannot be cleared"),
        (json!([1]), "expected a list of names"),
        (json!(7), "expected a list of names"),
    ] {
        let refusal = refused("update_api_key", json!({ "id": "k", "clear": clear }));
        assert!(refusal.contains(expected), "{refusal}");
    }
    let both = json!({ "id": "k", "clear": ["description"], "description": "d" });
    assert!(refused("update_api_key", both).contains("do one of both"));
    let create = json!({ "name": "w", "clear": ["description"] });
    assert!(refused("create_workspace", create).contains("`clear`: unknown argument"));
}

#[test]
fn entries_of_lists_are_cleared_one_by_one() {
    let workspaces = json!([
        { "id": "a", "enabled": true, "usage_limits": null },
        { "id": "b", "enabled": true, "clear": ["usage_limits"] },
    ]);
    let given = json!({ "slug": "i", "workspaces": workspaces });
    let (arguments, notes) = read("update_integration_workspaces", given);
    let wanted = json!([
        { "id": "a", "enabled": true },
        { "id": "b", "enabled": true, "usage_limits": null },
    ]);
    assert_eq!(arguments["workspaces"], wanted);
    assert!(notes.contains("`workspaces[0]`"), "{notes}");
    let unprotected =
        declaration("update_integration_workspaces").unprotected(arguments.as_object().unwrap());
    assert_eq!(unprotected, ["workspaces[1].usage_limits"]);
}

#[test]
fn what_takes_a_protection_away_is_known() {
    for (tool, field) in [
        ("update_api_key", "usage_limits"),
        ("update_api_key", "rate_limits"),
        ("update_api_key", "expires_at"),
        ("update_workspace", "usage_limits"),
        ("update_workspace", "rate_limits"),
        ("update_workspace", "input_guardrails"),
        ("update_workspace", "output_guardrails"),
        ("update_organisation_defaults", "input_guardrails"),
        ("update_provider", "expires_at"),
    ] {
        let declaration = declaration(tool);
        assert!(declaration.can_unprotect(), "{tool}");
        let mut arguments = portkey_examples::least(operation(tool).unwrap());
        arguments.shift_remove(field);
        arguments.insert("clear".to_owned(), json!([field]));
        let arguments = parse_arguments(declaration, arguments).unwrap().arguments;
        assert_eq!(declaration.unprotected(&arguments), [field], "{tool}");
    }
    let harmless = object(json!({ "id": "k", "clear": ["description"] }));
    let declaration = declaration("update_api_key");
    let harmless = parse_arguments(declaration, harmless).unwrap().arguments;
    assert!(declaration.unprotected(&harmless).is_empty());
}

#[test]
fn filters_that_are_empty_are_none() {
    let (arguments, notes) = read("list_integrations", json!({ "tags": {}, "type": "" }));
    assert_eq!((arguments, notes), (json!({}), String::new()));
    let (arguments, _) = read("list_workspaces", json!({ "status": "" }));
    assert_eq!(arguments, json!({}));
    let made = json!({ "workspace_id": "", "name": "n", "config": { "retry": { "attempts": 1 } } });
    let (arguments, _) = read("create_config", made);
    assert!(arguments.get("workspace_id").is_none());
}
