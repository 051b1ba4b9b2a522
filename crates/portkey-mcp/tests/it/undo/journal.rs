//! Where changes are written down, and what happens when they cannot be.

use std::{
    fs::{self, File},
    process::Stdio,
};

use serde_json::{Value, json};
use tempfile::{NamedTempFile, TempDir};

use crate::{
    postgres_server::PostgresServer,
    principals::{TokenFile, token},
    process::{SandboxProcess, Wire, run, text},
    served::{Served, message},
};

const TOOLS: [&str; 2] = ["--toolsets", "default,list_changes,undo_change"];

#[test]
fn what_one_process_changed_another_undoes() {
    const CANARY: &str = "sk-canary-0123456789abcdef";
    let sandbox = SandboxProcess::start();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("journal.sqlite");
    let place = format!("sqlite:{}", path.display());
    let arguments = [&TOOLS[..], &["--journal", &place]].concat();
    let (workspace, change) = {
        let mut wire = Wire::initialised(&arguments, &sandbox.settings());
        let workspace = wire.answer("list_workspaces", json!({}))["data"][0]["id"].clone();
        let key =
            json!({ "name": "k", "provider": "openai", "key": CANARY, "workspace_id": workspace });
        let key = wire.answer("create_virtual_key", key)["slug"].clone();
        wire.answer(
            "update_virtual_key",
            json!({ "slug": key, "name": "l", "key": CANARY }),
        );
        let renamed = json!({ "workspace_id": workspace, "description": "changed" });
        wire.answer("update_workspace", renamed);
        let listed = wire.answer("list_changes", json!({}));
        assert_eq!(listed["data"].as_array().unwrap().len(), 3, "{listed}");
        let change = &listed["data"][0];
        assert_eq!(change["tool"], "update_workspace");
        assert_eq!(change["outcome"], "done");
        assert_eq!(
            (&change["principal"], &change["client"]),
            (&json!("local"), &json!("test"))
        );
        (workspace, change["id"].clone())
    };
    for file in fs::read_dir(folder.path()).unwrap() {
        let content = fs::read(file.unwrap().path()).unwrap();
        let found = content
            .windows(CANARY.len())
            .any(|part| part == CANARY.as_bytes());
        assert!(!found, "the journal holds a secret");
    }
    let mut wire = Wire::initialised(&arguments, &sandbox.settings());
    let undone = wire.answer("undo_change", json!({ "change_id": change }));
    assert_eq!(undone["tool"], "update_workspace");
    let read = wire.answer("get_workspace", json!({ "workspace_id": workspace }));
    assert_ne!(read["description"], "changed");
}

#[test]
fn a_change_that_is_refused_leaves_nothing_to_undo() {
    let mut wire = Wire::initialised(&[&TOOLS[..], &["--sandbox"]].concat(), &[]);
    wire.failure("update_config", json!({ "slug": "pc-none", "name": "x" }));
    let listed = wire.answer("list_changes", json!({}));
    let change = &listed["data"][0];
    assert_eq!(change["outcome"], "failed");
    let refused = wire.failure("undo_change", json!({ "change_id": change["id"] }));
    assert!(refused.contains("nothing to undo"), "{refused}");
}

#[test]
fn what_cannot_be_written_down_is_not_sent_and_reads_go_on() {
    let sandbox = SandboxProcess::start();
    let mut wire = Wire::initialised(&TOOLS, &sandbox.settings());
    // A folder in the place of the file.
    fs::create_dir_all(wire.home.path().join("portkey-mcp/journal.sqlite")).unwrap();
    let workspace = wire.answer("list_workspaces", json!({ "verbose": true }))["data"][0].clone();
    let change = json!({ "workspace_id": workspace["id"], "description": "changed" });
    let refused = wire.failure("update_workspace", change);
    assert!(
        refused.contains("--journal") && refused.contains("Nothing was changed"),
        "{refused}"
    );
    let read = wire.answer("get_workspace", json!({ "workspace_id": workspace["id"] }));
    assert_eq!(read["description"], workspace["description"]);
}

