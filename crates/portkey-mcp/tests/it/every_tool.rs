//! Every tool of the catalog is called: with no more than it asks for, with all it takes, and with the arguments
//! that exclude others.

use std::collections::BTreeSet;

use portkey_api::{Base, Effect, JsonObject, Operation, parse_arguments};
use portkey_workflows::WORKFLOWS;
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{any, path},
};

use crate::process::Wire;

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_sends_what_it_declares() {
    let portkey = MockServer::start().await;
    let mut wire = on(&portkey);
    let mut faults = Vec::new();
    for operation in portkey_api::operations() {
        for arguments in portkey_examples::every(operation) {
            faults.extend(sent_otherwise(&portkey, &mut wire, operation, arguments).await);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Calls the operation, and says so if that fails or its request does not arrive.
async fn sent_otherwise(
    portkey: &MockServer,
    wire: &mut Wire,
    operation: &Operation,
    mut arguments: JsonObject,
) -> Option<String> {
    if let Some(dry_run) = arguments.get_mut("dry_run") {
        *dry_run = false.into();
    }
    let wanted = declared(operation, arguments.clone());
    if operation.declaration.effect == Effect::Create || operation.fresh.is_some() {
        // Nothing of it is stored, which reading it would take time to find out.
        arguments.insert("return_object".to_owned(), false.into());
    }
    portkey.reset().await;
    oblige(portkey).await;
    let tool = operation.declaration.name;
    let result = wire.call(tool, Value::Object(arguments.clone()));
    let sent = portkey.received_requests().await.unwrap();
    let sent: Vec<_> = sent.iter().map(method_and_path).collect();
    if result["isError"] != true && sent.contains(&wanted) {
        return None;
    }
    let text = &result["content"][0]["text"];
    let arguments = Value::Object(arguments);
    Some(format!(
        "{tool} {arguments}\n  wanted {wanted}, sent {sent:?}\n  {text}"
    ))
}

fn method_and_path(request: &Request) -> String {
    format!("{} {}", request.method, request.url.path())
}

/// The request that the declaration makes of these arguments.
fn declared(operation: &Operation, arguments: JsonObject) -> String {
    let request = parse_arguments(&operation.declaration, arguments)
        .and_then(|understood| operation.request(understood.arguments))
        .unwrap_or_else(|error| panic!("{error}"));
    let base = match operation.base {
        Base::Control | Base::Gateway => "/v1",
        Base::V2 => "/v2",
        Base::Public => "",
        Base::McpRegistry => "/v0.1",
        Base::AirsControl => "/ai_gw/v2",
        Base::AirsAdmin => "/ai_gw/admin/v2",
    };
    let path = request.target.split('?').next().unwrap();
    format!("{} {base}{path}", request.method)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_workflow_takes_what_its_schema_allows() {
    let portkey = MockServer::start().await;
    oblige(&portkey).await;
    let mut wire = on(&portkey);
    for composed in WORKFLOWS {
        let declaration = &composed.workflow.declaration;
        let schema = declaration.input_schema();
        let calls = calls(declaration.name);
        assert!(!calls.is_empty(), "no calls of {}", declaration.name);
        let mut given = BTreeSet::new();
        for arguments in calls {
            given.extend(arguments.as_object().unwrap().keys().cloned());
            let arguments = with_a_change(&mut wire, arguments);
            wire.answer(declaration.name, arguments);
        }
        let taken = schema["properties"].as_object().unwrap().keys();
        // What it takes are arguments of their own, which each call may give.
        let taken = taken.filter(|name| *name != "more_arguments");
        let taken: BTreeSet<_> = taken.cloned().collect();
        // Those that are hidden may be given too.
        let never: Vec<_> = taken.difference(&given).collect();
        assert!(never.is_empty(), "{}: {never:?}", declaration.name);
    }
}

/// Calls that together give every argument, the first with no more than the workflow asks for.
pub(crate) fn calls(workflow: &str) -> Vec<Value> {
    let prompt = json!({
        "name": "n", "app": "a", "env": "e", "collection_id": "c", "parameters": {}, "virtual_key": "k",
        "string": "Hello",
    });
    let messages = [json!({ "role": "user", "content": "Hello" })];
    let period = json!({
        "time_of_generation_min": "2026-01-01T00:00:00Z", "time_of_generation_max": "2026-01-02T00:00:00Z",
    });
    match workflow {
        "migrate_prompt" => vec![
            prompt.clone(),
            with(
                &prompt,
                json!({
                    "model": "m", "version_description": "d", "template_metadata": {}, "functions": [], "tools": [],
                    "tool_choice": "auto", "publish": true, "dry_run": false,
                }),
            ),
            with(&without(&prompt, "string"), json!({ "messages": messages })),
        ],
        "promote_prompt" => {
            let least = json!({ "source_prompt_id": "p", "target_collection_id": "c", "target_env": "prod" });
            let more = json!({
                "target_name": "n", "virtual_key": "k", "source_version": "2", "publish": true, "dry_run": false,
            });
            vec![least.clone(), with(&least, more)]
        }
        "diff_prompt_versions" => vec![
            json!({ "prompt_id": "p", "from": "1", "to": "2" }),
            json!({ "prompt_id": "p", "from": "1" }),
        ],
        "validate_completion_metadata" => vec![
            json!({}),
            json!({ "client_id": "c", "app": "a", "env": "prod", "project_id": "p", "feature": "f" }),
        ],
        "get_analytics_summary" => vec![
            period.clone(),
            with(
                &period,
                json!({
                    "workspace_slug": "w", "ai_org_model": "openai__gpt-4o", "metadata": { "env": "prod" },
                    "status_code": "200", "virtual_keys": "k", "sections": ["cost"],
                }),
            ),
        ],
        "query_analytics" => vec![
            period.clone(),
            with(
                &period,
                json!({
                    "metrics": ["cost", "users"], "group_by": ["metadata", "month"], "metadata_key": "app", "top": 3,
                    "compare": "previous", "ai_org_model": "openai__gpt-4o", "status_code": "200",
                    "workspace_slug": "w", "virtual_keys": "k", "metadata": { "env": "prod" },
                }),
            ),
            with(
                &period,
                json!({
                    "compare_from": "2026-01-01T00:00:00Z",
                }),
            ),
        ],
        "list_traces" => vec![
            period.clone(),
            with(
                &period,
                json!({
                    "workspace_id": "w", "trace_id": "t", "search": "s", "current_page": 0, "page_size": 5,
                    "timeout_s": 5, "dry_run": false,
                }),
            ),
        ],
        "list_key_scopes" | "list_guardrail_checks" | "list_ai_providers" => {
            vec![json!({}), json!({ "search": "a" })]
        }
        "find_references" => vec![json!({ "kind": "config", "id": "pc-1" })],
        "get_trace" => vec![
            json!({ "id": "l" }),
            json!({ "id": "l", "path_format": "v2", "created_at": "2026-01-01T00:00:00Z", "type": "hooks" }),
            with(
                &period,
                json!({ "trace_id": "t", "workspace_id": "w", "dry_run": false }),
            ),
        ],
        "whoami" => vec![json!({}), json!({ "scopes": false })],
        "list_changes" => vec![
            json!({}),
            json!({
                "tool": "update_config", "target": "pc-", "since": "2026-01-01T00:00:00Z", "everybody": true, "most": 5,
            }),
        ],
        "undo_change" => vec![
            json!({ "change_id": "latest" }),
            json!({ "change_id": "latest", "force": true, "dry_run": false }),
        ],
        _ => Vec::new(),
    }
}

/// An undo needs a change to undo.
pub(crate) fn with_a_change(wire: &mut Wire, mut arguments: Value) -> Value {
    if arguments["change_id"] == "latest" {
        wire.answer(
            "update_workspace",
            json!({ "workspace_id": "w", "name": "n" }),
        );
        let changes = wire.answer("list_changes", json!({ "most": 1 }));
        arguments["change_id"] = changes["data"][0]["id"].clone();
    }
    arguments
}

fn with(arguments: &Value, more: Value) -> Value {
    let mut all = arguments.as_object().unwrap().clone();
    all.extend(more.as_object().unwrap().clone());
    Value::Object(all)
}

fn without(arguments: &Value, name: &str) -> Value {
    let mut fewer = arguments.as_object().unwrap().clone();
    fewer.remove(name);
    Value::Object(fewer)
}

/// Takes everything; the one answer has what some workflow reads on.
pub(crate) async fn oblige(portkey: &MockServer) {
    let answer = json!({
        "object": "list", "total": 0, "data": [],
        "id": "some-id", "slug": "some-slug", "name": "some-name", "version_id": "some-version",
        "virtual_key": "some-key", "status": "success", "config": {},
        "signed_url": format!("{}/file", portkey.uri()),
    });
    let keys = json!({ "object": "list", "total": 1, "data": [{ "organisation_id": "some-id" }] });
    Mock::given(path("/v1/api-keys"))
        .respond_with(ResponseTemplate::new(200).set_body_json(keys))
        .mount(portkey)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(portkey)
        .await;
}

pub(crate) fn on(portkey: &MockServer) -> Wire {
    let url = format!("{}/v1", portkey.uri());
    let settings = [
        ("PORTKEY_BASE_URL", url.as_str()),
        ("PORTKEY_API_KEY", "test-key"),
    ];
    Wire::initialised(&["--toolsets", "all"], &settings)
}
