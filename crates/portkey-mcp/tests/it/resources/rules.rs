//! A read of a resource is held to the rules of the tool that it calls.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{SANDBOX, of, read, refused, templates};
use crate::{
    identity_provider::IdentityProvider,
    principals::{TokenFile, token},
    process::{SandboxProcess, Wire},
    served::{Served, message},
};

#[test]
fn only_what_may_be_read_is_offered() {
    let mut wire = Wire::initialised(&SANDBOX, &[]);
    let all = templates(&mut wire);
    for uri in [
        "portkey://workspaces/{id}",
        "portkey://prompts/{id}",
        "portkey://configs/{slug}",
        "portkey://guardrails/{id}",
        "portkey://tools/{name}",
        "portkey://guides/{name}",
    ] {
        assert!(all.contains(&uri.to_owned()), "{all:?}");
    }
    let mut wire = Wire::initialised(&["--sandbox", "--read-only"], &[]);
    assert_eq!(templates(&mut wire), all, "reading is no change");
    read(&mut wire, "portkey://configs/pc-by-plan-7f0e38");

    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "configs"], &[]);
    let few = templates(&mut wire);
    assert_eq!(
        few,
        [
            "portkey://configs/{slug}",
            "portkey://tools/{name}",
            "portkey://guides/{name}"
        ]
    );
    let (code, text) = refused(&mut wire, "portkey://workspaces/ws-staging-51f0ae");
    assert!(
        code == -32602 && text.contains("`get_workspace`"),
        "{code} {text}"
    );
    let (_, text) = refused(&mut wire, "portkey://tools/get_workspace");
    assert!(!text.contains("portkey://workspaces"), "{text}");

    let mut wire = Wire::initialised(&["--sandbox", "--deny", "get_config"], &[]);
    assert!(!templates(&mut wire).contains(&"portkey://configs/{slug}".to_owned()));
    let (code, text) = refused(&mut wire, "portkey://configs/pc-by-plan-7f0e38");
    assert!(code == -32602 && text.contains("--deny"), "{code} {text}");
}

#[test]
fn a_read_of_another_workspace_is_refused() {
    let sandbox = SandboxProcess::start();
    let mut free = Wire::initialised(&[], &sandbox.settings());
    let prompts = free.answer(
        "list_prompts",
        json!({ "workspace_id": "ws-product-8c41d2" }),
    );
    let uri = format!(
        "portkey://prompts/{}",
        prompts["data"][0]["slug"].as_str().unwrap()
    );
    read(&mut free, &uri);
    let confined = ["--only-workspaces", "ws-staging-51f0ae"];
    let mut wire = Wire::initialised(&confined, &sandbox.settings());
    let (_, text) = refused(&mut wire, &uri);
    assert!(!text.contains("\"name\""), "{text}");
    let (_, text) = refused(&mut wire, "portkey://workspaces/ws-product-8c41d2");
    assert!(text.contains("ws-staging-51f0ae"), "{text}");
    read(&mut wire, "portkey://workspaces/ws-staging-51f0ae");
}

#[test]
fn a_read_is_written_down_as_the_call_it_is() {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("audit.jsonl");
    let setting = format!("file:{}", log.display());
    let mut wire = Wire::initialised(
        &["--sandbox", "--audit", &setting, "--toolsets", "configs"],
        &[],
    );
    read(&mut wire, "portkey://configs/pc-by-plan-7f0e38");
    refused(&mut wire, "portkey://workspaces/ws-staging-51f0ae");
    read(&mut wire, "portkey://guides/undo");
    let text = std::fs::read_to_string(log).unwrap();
    let entries: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(entries.len(), 2, "{text}");
    assert_eq!(entries[0]["tool"], "get_config", "{text}");
    assert_eq!(entries[0]["target"], "configs/pc-by-plan-7f0e38", "{text}");
    assert_eq!(entries[1]["tool"], "get_workspace", "{text}");
}

