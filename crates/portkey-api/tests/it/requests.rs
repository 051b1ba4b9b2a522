//! What each tool puts on the wire.

use std::fmt::Write as _;

use portkey_api::{
    Argument, Base, DOMAINS, JsonObject, Location, Operation, operation, parse_arguments,
};
use serde_json::{Value, json};

#[test]
fn requests_are_as_reviewed() {
    for domain in DOMAINS {
        let mut text = String::new();
        for operation in domain.operations {
            let name = operation.declaration.name;
            for (how, arguments) in [
                ("least", portkey_examples::least(operation)),
                ("most", portkey_examples::most(operation)),
            ] {
                let request = request(operation, arguments);
                _ = writeln!(text, "## {name}, {how}\n{request}\n");
            }
        }
        insta::assert_snapshot!(format!("requests_{}", domain.name()), text);
    }
}

#[test]
fn tools_are_as_reviewed() {
    for domain in DOMAINS {
        let tools: Vec<_> = domain.operations.iter().map(tool).collect();
        insta::assert_json_snapshot!(format!("tools_{}", domain.name()), tools);
    }
}

#[test]
fn plain_arguments_become_parts_of_the_body() {
    let request = sent(
        "create_config",
        json!({
            "name": "c", "is_default": true, "cache_mode": "simple", "cache_max_age": 60,
            "retry_attempts": 3, "retry_on_status_codes": [429], "strategy_mode": "fallback",
            "targets": [{ "provider": "@a" }, { "virtual_key": "b" }],
        }),
    );
    assert_eq!(
        request,
        json!({
            "name": "c",
            "config": {
                "cache": { "mode": "simple", "max_age": 60 },
                "retry": { "attempts": 3, "on_status_codes": [429] },
                "strategy": { "mode": "fallback" },
                "targets": [{ "provider": "@a" }, { "virtual_key": "b" }],
            },
        })
    );
}

#[test]
fn an_operation_that_takes_no_body_sends_none() {
    for name in [
        "resend_user_invite",
        "start_log_export",
        "cancel_log_export",
        "test_mcp_server",
    ] {
        let operation = operation(name).unwrap();
        assert_eq!(
            request(operation, portkey_examples::most(operation)).body,
            None,
            "{name}"
        );
    }
    for operation in portkey_api::operations() {
        let takes =
            |argument: &Argument| matches!(argument.location, Location::Body(_) | Location::Spread);
        let takes_one = operation.declaration.arguments.iter().any(takes);
        let sent = request(operation, portkey_examples::most(operation)).body;
        assert_eq!(sent.is_some(), takes_one, "{}", operation.declaration.name);
    }
}

#[test]
fn limits_have_a_plain_spelling() {
    let arguments = json!({
        "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "credit_limit": 50, "alert_threshold": 40, "rate_limit_rpm": 100,
    });
    assert_eq!(
        sent("update_api_key", arguments),
        json!({
            "usage_limits": { "credit_limit": 50, "alert_threshold": 40 },
            "rate_limits": [{ "type": "requests", "unit": "rpm", "value": 100 }],
        })
    );
}

#[test]
fn what_is_to_be_cleared_travels_as_null() {
    let arguments = json!({
        "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "name": null, "clear": ["usage_limits", "expires_at", "default_config_id"],
    });
    assert_eq!(
        sent("update_api_key", arguments),
        json!({ "usage_limits": null, "defaults": { "config_id": null }, "expires_at": null })
    );
}

