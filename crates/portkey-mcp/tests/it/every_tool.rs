//! Every tool of the catalog is called: with no more than it asks for, with all it takes, and with the arguments
//! that exclude others.

use std::collections::BTreeSet;

use portkey_api::{Base, Edition, Effect, JsonObject, Keys, Operation, Presence, parse_arguments};
use portkey_workflows::WORKFLOWS;
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{any, path},
};

use crate::process::Wire;

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_sends_what_it_declares() {
    assert_sent(Edition::Classic).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_prisma_airs_sends_what_it_declares() {
    assert_sent(Edition::PrismaAirs).await;
}

async fn assert_sent(edition: Edition) {
    let portkey = MockServer::start().await;
    let mut wire = in_edition(&portkey, edition);
    let mut faults = Vec::new();
    for operation in portkey_api::operations() {
        if operation.declaration.presence(edition) == Presence::Absent {
            continue;
        }
        for arguments in portkey_examples::every(operation) {
            let fault = sent_otherwise(&portkey, &mut wire, edition, operation, arguments);
            faults.extend(fault.await);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Calls the operation, and says so if that fails or its request does not arrive.
async fn sent_otherwise(
    portkey: &MockServer,
    wire: &mut Wire,
    edition: Edition,
    operation: &Operation,
    mut arguments: JsonObject,
) -> Option<String> {
    if let Some(dry_run) = arguments.get_mut("dry_run") {
        *dry_run = false.into();
    }
    let wanted = declared(edition, operation, arguments.clone());
    if operation.declaration.effect == Effect::Create || operation.fresh.is_some() {
        // Nothing of it is stored, which reading it would take time to find out.
        arguments.insert("return_object".to_owned(), false.into());
    }
    portkey.reset().await;
    oblige(portkey).await;
    let tool = operation.declaration.name;
    let result = wire.call(tool, Value::Object(arguments.clone()));
    let requests = portkey.received_requests().await.unwrap();
    let sent: Vec<_> = requests.iter().map(method_and_path).collect();
    let is_proven = requests
        .iter()
        .filter(|request| method_and_path(request) == wanted)
        .all(|request| has_credential(request, edition, operation));
    if result["isError"] != true && sent.contains(&wanted) && is_proven {
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

/// Whether the request has the credential that counts where it goes, and no other.
fn has_credential(request: &Request, edition: Edition, operation: &Operation) -> bool {
    let (base, _) = operation.place(edition);
    let has = |name: &str| request.headers.contains_key(name);
    let has_key = has("x-portkey-api-key");
    if operation.declaration.keys == Keys::None {
        return !has_key && !has("authorization");
    }
    if base.is_airs_management() {
        return has("authorization") && has("x-tsg-id") && !has_key;
    }
    has_key && !has("authorization")
}

/// The request that the declaration makes of these arguments.
fn declared(edition: Edition, operation: &Operation, arguments: JsonObject) -> String {
    let request = parse_arguments(&operation.declaration, arguments)
        .and_then(|understood| operation.request_to(edition, understood.arguments))
        .unwrap_or_else(|error| panic!("{error}"));
    let base = match request.base {
        Base::Control | Base::Gateway => "/v1",
        Base::V2 => "/v2",
        Base::AirsControl => "/ai_gw/v2",
        Base::AirsAdmin => "/ai_gw/admin/v2",
        Base::Public => "",
        Base::McpRegistry => "/v0.1",
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
    let token =
        json!({ "access_token": "eyJ0.e30.c2ln", "token_type": "Bearer", "expires_in": 900 });
    Mock::given(path("/oauth2/access_token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(token))
        .mount(portkey)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(portkey)
        .await;
}

pub(crate) fn on(portkey: &MockServer) -> Wire {
    in_edition(portkey, Edition::Classic)
}

/// A server with every tool that this edition may have, also those of which it is not known.
fn in_edition(portkey: &MockServer, edition: Edition) -> Wire {
    let (management, tokens) = (
        format!("{}/ai_gw/v2", portkey.uri()),
        format!("{}/oauth2/access_token", portkey.uri()),
    );
    let classic = format!("{}/v1", portkey.uri());
    let settings = match edition {
        Edition::Classic => vec![
            ("PORTKEY_BASE_URL", classic.as_str()),
            ("PORTKEY_API_KEY", "test-key"),
        ],
        Edition::PrismaAirs => vec![
            ("PORTKEY_BASE_URL", management.as_str()),
            ("PORTKEY_API_KEY", "test-key"),
            ("PORTKEY_CLIENT_ID", "test-client"),
            ("PORTKEY_CLIENT_SECRET", "test-secret"),
            ("PORTKEY_TSG_ID", "1000000001"),
            ("PORTKEY_TOKEN_URL", tokens.as_str()),
        ],
    };
    let mut toolsets = vec!["all"];
    toolsets.extend(uncertain(edition));
    Wire::initialised(&["--toolsets", &toolsets.join(",")], &settings)
}

/// The tools of which the vendor does not say whether this edition has them.
pub(crate) fn uncertain(edition: Edition) -> impl Iterator<Item = &'static str> {
    let declarations = portkey_api::operations().map(|operation| operation.declaration);
    declarations
        .filter(move |declaration| declaration.presence(edition) == Presence::Uncertain)
        .map(|declaration| declaration.name)
}
