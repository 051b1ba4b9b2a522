//! Several organisations, and what results say of where they come from.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{
    process::{SandboxProcess, Wire, run, text},
    served::{Served, message, until},
};

/// Two organisations under names.
struct Two {
    east: SandboxProcess,
    west: SandboxProcess,
    folder: TempDir,
}

impl Two {
    fn start() -> Self {
        let (east, west) = (SandboxProcess::start(), SandboxProcess::start());
        let folder = TempDir::new().unwrap();
        let key = folder.path().join("west.key");
        fs::write(&key, format!("{}\n", west.admin_key)).unwrap();
        let file = format!(
            "[profiles.east]\nbase-url = '{}'\napi-key = 'env:EAST_KEY'\n\
             [profiles.west]\nbase-url = '{}'\napi-key = 'file:{}'\norganisation = 'West'\n",
            east.url,
            west.url,
            key.display()
        );
        fs::write(folder.path().join("portkey.toml"), file).unwrap();
        Self { east, west, folder }
    }

    fn file(&self) -> String {
        let path = self.folder.path().join("portkey.toml");
        path.to_str().unwrap().to_owned()
    }

    fn settings(&self) -> [(&str, &str); 1] {
        [("EAST_KEY", &self.east.admin_key)]
    }

    fn call(&self, profile: &str, tool: &str, arguments: &[&str]) -> Value {
        let file = self.file();
        let words = [
            &["--config", &file, "--profile", profile, "call", tool],
            arguments,
        ]
        .concat();
        let output = run(&words, &self.settings());
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[test]
fn a_call_goes_to_the_profile_it_names() {
    let two = Two::start();
    two.call("west", "create_workspace", &["--name", "Only in the west"]);
    let named = |profile| two.call(profile, "list_workspaces", &["--name", "Only in the west"]);
    assert_eq!(named("west")["total"], 1);
    assert_eq!(named("east")["total"], 0);
    let output = run(
        &[
            "--config",
            &two.file(),
            "--profile",
            "wst",
            "call",
            "list_workspaces",
        ],
        &[],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("there is no profile `wst`; did you mean `west`?"));
}

#[tokio::test]
async fn results_say_profile_organisation_and_key() {
    let two = Two::start();
    let file = two.file();
    for (profile, label) in [("west", Some("West")), ("east", None)] {
        let server = Served::start(&["--config", &file, "--profile", profile], &two.settings());
        let call = json!({ "name": "list_api_keys", "arguments": { "verbose": true } });
        let called = message(server.modern("tools/call", call).send().await.unwrap()).await;
        let result = &called["result"];
        let origin = &result["_meta"]["portkey-mcp/origin"];
        assert_eq!(origin["profile"], profile, "{called}");
        let answer: Value =
            serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        // Where the operator does not say whose it is, Portkey does.
        let organisation = label.or(answer["data"][0]["organisation_id"].as_str());
        assert!(organisation.is_some());
        assert_eq!(origin["organisation"].as_str(), organisation);
        assert_eq!(origin["workspace"], Value::Null);
        assert!(origin["key"].as_str().unwrap().starts_with("sha256:"));
    }
}

#[tokio::test]
async fn a_rotated_key_is_read_again() {
    let two = Two::start();
    let file = two.file();
    let server = Served::start(&["--config", &file, "--profile", "west"], &two.settings());
    let print = async || {
        let call = json!({ "name": "list_workspaces", "arguments": {} });
        let called = message(server.modern("tools/call", call).send().await.unwrap()).await;
        let result = &called["result"];
        assert_eq!(result["isError"], false, "{called}");
        result["_meta"]["portkey-mcp/origin"]["key"].clone()
    };
    let before = print().await;
    let key = two.folder.path().join("west.key");
    fs::write(&key, &two.west.workspace_key).unwrap();
    until("the new key is used".to_owned(), async || {
        (print().await != before).then_some(())
    })
    .await;
}

fn origin(wire: &mut Wire, tool: &str, arguments: Value) -> Value {
    let result = wire.call(tool, arguments);
    result["_meta"]["portkey-mcp/origin"].clone()
}

#[test]
fn a_key_of_a_workspace_names_it_unless_the_call_does() {
    let sandbox = SandboxProcess::start();
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", sandbox.workspace_key.as_str()),
    ];
    let mut wire = Wire::initialised(&[], &settings);
    let keys = wire.answer("list_api_keys", json!({}));
    let own = keys["data"][0]["workspace_id"].clone();
    assert!(own.is_string());
    assert_eq!(
        origin(&mut wire, "list_prompts", json!({}))["workspace"],
        own
    );

    let mut wire = Wire::initialised(&[], &sandbox.settings());
    let named = origin(&mut wire, "list_api_keys", json!({ "workspace_id": own }));
    assert_eq!(named["workspace"], own);
    assert_eq!(
        origin(&mut wire, "list_workspaces", json!({}))["workspace"],
        Value::Null
    );
}

#[tokio::test]
async fn whose_a_key_is_is_asked_once_and_never_on_a_dry_run() {
    let portkey = MockServer::start().await;
    let list = json!({ "object": "list", "total": 1, "data": [{ "organisation_id": "org-1" }] });
    let answer = ResponseTemplate::new(200).set_body_json(list);
    Mock::given(any())
        .respond_with(answer)
        .mount(&portkey)
        .await;
    let url = portkey.uri();
    let asked = async || portkey.received_requests().await.unwrap().len();
    let settings = [
        ("PORTKEY_BASE_URL", url.as_str()),
        ("PORTKEY_API_KEY", "secret"),
    ];
    let mut wire = Wire::initialised(&[], &settings);

    let dry = json!({ "name": "x", "dry_run": true });
    let before = origin(&mut wire, "create_workspace", dry);
    assert_eq!(before["organisation"], Value::Null);
    assert_eq!(asked().await, 0);

    let first = origin(&mut wire, "list_workspaces", json!({ "page_size": 1 }));
    assert_eq!(first["organisation"], "org-1");
    assert_eq!(asked().await, 2);
    let second = origin(&mut wire, "list_workspaces", json!({ "page_size": 1 }));
    assert_eq!(second["organisation"], "org-1");
    assert_eq!(asked().await, 3);
}

#[tokio::test]
async fn a_key_that_may_not_say_whose_it_is_fails_no_call() {
    let portkey = MockServer::start().await;
    let list = json!({ "object": "list", "total": 0, "data": [] });
    Mock::given(wiremock::matchers::path("/v1/api-keys"))
        .respond_with(ResponseTemplate::new(403))
        .mount(&portkey)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(list))
        .mount(&portkey)
        .await;
    let url = portkey.uri();
    let settings = [
        ("PORTKEY_BASE_URL", url.as_str()),
        ("PORTKEY_API_KEY", "secret"),
    ];
    let mut wire = Wire::initialised(&[], &settings);
    for _ in 0..2 {
        let result = wire.call("list_workspaces", json!({ "page_size": 1 }));
        assert_eq!(result["isError"], false);
        assert_eq!(
            result["_meta"]["portkey-mcp/origin"]["organisation"],
            Value::Null
        );
    }
    // A refusal is an answer: it is not asked again.
    assert_eq!(portkey.received_requests().await.unwrap().len(), 3);
}
