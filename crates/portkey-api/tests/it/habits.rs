//! What clients, models and people are used to write is taken as what they mean by it, and said where that may surprise.

use portkey_api::{JsonObject, ParsedArguments, operation, operations, parse_arguments};
use portkey_testing::outside;
use serde_json::{Value, json};

use crate::facts;

#[test]
fn what_hosts_add_is_left_out_with_a_note() {
    let cases = [
        ("list_workspaces", json!({ "toolCallId": "c", "tool": "x" })),
        (
            "list_workspaces",
            json!({ "sessionId": "s", "action": "sendMessage", "chatInput": "hi" }),
        ),
        ("get_organisation_defaults", json!({ "_": "" })),
        ("get_organisation_defaults", json!({ "random_string": "a" })),
        (
            "list_configs",
            json!({ "_meta": {}, "tool_call_id": "1", "task_progress": "- [ ] a" }),
        ),
    ];
    for (tool, arguments) in cases {
        let added = arguments.as_object().unwrap().len();
        let (read, notes) = read(tool, arguments);
        assert_eq!(read, json!({}), "{tool}");
        assert_eq!(notes.len(), added, "{notes:?}");
        assert!(notes[0].contains("added by the client"), "{notes:?}");
    }
}

#[test]
fn an_argument_of_the_tool_is_not_taken_for_an_addition() {
    let (read, notes) = read(
        "list_audit_logs",
        json!({ "action": "create", "organisation_id": "o", "start_time": "2026-01-01T00:00:00Z",
            "end_time": "2026-01-02T00:00:00Z" }),
    );
    assert_eq!(read["action"], "create");
    assert!(notes.is_empty(), "{notes:?}");
    let refusal = refused(
        "create_guardrail",
        json!({ "name": "g", "checks": [{ "id": "default.jwt" }], "action": { "deny": true } }),
    );
    assert!(
        refusal.contains("`action`: unknown argument; did you mean `actions`?"),
        "{refusal}"
    );
    assert!(refused("list_workspaces", json!({ "sesion": "s" })).contains("unknown argument"));
}

#[test]
fn one_value_and_a_list_of_it_are_the_same() {
    let key = |scopes: Value| json!({ "type": "workspace", "sub_type": "service", "name": "k", "scopes": scopes });
    let cases = [
        (
            "create_api_key",
            key(json!("logs.view")),
            "/scopes",
            json!(["logs.view"]),
        ),
        (
            "create_api_key",
            key(json!("logs.view, logs.export")),
            "/scopes",
            json!(["logs.view", "logs.export"]),
        ),
        (
            "create_api_key",
            key(json!("[\"logs.view\"]")),
            "/scopes",
            json!(["logs.view"]),
        ),
        (
            "create_workspace",
            json!({ "name": "w", "usage_limits": { "credit_limit": "5" } }),
            "/usage_limits",
            json!([{ "credit_limit": 5 }]),
        ),
        (
            "create_workspace",
            json!({ "name": "w", "usage_limits": "{\"credit_limit\": 5}" }),
            "/usage_limits",
            json!([{ "credit_limit": 5 }]),
        ),
        (
            "update_api_key",
            json!({ "id": "k", "usage_limits": [{ "credit_limit": 5 }] }),
            "/usage_limits",
            json!({ "credit_limit": 5 }),
        ),
        (
            "create_usage_limit",
            json!({ "name": "l", "type": "cost", "credit_limit": 1, "group_by": "api_key",
                "conditions": { "key": "api_key", "value": "k" } }),
            "/group_by",
            json!(["api_key"]),
        ),
        ("get_config", json!({ "slug": ["c"] }), "/slug", json!("c")),
        (
            "create_config",
            json!({ "name": "c", "retry_attempts": 2, "retry_on_status_codes": "429,500" }),
            "/retry_on_status_codes",
            json!([429, 500]),
        ),
        (
            "create_log_export",
            json!({ "requested_fields": "id,cost", "status_code": [200, 500] }),
            "/requested_fields",
            json!(["id", "cost"]),
        ),
        (
            "create_log_export",
            json!({ "requested_fields": "id", "status_code": [200, 500] }),
            "/status_code",
            json!("200,500"),
        ),
    ];
    for (tool, arguments, place, expected) in cases {
        let (read, _) = read(tool, arguments);
        assert_eq!(read.pointer(place), Some(&expected), "{tool}");
    }
}