#[test]
fn a_journal_that_was_asked_for_and_cannot_be_written_stops_the_server() {
    let output = run(&["--sandbox", "--journal", "sqlite:/dev/null/journal"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--journal"));
    let output = run(&["--sandbox", "--journal", "mysql://h/d"], &[]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn without_a_journal_nothing_is_undone_and_that_is_said() {
    let mut wire = Wire::initialised(
        &[&TOOLS[..], &["--sandbox", "--journal", "off"]].concat(),
        &[],
    );
    let told = wire.failure("list_changes", json!({}));
    assert!(told.contains("keeps no journal"), "{told}");
}

/// Somebody who calls a server.
async fn call(server: &Served, name: &str, tool: &str, arguments: Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    let request = server.modern("tools/call", params).bearer_auth(token(name));
    let answer = message(request.send().await.unwrap()).await;
    let result = &answer["result"];
    let text = result["content"][0]["text"].as_str();
    let text = text.unwrap_or_else(|| panic!("{tool}: {answer}"));
    if result["isError"] == true {
        return text.into();
    }
    serde_json::from_str(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_their_own_changes() {
    let tokens = TokenFile::of(&["ada", "bob"]);
    let path = tokens.path();
    let folder = TempDir::new().unwrap();
    let place = format!("sqlite:{}", folder.path().join("j").display());
    let arguments = [&TOOLS[..], &["--tokens", &path, "--journal", &place]].concat();
    let server = Served::on_sandbox(&arguments);
    let made = json!({ "name": "Ada's", "description": "d" });
    call(&server, "ada", "create_workspace", made).await;
    let changes = async |name: &str, more: Value| {
        let listed = call(&server, name, "list_changes", more).await;
        listed["data"].as_array().unwrap().len()
    };
    assert_eq!(changes("ada", json!({})).await, 1);
    assert_eq!(changes("bob", json!({})).await, 0);
    assert_eq!(changes("bob", json!({ "everybody": true })).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_limited_to_workspaces_hears_of_their_own_changes_alone() {
    let tokens = TokenFile::of(&["ada"]);
    let path = tokens.path();
    let limits = ["--only-workspaces", "ws-product-8c41d2"];
    let server = Served::on_sandbox(&[&TOOLS[..], &limits, &["--tokens", &path]].concat());
    let own = call(&server, "ada", "list_changes", json!({})).await;
    assert_eq!(own["data"], json!([]));
    let refused = call(&server, "ada", "list_changes", json!({ "everybody": true })).await;
    assert!(
        refused.to_string().contains("limited to some workspaces"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_many_keeps_its_journal_where_it_can_and_says_where_it_cannot() {
    let sandbox = SandboxProcess::start();
    let server = Served::start(&TOOLS, &sandbox.settings());
    let update = json!({ "workspace_id": "ws-product-8c41d2", "description": "changed" });
    call_anonymously(&server, "update_workspace", update).await;
    let listed = call_anonymously(&server, "list_changes", json!({})).await;
    assert_eq!(listed["data"][0]["tool"], "update_workspace", "{listed}");
    assert!(
        server
            .home
            .path()
            .join("portkey-mcp/journal.sqlite")
            .exists()
    );

    let nowhere = ("XDG_DATA_HOME", "/dev/null/data");
    let server = Served::start(&TOOLS, &[&sandbox.settings()[..], &[nowhere]].concat());
    server
        .says("no journal, since there is no data directory")
        .await;
    let shared = ["--shared-state", "redis://127.0.0.1:9"];
    let server = Served::start(&[&TOOLS[..], &shared].concat(), &sandbox.settings());
    server.says("no journal, since replicas").await;
}

#[test]
fn without_a_data_directory_a_process_of_one_user_starts_and_says_what_is_not_kept() {
    let sandbox = SandboxProcess::start();
    let log = NamedTempFile::new().unwrap();
    let stderr = Stdio::from(File::create(log.path()).unwrap());
    let nowhere = ("XDG_DATA_HOME", "/dev/null/data");
    let settings = [&sandbox.settings()[..], &[nowhere]].concat();
    let mut wire = Wire::start_logging(&[&TOOLS[..], &["serve"]].concat(), &settings, stderr);
    wire.initialise("2025-11-25");
    let change = json!({ "workspace_id": "ws-product-8c41d2", "description": "changed" });
    wire.answer("update_workspace", change);
    let told = wire.failure("list_changes", json!({}));
    assert!(told.contains("keeps no journal"), "{told}");
    wire.close();
    let told = fs::read_to_string(log.path()).unwrap();
    for part in [
        "no journal",
        "the audit log is part of the server's log",
        "new secrets are masked",
        "tool=\"update_workspace\"",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

/// The answer of a tool to nobody in particular.
async fn call_anonymously(server: &Served, tool: &str, arguments: Value) -> Value {
    let call = json!({ "name": tool, "arguments": arguments });
    let request = server.modern("tools/call", call);
    let answer = message(request.send().await.unwrap()).await;
    let text = answer["result"]["content"][0]["text"].as_str();
    serde_json::from_str(text.unwrap_or_else(|| panic!("{answer}"))).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_share_their_journal_and_change_nothing_without_it() {
    let Some(mut database) = PostgresServer::start() else {
        return;
    };
    let sandbox = SandboxProcess::start();
    let tokens = TokenFile::of(&["ada"]);
    let path = tokens.path();
    let arguments = [&TOOLS[..], &["--tokens", &path, "--audit", "log"]].concat();
    let [url, key] = sandbox.settings();
    let journal = ("PORTKEY_MCP_JOURNAL", database.url.as_str());
    let start = || Served::start(&arguments, &[url, key, journal]);
    let (one, other) = (start(), start());
    let whole = json!({ "verbose": true });
    let workspaces = call(&one, "ada", "list_workspaces", whole).await;
    let workspace = workspaces["data"][0].clone();
    let change = json!({ "workspace_id": workspace["id"], "description": "changed" });
    call(&one, "ada", "update_workspace", change.clone()).await;
    let listed = call(
        &other,
        "ada",
        "list_changes",
        json!({ "target": "workspaces" }),
    )
    .await;
    let id = listed["data"][0]["id"].clone();
    let mut undo = json!({ "change_id": id });
    let asked = call(&other, "ada", "undo_change", undo.clone()).await;
    assert_eq!(asked["done"], false, "{asked}");
    undo["confirmation"] = asked["confirmation"].clone();
    let undone = call(&other, "ada", "undo_change", undo).await;
    assert_eq!(undone["tool"], "update_workspace", "{undone}");
    let listed = call(&one, "ada", "list_changes", json!({})).await;
    assert_eq!(
        listed["data"][1]["undone_by"], listed["data"][0]["id"],
        "{listed}"
    );

    database.stop();
    let refused = call(&one, "ada", "update_workspace", change).await;
    let refused = refused.as_str().unwrap();
    assert!(refused.contains("Nothing was changed"), "{refused}");
    assert!(!refused.contains("secret-of-journal"), "{refused}");
    let read = call(
        &one,
        "ada",
        "get_workspace",
        json!({ "workspace_id": workspace["id"] }),
    )
    .await;
    assert_eq!(read["description"], workspace["description"]);
}
