//! What an assistant reads when something goes wrong: what happened, and what to do next.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method},
};

use crate::process::{SandboxProcess, Wire};

fn on_sandbox(sandbox: &SandboxProcess) -> Wire {
    Wire::initialised(&[], &sandbox.settings())
}

/// A server whose Portkey is at `url` and answers badly; quick to give up.
fn on(url: &str) -> Wire {
    let settings = [
        ("PORTKEY_BASE_URL", url),
        ("PORTKEY_API_KEY", "test-key"),
        ("PORTKEY_TIMEOUT", "2"),
        ("PORTKEY_MAX_RETRIES", "1"),
    ];
    Wire::initialised(&[], &settings)
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in {text:?}");
    }
}

#[test]
fn without_a_key_tools_are_listed_and_calls_say_what_to_set() {
    let mut wire = Wire::initialised(&[], &[]);
    let list = wire.request("tools/list", json!({}));
    assert!(list["result"]["tools"].as_array().unwrap().len() >= 53);
    says(
        &wire.failure("list_workspaces", json!({})),
        &["PORTKEY_API_KEY", "--sandbox"],
    );
    says(
        &wire.failure(
            "render_prompt",
            json!({ "prompt_id": "p", "variables": {} }),
        ),
        &["PORTKEY_WORKSPACE_API_KEY"],
    );
}

#[test]
fn a_wrong_key_is_told_as_such() {
    let sandbox = SandboxProcess::start();
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", "wrong"),
    ];
    let mut wire = Wire::initialised(&[], &settings);
    says(
        &wire.failure("list_workspaces", json!({})),
        &["401", "Check PORTKEY_API_KEY"],
    );
}

#[test]
fn a_missing_scope_and_the_wrong_kind_of_key_are_named() {
    let sandbox = SandboxProcess::start();
    let mut admin = Wire::initialised(&["--secrets", "inline"], &sandbox.settings());
    let key = admin.answer(
        "create_api_key",
        json!({ "type": "organisation", "sub_type": "service", "name": "narrow", "scopes": ["workspaces.list"] }),
    );
    let key = key["key"].as_str().unwrap();
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", key),
    ];
    let mut narrow = Wire::initialised(&[], &settings);
    narrow.answer("list_workspaces", json!({}));
    says(
        &narrow.failure("create_workspace", json!({ "name": "X" })),
        &[
            "403 AB03",
            "lacks the scope `workspaces.create`",
            "Enterprise",
        ],
    );
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", &sandbox.workspace_key),
    ];
    let mut workspace = Wire::initialised(&[], &settings);
    says(
        &workspace.failure("list_all_users", json!({})),
        &["403 AB03", "organisation (admin) key", "Enterprise"],
    );
}

#[test]
fn an_unknown_id_comes_with_the_tool_that_lists_ids() {
    let sandbox = SandboxProcess::start();
    let mut wire = on_sandbox(&sandbox);
    says(
        &wire.failure(
            "get_user",
            json!({ "user_id": "6f1d9c1e-0000-4000-8000-000000000000" }),
        ),
        &["404 AB08", "`list_all_users` lists valid ids"],
    );
    says(
        &wire.failure("get_prompt", json!({ "prompt_id": "pp-none" })),
        &["404", "`list_prompts`"],
    );
}

#[test]
fn a_duplicate_is_a_conflict() {
    let sandbox = SandboxProcess::start();
    let mut wire = on_sandbox(&sandbox);
    wire.answer("create_workspace", json!({ "name": "Twice" }));
    says(
        &wire.failure("create_workspace", json!({ "name": "Twice" })),
        &["409 AB07"],
    );
}

#[test]
fn arguments_are_checked_before_anything_is_sent() {
    let mut wire = on("http://127.0.0.1:9");
    let cases: [(&str, Value, &[&str]); 9] = [
        (
            "get_cost_analytics",
            json!({ "granularity": "huor" }),
            &["`granularity`", "day, hour, none", "did you mean `hour`?"],
        ),
        (
            "list_workspaces",
            json!({ "page_size": "many" }),
            &["`page_size`", "a whole number", "`many`"],
        ),
        (
            "list_workspaces",
            json!({ "page_size": -1 }),
            &["`page_size`", "at least 1"],
        ),
        ("get_user", json!({}), &["`user_id`", "required"]),
        (
            "get_user",
            json!({ "userid": "u" }),
            &["`userid`", "did you mean `user_id`?"],
        ),
        (
            "invite_user",
            json!({ "email": "a@b.c", "role": "member", "workspaces": [{ "id": "w", "rol": "member" }] }),
            &["`workspaces[0].rol`", "did you mean `role`?"],
        ),
        (
            "create_config",
            json!({ "name": "c", "config": { "strategy": { "mode": "fallbak" }, "targets": [{ "virtual_key": "v" }] } }),
            &["config.strategy.mode", "fallback"],
        ),
        (
            "create_api_key",
            json!({ "type": "organisation", "sub_type": "user", "name": "n", "scopes": ["logs.view"] }),
            &["sub_type"],
        ),
        (
            "update_workspace",
            json!({ "workspace_id": "w" }),
            &["nothing to change"],
        ),
    ];
    for (tool, arguments, parts) in cases {
        let text = wire.failure(tool, arguments);
        says(&text, parts);
        says(&text, &["Nothing was sent"]);
    }
}