#[test]
fn a_list_of_several_is_not_one_and_a_sentence_is_not_several() {
    let refusal = refused("get_config", json!({ "slug": ["a", "b"] }));
    assert!(refusal.contains("expected text, got a list"), "{refusal}");
    let (read, _) = read(
        "create_workspace",
        json!({ "name": "w", "users": "Ada Lovelace, Countess" }),
    );
    assert_eq!(read["users"], json!(["Ada Lovelace, Countess"]));
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn the_words_of_the_api_and_the_usual_ones_are_understood() {
    let cases = [
        (
            "get_workspace",
            json!({ "id": "w" }),
            json!({ "workspace_id": "w" }),
        ),
        (
            "get_workspace",
            json!({ "slug": "w" }),
            json!({ "workspace_id": "w" }),
        ),
        (
            "get_workspace",
            json!({ "workspace": "w" }),
            json!({ "workspace_id": "w" }),
        ),
        (
            "get_workspace",
            json!({ "workspace_slug": "w" }),
            json!({ "workspace_id": "w" }),
        ),
        ("get_config", json!({ "id": "c" }), json!({ "slug": "c" })),
        (
            "get_config",
            json!({ "config": "c" }),
            json!({ "slug": "c" }),
        ),
        (
            "get_api_key",
            json!({ "apiKeyId": "k" }),
            json!({ "id": "k" }),
        ),
        (
            "get_prompt",
            json!({ "id": "p" }),
            json!({ "prompt_id": "p" }),
        ),
        ("get_user", json!({ "id": "u" }), json!({ "user_id": "u" })),
        ("get_log", json!({ "id": "l" }), json!({ "log_id": "l" })),
        (
            "get_log_export",
            json!({ "id": "l" }),
            json!({ "export_id": "l" }),
        ),
        (
            "update_workspace_member",
            json!({ "workspace_id": "w", "id": "u", "role": "admin" }),
            json!({ "workspace_id": "w", "user_id": "u", "role": "admin" }),
        ),
        (
            "list_configs",
            json!({ "workspace": "w" }),
            json!({ "workspace_id": "w" }),
        ),
        (
            "list_configs",
            json!({ "page": 1 }),
            json!({ "current_page": 1 }),
        ),
        (
            "list_configs",
            json!({ "pageSize": 5, "currentPage": 0 }),
            json!({ "page_size": 5, "current_page": 0 }),
        ),
        (
            "list_configs",
            json!({ "limit": 5 }),
            json!({ "page_size": 5 }),
        ),
        (
            "get_cost_analytics",
            json!({ "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "workspace_id": "w" }),
            json!({ "time_of_generation_min": "2026-01-01T00:00:00Z",
                "time_of_generation_max": "2026-01-02T00:00:00Z", "workspace_slug": "w" }),
        ),
        (
            "list_audit_logs",
            json!({ "organization_id": "o", "since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z" }),
            json!({ "organisation_id": "o", "start_time": "2026-01-01T00:00:00Z",
                "end_time": "2026-01-02T00:00:00Z" }),
        ),
        (
            "create_api_key",
            json!({ "type": "workspace", "sub_type": "service", "name": "k", "scopes": ["logs.view"],
                "defaults": { "config_id": "c", "metadata": { "team": "x" } } }),
            json!({ "type": "workspace", "sub_type": "service", "name": "k", "scopes": ["logs.view"],
                "default_config_id": "c", "default_metadata": { "team": "x" } }),
        ),
        (
            "create_api_key",
            json!({ "type": "workspace", "sub_type": "service", "name": "k", "scopes": ["logs.view"],
                "metadata": { "team": "x" }, "config_id": "c", "expiry": "2027-01-01T00:00:00Z" }),
            json!({ "type": "workspace", "sub_type": "service", "name": "k", "scopes": ["logs.view"],
                "default_metadata": { "team": "x" }, "default_config_id": "c", "expires_at": "2027-01-01T00:00:00Z" }),
        ),
        (
            "create_workspace",
            json!({ "name": "w", "defaults": { "metadata": { "a": "b" } } }),
            json!({ "name": "w", "metadata": { "a": "b" } }),
        ),
        (
            "create_log_export",
            json!({ "requested_data": ["id"], "filters": { "time_of_generation_min": "2026-01-01T00:00:00Z",
                "time_of_generation_max": "2026-01-02T00:00:00Z", "cost_min": 1 } }),
            json!({ "requested_fields": ["id"], "time_min": "2026-01-01T00:00:00Z",
                "time_max": "2026-01-02T00:00:00Z", "cost_min": 1 }),
        ),
    ];
    for (tool, arguments, expected) in cases {
        assert_eq!(read(tool, arguments).0, expected, "{tool}");
    }
    let (_, notes) = read("list_configs", json!({ "page": 1 }));
    assert!(notes[0].contains("counts from 0"), "{notes:?}");
}

#[test]
fn a_name_that_could_mean_two_things_or_comes_twice_is_refused() {
    let refusal = refused("get_workspace", json!({ "workspace_id": "a", "slug": "b" }));
    assert!(refusal.contains("given twice, also as `slug`"), "{refusal}");
    let refusal = refused(
        "create_api_key",
        json!({ "type": "workspace", "sub_type": "service", "name": "k", "scopes": ["logs.view"], "defaults": { "confg": 1 } }),
    );
    assert!(
        refusal.contains("`defaults.confg`: unknown argument"),
        "{refusal}"
    );
}

#[test]
fn no_synonym_takes_a_name_that_is_declared() {
    for operation in operations() {
        let declaration = &operation.declaration;
        let mut seen = std::collections::HashSet::new();
        for (name, _) in declaration.synonyms() {
            assert!(
                declaration.argument(&name).is_none(),
                "{}",
                declaration.name
            );
            assert!(seen.insert(name.clone()), "{}: {name}", declaration.name);
        }
    }
}

#[test]
fn every_name_of_the_api_is_understood() {
    let Some(folder) = outside("PORTKEY_FACTS", "a folder that has `operations.json`") else {
        return;
    };
    let known = facts::read(&folder.join("operations.json"));
    let mut missing = Vec::new();
    for operation in operations() {
        let Some(fact) = known
            .as_array()
            .unwrap()
            .iter()
            .find(|f| facts::is_same_route(operation, f))
        else {
            continue;
        };
        let declaration = &operation.declaration;
        let query = fact["query"].as_array().into_iter().flatten();
        let body = fact["body"]["properties"].as_object().into_iter().flatten();
        let names = query
            .map(|q| q["name"].as_str().unwrap())
            .chain(body.map(|(name, _)| name.as_str()));
        for name in names {
            let arguments = JsonObject::from_iter([(name.to_owned(), json!({}))]);
            let refusal = parse_arguments(declaration, arguments)
                .err()
                .map(|refusal| refusal.to_string());
            let unknown = format!("`{name}`: unknown argument");
            if refusal.is_some_and(|refusal| refusal.contains(&unknown)) {
                missing.push(format!("{}.{name}", declaration.name));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn words_for_nothing_and_zeros_that_are_too_little_count_as_left_out() {
    let cases = [
        ("list_configs", json!({ "page_size": 0 })),
        ("list_configs", json!({ "page_size": "0" })),
        (
            "list_configs",
            json!({ "page_size": "null", "workspace_id": "None" }),
        ),
        ("list_workspaces", json!({ "status": "undefined" })),
        ("list_prompts", json!({ "collection_id": "null" })),
    ];
    for (tool, arguments) in cases {
        let given = arguments.as_object().unwrap().len();
        let (read, notes) = read(tool, arguments);
        assert_eq!(read, json!({}), "{tool}");
        assert_eq!(notes.len(), given, "{notes:?}");
    }
    let (read, notes) = read(
        "update_api_key",
        json!({ "id": "k", "name": "null", "expires_at": "null" }),
    );
    assert_eq!(read, json!({ "id": "k", "name": "null" }));
    assert_eq!(notes, ["`expires_at`: `null` is taken as left out"]);
}

#[test]
fn a_rate_of_zero_is_not_taken_for_no_limit() {
    let (arguments, notes) = read("update_rate_limit", json!({ "id": "r", "value": 0 }));
    assert_eq!(arguments, json!({ "id": "r", "value": 0 }));
    assert!(
        notes[0].contains("no request comes within a limit of 0"),
        "{notes:?}"
    );
    let refusal = refused("get_config", json!({ "slug": "null", "x": 1 }));
    assert!(!refusal.contains("left out"), "{refusal}");
}

pub(crate) fn read(tool: &str, arguments: Value) -> (Value, Vec<String>) {
    let ParsedArguments { arguments, notes } =
        parse_arguments(&operation(tool).unwrap().declaration, object(arguments))
            .unwrap_or_else(|refusal| panic!("{refusal}"));
    let notes = notes.iter().map(ToString::to_string).collect();
    (Value::Object(arguments), notes)
}

pub(crate) fn refused(tool: &str, arguments: Value) -> String {
    let operation = operation(tool).unwrap();
    parse_arguments(&operation.declaration, object(arguments))
        .unwrap_err()
        .to_string()
}

pub(crate) fn object(value: Value) -> JsonObject {
    serde_json::from_value(value).unwrap()
}