#[tokio::test]
async fn a_token_reads_what_its_tools_may() {
    let tokens = TokenFile::of(&["ada", "bob"]);
    let path = tokens.path();
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replacen("sha256", "toolsets = 'configs'\nsha256", 1);
    std::fs::write(&path, text).unwrap();
    let server = Served::on_sandbox(&["--tokens", &path]);
    let listed = async |name: &str| {
        let listed = server.modern("resources/templates/list", json!({}));
        let listed = message(listed.bearer_auth(token(name)).send().await.unwrap()).await;
        of(&listed["result"]["resourceTemplates"], "uriTemplate").len()
    };
    assert_eq!(listed("ada").await, 3);
    assert!(listed("bob").await > 8);
    let read = server.modern(
        "resources/read",
        json!({ "uri": "portkey://workspaces/ws-staging-51f0ae" }),
    );
    let refused = message(read.bearer_auth(token("ada")).send().await.unwrap()).await;
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
}

#[test]
fn hidden_characters_are_shown_and_the_text_of_others_is_marked() {
    let mut wire = Wire::initialised(&SANDBOX, &[]);
    let config = json!({ "name": "safe\u{202e}", "config": { "retry": { "attempts": 2 } } });
    let slug = wire.answer("create_config", config)["slug"].clone();
    let uri = format!("portkey://configs/{}", slug.as_str().unwrap());
    let contents = read(&mut wire, &uri)["contents"].clone();
    assert!(
        contents[0]["text"]
            .as_str()
            .unwrap()
            .contains("safe⟨U+202E⟩")
    );
    assert_eq!(contents[0]["_meta"]["portkey-mcp/untrusted"], true);
    assert!(
        contents[1]["text"]
            .as_str()
            .unwrap()
            .contains("1 invisible"),
        "{contents}"
    );
}

#[test]
fn a_read_that_is_cancelled_is_cut() {
    let sandbox = SandboxProcess::start();
    sandbox.faults(&["latency=30000, path=/v1/configs*"]);
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("audit.jsonl");
    let setting = format!("file:{}", log.display());
    let mut wire = Wire::initialised(&["--audit", &setting], &sandbox.settings());
    let complete = json!({ "ref": { "type": "ref/resource", "uri": "portkey://configs/{slug}" },
                           "argument": { "name": "slug", "value": "" } });
    for (id, method, params) in [
        (
            70,
            "resources/read",
            json!({ "uri": "portkey://configs/pc-by-plan-7f0e38" }),
        ),
        (71, "completion/complete", complete),
    ] {
        wire.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        while sandbox.seen() != [id - 69] {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let params = json!({ "requestId": id });
        wire.send(
            &json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }),
        );
    }
    wire.request("ping", json!({}));
    wire.close();
    let text = std::fs::read_to_string(log).unwrap();
    let outcomes: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["cancelled", "cancelled"], "{text}");
}

#[tokio::test]
async fn a_token_with_too_few_scopes_sees_no_template_and_is_told_what_it_needs() {
    let Some(provider) = IdentityProvider::start() else {
        return;
    };
    let server = provider.serve(
        "[[issuers]]\nissuer = 'ISSUER'\n\
         [[grants]]\ntoolsets = 'workspaces,configs'\nstep-up = { 'portkey:admin' = 'workspaces' }\n",
    );
    let weak = provider.token("alice", "portkey:use").await;
    let strong = provider.token("alice", "portkey:use portkey:admin").await;
    let uri = "portkey://workspaces/ws-staging-51f0ae";
    let read = async |token: &str| {
        let request = server.modern("resources/read", json!({ "uri": uri }));
        request.bearer_auth(token).send().await.unwrap()
    };
    let refused = read(&weak).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
    assert!(challenge.contains("portkey:admin"), "{challenge}");
    let text = message(read(&strong).await).await;
    assert!(text["result"]["contents"][0]["text"].is_string(), "{text}");
    let listed = async |token: &str| {
        let request = server.modern("resources/templates/list", json!({}));
        let listed = message(request.bearer_auth(token).send().await.unwrap()).await;
        of(&listed["result"]["resourceTemplates"], "uriTemplate")
    };
    let template = "portkey://workspaces/{id}".to_owned();
    assert!(!listed(&weak).await.contains(&template));
    assert!(listed(&strong).await.contains(&template));
}