#[test]
fn messages_travel_as_text() {
    let arguments = json!({
        "prompt_id": "p", "messages": [{ "role": "user", "content": "Hi {{name}}" }],
    });
    assert_eq!(
        sent("update_prompt", arguments),
        json!({ "string": r#"[{"role":"user","content":"Hi {{name}}"}]"#, "patch": true })
    );
    let replaced = json!({ "prompt_id": "p", "name": "n", "patch": false });
    assert_eq!(
        sent("update_prompt", replaced),
        json!({ "name": "n", "patch": false })
    );
}

#[test]
fn completions_go_to_the_gateway_in_one_piece() {
    let operation = operation("run_prompt_completion").unwrap();
    let request = request(
        operation,
        object(json!({
            "prompt_id": "greeting@12", "variables": { "name": "Ada" },
            "metadata": { "client": "Café" }, "hyperparameters": { "temperature": 0.2 },
        })),
    );
    assert_eq!(request.base, Base::Gateway);
    assert_eq!(request.target, "/prompts/greeting@12/completions");
    assert_eq!(
        request.headers,
        [("x-portkey-metadata", r#"{"client":"Caf\u00e9"}"#.to_owned())]
    );
    assert_eq!(
        request.body.unwrap(),
        json!({ "variables": { "name": "Ada" }, "temperature": 0.2, "stream": false })
    );
}

#[test]
fn paths_and_queries_are_encoded() {
    let request = request(
        operation("list_collections").unwrap(),
        object(json!({ "workspace_id": "a/b", "search": "x&y=z" })),
    );
    assert_eq!(
        request.target,
        "/collections?workspace_id=a%2Fb&search=x%26y%3Dz"
    );
}

#[test]
fn lists_and_objects_filter_analytics() {
    let request = request(
        operation("get_user_stats").unwrap(),
        object(json!({
            "time_of_generation_min": "2026-01-01T00:00:00Z", "time_of_generation_max": "2026-02-01T00:00:00Z",
            "status_codes": [429, 500], "provider_models": ["openai__gpt-4o"],
            "metadata": "{\"env\":\"prod\"}", "page_size": 5,
        })),
    );
    assert_eq!(
        request.target,
        "/analytics/groups/users?time_of_generation_min=2026-01-01T00%3A00%3A00Z\
         &time_of_generation_max=2026-02-01T00%3A00%3A00Z&ai_org_model=openai__gpt-4o\
         &metadata=%7B%22env%22%3A%22prod%22%7D&status_code=429%2C500&page_size=5"
    );
}

#[test]
fn several_logs_travel_as_a_list() {
    let log = json!({ "request": { "url": "u", "body": {} }, "response": { "body": {} } });
    assert_eq!(sent("insert_log", json!({ "logs": [log] })), json!([log]));
    let one = json!({
        "request_url": "u", "request_body": {}, "response_body": {}, "streaming_mode": true,
        "metadata_custom": { "team": "x" }, "metadata_trace_id": "t",
    });
    assert_eq!(
        sent("insert_log", one),
        json!({
            "request": { "url": "u", "body": {} },
            "response": { "body": {}, "streamingMode": true },
            "metadata": { "team": "x", "traceId": "t" },
        })
    );
    let feedback = json!([{ "trace_id": "t", "value": 5 }]);
    assert_eq!(
        sent("create_feedback", json!({ "feedback": feedback })),
        feedback
    );
}

#[test]
fn changed_filters_of_an_export_keep_the_others() {
    let arguments = json!({
        "export_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "filters": { "cost_min": 1, "ai_model": "a" }, "models": ["b", "c"],
    });
    assert_eq!(
        sent("update_log_export", arguments),
        json!({ "filters": { "cost_min": 1, "ai_model": "b,c" } })
    );
}

fn tool(operation: &Operation) -> Value {
    let declaration = &operation.declaration;
    json!({
        "name": declaration.name,
        "title": declaration.title,
        "description": declaration.description,
        "inputSchema": declaration.input_schema(),
    })
}

fn sent(name: &str, arguments: Value) -> Value {
    request(operation(name).unwrap(), object(arguments))
        .body
        .unwrap()
}

fn request(operation: &Operation, arguments: JsonObject) -> portkey_api::Request {
    parse_arguments(&operation.declaration, arguments)
        .and_then(|understood| operation.request(understood.arguments))
        .unwrap_or_else(|error| panic!("{error}"))
}

fn object(value: Value) -> JsonObject {
    serde_json::from_value(value).unwrap()
}
