//! The same tools from a shell.

use serde_json::{Value, json};

use crate::process::{SandboxProcess, run, text};

#[test]
fn tools_are_listed_for_people_and_for_programs() {
    let output = run(&["tools"], &[]);
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("create_workspace"));
    let output = run(&["tools", "--json"], &[]);
    let tools: Value = serde_json::from_slice(&output.stdout).unwrap();
    let tool = tools
        .as_array()
        .unwrap()
        .iter()
        .find(|tool| tool["name"] == "get_user")
        .unwrap();
    assert_eq!(tool["domain"], "users");
    assert_eq!(
        tool["request"],
        json!({ "method": "GET", "path": "/admin/users/{user_id}" })
    );
    assert_eq!(tool["input_schema"]["required"], json!(["user_id"]));
}

#[test]
fn a_tool_describes_itself() {
    let output = run(&["describe", "update_workspace_member"], &[]);
    let page = text(&output.stdout);
    for part in [
        "PUT /admin/workspaces/{workspace_id}/users/{user_id}",
        "role *",
        "admin, manager, member",
    ] {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
    let output = run(&["describe", "update_workspace_membr"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("nearest tools:   update_workspace_member"));
}

#[test]
fn a_call_prints_its_answer_as_json() {
    let output = run(
        &["call", "list_workspaces", "--page-size", "2", "--sandbox"],
        &[],
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    let page: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(page["data"].as_array().unwrap().len(), 2);
    assert_eq!(page["total"], 3);
}

#[test]
fn arguments_come_from_a_file_too_and_flags_win() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("arguments.json");
    std::fs::write(&path, r#"{"name": "From file", "description": "kept"}"#).unwrap();
    let path = path.to_str().unwrap();
    let output = run(
        &[
            "call",
            "create_workspace",
            "--json",
            path,
            "--name",
            "From flag",
            "--dry-run",
        ],
        &[],
    );
    let shown = text(&output.stdout);
    assert!(shown.starts_with("POST /admin/workspaces\n"), "{shown}");
    assert!(
        shown.contains("\"From flag\"") && shown.contains("\"kept\""),
        "{shown}"
    );
}

#[test]
fn a_dry_run_needs_no_key_and_sends_nothing() {
    let settings = [("PORTKEY_BASE_URL", "http://127.0.0.1:9")];
    let output = run(
        &["call", "delete_config", "--slug", "pc 1", "--dry-run"],
        &settings,
    );
    assert_eq!(text(&output.stdout), "DELETE /configs/pc%201\n");
    assert!(output.status.success());
}

#[test]
fn exit_codes_tell_scripts_what_went_wrong() {
    let sandbox = SandboxProcess::start();
    let wrong = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", "wrong"),
    ];
    let nobody = [
        ("PORTKEY_BASE_URL", "http://127.0.0.1:9"),
        ("PORTKEY_API_KEY", "k"),
        ("PORTKEY_MAX_RETRIES", "0"),
    ];
    let code =
        |arguments: &[&str], settings: &[(&str, &str)]| run(arguments, settings).status.code();
    assert_eq!(
        code(&["call", "list_workspaces"], &sandbox.settings()),
        Some(0)
    );
    assert_eq!(
        code(
            &["call", "get_config", "--slug", "none"],
            &sandbox.settings()
        ),
        Some(5)
    );
    let taken = [
        "call",
        "create_workspace",
        "--name",
        "Production",
        "--slug",
        "ws-product-8c41d2",
    ];
    assert_eq!(code(&taken, &sandbox.settings()), Some(6));
    let read_only = ["call", "create_workspace", "--name", "x", "--read-only"];
    assert_eq!(code(&read_only, &sandbox.settings()), Some(7));
    sandbox.faults(&["status=429"]);
    let limited = ["call", "list_workspaces", "--max-retries", "0"];
    assert_eq!(code(&limited, &sandbox.settings()), Some(8));
    sandbox.faults(&["status=500"]);
    let broken = ["call", "list_workspaces", "--max-retries", "0"];
    assert_eq!(code(&broken, &sandbox.settings()), Some(1));
    sandbox.faults(&[]);
    assert_eq!(
        code(
            &["call", "list_workspaces", "--page-size", "x"],
            &sandbox.settings()
        ),
        Some(2)
    );
    assert_eq!(code(&["call", "no_such_tool"], &[]), Some(2));
    assert_eq!(code(&["call", "list_workspaces"], &wrong), Some(3));
    assert_eq!(code(&["call", "list_workspaces"], &nobody), Some(4));
}

#[test]
fn settings_that_are_none_stop_the_program() {
    type Case = (
        &'static [&'static str],
        &'static [(&'static str, &'static str)],
        &'static str,
    );
    let cases: [Case; 7] = [
        (&["--read-onyl"], &[], "--read-onyl"),
        (
            &[],
            &[("PORTKEY_MCP_READONLY", "1")],
            "PORTKEY_MCP_READONLY",
        ),
        (
            &[],
            &[("PORTKEY_API_KYE", "k")],
            "did you mean PORTKEY_API_KEY?",
        ),
        (&[], &[("PORTKEY_BASE_URL", "api.portkey.ai")], "--base-url"),
        (&["--secrets", "flie:x"], &[], "file:PATH"),
        (&["--timeout", "0"], &[], "1 to 3600"),
        (&["--log", "nonsense=["], &[], "--log"),
    ];
    for (arguments, settings, part) in cases {
        let output = run(arguments, settings);
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {settings:?}");
        let shown = text(&output.stderr);
        assert!(shown.contains(part), "no {part:?} in {shown}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_sandbox_keeps_its_data_and_keys_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("sandbox.db");
    let arguments = [
        "--data",
        data.to_str().unwrap(),
        "--admin-key",
        "my-own-admin-key",
    ];
    let first = SandboxProcess::start_with(&arguments);
    assert_eq!(first.admin_key, "my-own-admin-key");
    let made = run(
        &["call", "create_workspace", "--name", "Lasting"],
        &first.settings(),
    );
    assert!(made.status.success(), "{}", text(&made.stderr));
    let workspace_key = first.workspace_key.clone();
    drop(first);

    let second = SandboxProcess::start_with(&arguments);
    assert_eq!(second.workspace_key, workspace_key);
    let found = run(
        &["call", "list_workspaces", "--exact-name", "Lasting"],
        &second.settings(),
    );
    let page: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(page["total"], 1);
}

#[test]
fn a_sandbox_begins_with_the_seed_that_is_named() {
    let sandbox = SandboxProcess::start_with(&["--seed", "empty"]);
    let found = run(&["call", "list_workspaces"], &sandbox.settings());
    let page: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(page["total"], 1);
    let refused = run(&["sandbox", "--port", "0", "--seed", "huge"], &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("demo, empty, large"));
}