#[test]
fn arguments_sent_as_json_text_are_understood() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let page = wire.answer(
        "list_workspaces",
        json!({ "page_size": "1", "currentPage": "1" }),
    );
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    let config = wire.answer(
        "create_config",
        json!({ "name": "as text", "config": "{\"retry\": {\"attempts\": 3}}", "is_default": "false" }),
    );
    let slug = config["slug"].as_str().unwrap();
    let read = wire.answer("get_config", json!({ "slug": slug }));
    assert_eq!(
        read["config"]["retry"]["attempts"], 3,
        "the answer's config is an object: {read}"
    );
    assert_eq!(read["is_default"], false, "0 and 1 are booleans");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_says_how_long_to_wait() {
    let portkey = MockServer::start().await;
    let body = json!({ "success": false, "data": { "message": "Too many requests", "errorCode": "AB06" } });
    let answer = ResponseTemplate::new(429)
        .insert_header("retry-after", "120")
        .set_body_json(body);
    Mock::given(any())
        .respond_with(answer)
        .mount(&portkey)
        .await;
    let text = on(&portkey.uri()).failure("list_workspaces", json!({}));
    says(&text, &["429 AB06", "Wait 120 seconds"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_portkey_is_told_apart_by_what_is_broken() {
    let cases = [
        (
            ResponseTemplate::new(200)
                .set_body_raw("<html><title>Sign in</title></html>", "text/html"),
            vec!["HTML", "Sign in", "PORTKEY_BASE_URL"],
        ),
        (
            ResponseTemplate::new(200).set_body_raw("{\"data\": [", "application/json"),
            vec!["cut off"],
        ),
        (
            ResponseTemplate::new(302).insert_header("location", "https://elsewhere.example/"),
            vec!["redirected", "elsewhere.example"],
        ),
        (
            ResponseTemplate::new(502)
                .set_body_raw("<html><title>Bad gateway</title></html>", "text/html"),
            vec!["502", "Bad gateway", "Try again later"],
        ),
        (
            ResponseTemplate::new(500),
            vec!["500", "The fault is Portkey's"],
        ),
        (
            ResponseTemplate::new(200).set_body_bytes(vec![b' '; 50 << 20]),
            vec!["larger than", "page_size"],
        ),
    ];
    for (answer, parts) in cases {
        let portkey = MockServer::start().await;
        Mock::given(any())
            .respond_with(answer)
            .mount(&portkey)
            .await;
        let text = on(&portkey.uri()).failure("list_workspaces", json!({}));
        says(&text, &parts);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_answer_is_a_success() {
    let portkey = MockServer::start().await;
    Mock::given(method("DELETE"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&portkey)
        .await;
    let answer = on(&portkey.uri()).answer(
        "delete_user",
        json!({ "user_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7" }),
    );
    assert_eq!(answer, json!({ "success": true }));
}

#[test]
fn nobody_listening_is_told_as_such() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let text = on(&format!("http://{free}")).failure("list_workspaces", json!({}));
    says(
        &text,
        &["connection refused", "Nothing was sent", "PORTKEY_BASE_URL"],
    );
}

#[test]
fn an_address_without_tls_is_told_as_such() {
    let url = plain_server(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    let text = on(&url.replace("http:", "https:")).failure("list_workspaces", json!({}));
    says(&text, &["no secure connection", "Nothing was sent"]);
}

#[test]
fn a_silent_portkey_is_given_up_in_time() {
    let url = plain_server(b"");
    let text = on(&url).failure("create_workspace", json!({ "name": "X" }));
    says(
        &text,
        &[
            "no answer within",
            "look before you repeat it",
            "PORTKEY_TIMEOUT",
        ],
    );
}

/// A server that says the same to everyone and never hangs up.
fn plain_server(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let mut open = Vec::new();
        for mut stream in listener.incoming().flatten() {
            _ = stream.read(&mut [0; 1024]);
            _ = stream.write_all(answer);
            open.push(stream);
        }
    });
    url
}
