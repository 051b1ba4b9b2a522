//! What clients and people are used to send is taken as what they mean by it, from outside.

use std::{fs, process::Stdio};

use serde_json::{Value, json};

use crate::process::{SandboxProcess, Wire, portkey_mcp, run, text};

/// What a successful call says beside its answer.
fn notes(answer: &Value) -> String {
    let content = answer["content"].as_array().unwrap();
    let texts = content
        .iter()
        .skip(1)
        .filter_map(|part| part["text"].as_str());
    texts.collect()
}

#[test]
fn what_a_host_adds_is_left_out_and_said() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let answer = wire.call(
        "list_workspaces",
        json!({ "toolCallId": "c", "sessionId": "s", "action": "sendMessage", "chatInput": "hi" }),
    );
    assert!(notes(&answer).contains("`chatInput`"), "{answer}");
    let refusal = wire.failure("list_workspaces", json!({ "pag_size": 2 }));
    assert!(refusal.contains("did you mean `page_size`?"), "{refusal}");
}

#[test]
fn a_period_is_read_filled_in_and_said() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let answer = wire.call("get_cost_analytics", json!({}));
    assert!(notes(&answer).contains("7 days before now"), "{answer}");
    for period in [
        json!({ "time_of_generation_min": "2026-11-21", "time_of_generation_max": "2026-11-22" }),
        json!({ "start_time": "now-7d", "end_time": "now" }),
        json!({ "from": "yesterday" }),
        json!({ "time_of_generation_min": 1_790_000_000, "until": "1790000000000" }),
    ] {
        let answer = wire.answer("get_cost_analytics", period);
        assert!(answer["summary"].is_object(), "{answer}");
    }
    let refusal = wire.failure(
        "get_cost_analytics",
        json!({ "time_of_generation_min": "soon" }),
    );
    assert!(
        refusal.contains("`2026-11-21`") && refusal.contains("Nothing was sent"),
        "{refusal}"
    );
}

#[test]
fn the_organisation_of_audit_logs_need_not_be_named() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    wire.answer("create_workspace", json!({ "name": "Audited" }));
    let logs = wire.answer("list_audit_logs", json!({ "since": "1d" }));
    assert!(!logs["data"].as_array().unwrap().is_empty(), "{logs}");
}

#[test]
fn a_trace_is_found_by_its_id_alone() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let workspace = json!({ "workspace_id": "Production", "page_size": 1 });
    let listed = wire.answer("list_traces", workspace);
    let trace = listed["data"][0]["trace_id"].clone();
    let found = wire.answer(
        "get_trace",
        json!({ "trace_id": trace, "workspace_id": "Production" }),
    );
    assert!(!found["spans"].as_array().unwrap().is_empty(), "{found}");
}

#[test]
fn an_object_goes_by_its_name_where_that_is_plain() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    for name in ["Production", "production"] {
        let answer = wire.call("list_workspace_members", json!({ "workspace": name }));
        assert!(
            notes(&answer).contains("is taken as `ws-product-8c41d2`"),
            "{answer}"
        );
    }
    let research = wire.answer("get_workspace", json!({ "id": "Research" }));
    assert_eq!(research["slug"], "ws-researc-e7b093");
    let user = wire.answer("get_user", json!({ "user_id": "grace@northwind.example" }));
    assert_eq!(user["email"], "grace@northwind.example");
    let config = wire.answer("get_config", json!({ "slug": "Route by customer plan" }));
    assert_eq!(config["slug"], "pc-by-plan-7f0e38");
    let refusal = wire.failure("get_workspace", json!({ "workspace_id": "Prodction" }));
    assert!(
        refusal.contains("did you mean `ws-product-8c41d2`"),
        "{refusal}"
    );
    for name in ["twin", "Twin"] {
        let twin = json!({ "name": name, "workspace_id": "Staging", "config": { "retry": { "attempts": 2 } } });
        wire.answer("create_config", twin);
    }
    let refusal = wire.failure("get_config", json!({ "slug": "TWIN" }));
    assert!(refusal.contains("several go by the name"), "{refusal}");
}

#[test]
fn a_dry_run_shows_the_id_that_a_name_was_taken_for() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let shown = wire.call(
        "update_workspace",
        json!({ "workspace_id": "Staging", "description": "d", "dry_run": true }),
    );
    assert!(
        shown
            .to_string()
            .contains("/admin/workspaces/ws-staging-51f0ae"),
        "{shown}"
    );
}

#[test]
fn what_destroys_takes_a_name_only_where_somebody_sees_what_it_stands_for() {
    let mut wire = Wire::initialised(&["--sandbox", "--confirm", "always"], &[]);
    let asked = wire.call("delete_config", json!({ "slug": "Route by customer plan" }));
    let text = asked.to_string();
    assert!(
        text.contains("pc-by-plan-7f0e38") && text.contains("confirmation"),
        "{text}"
    );
    let mut wire = Wire::initialised(&["--sandbox", "--confirm", "never"], &[]);
    let refusal = wire.failure("delete_config", json!({ "slug": "Route by customer plan" }));
    assert!(
        refusal.contains("takes the id, which is `pc-by-plan-7f0e38`"),
        "{refusal}"
    );
    wire.answer("get_config", json!({ "slug": "pc-by-plan-7f0e38" }));
}

#[test]
fn whoever_is_limited_learns_no_names_by_guessing_them() {
    let sandbox = SandboxProcess::start();
    let settings = sandbox.settings();
    let limited = ["--only-workspaces", "ws-staging-51f0ae"];
    let mut wire = Wire::initialised(&limited, &settings);
    for name in ["Production", "production", "Prodction"] {
        let refusal = wire.failure("list_workspace_members", json!({ "workspace_id": name }));
        assert!(!refusal.contains("ws-product"), "{refusal}");
    }
    let answer = wire.call(
        "list_workspace_members",
        json!({ "workspace_id": "Staging" }),
    );
    assert!(answer["isError"] != true, "{answer}");
    // Who may not list does not look by listing.
    let mut wire = Wire::initialised(&["--deny", "list_workspaces"], &settings);
    let refusal = wire.failure("get_workspace", json!({ "workspace_id": "Production" }));
    assert!(!refusal.contains("ws-product"), "{refusal}");
}

#[test]
fn flags_come_again_from_files_and_by_their_usual_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cfg.json");
    fs::write(&path, r#"{"retry": {"attempts": 3}}"#).unwrap();
    let path = path.to_str().unwrap();
    for value in [path.to_owned(), format!("@{path}")] {
        let output = run(
            &[
                "call",
                "create_config",
                "--name",
                "c",
                "--config",
                &value,
                "--dry-run",
            ],
            &[],
        );
        let shown = text(&output.stdout);
        assert!(
            shown.contains("\"attempts\": 3"),
            "{shown}{}",
            text(&output.stderr)
        );
    }
    let key = [
        "call",
        "create_api_key",
        "--type",
        "workspace",
        "--sub-type",
        "service",
        "--name",
        "k",
    ];
    for scopes in [
        &["--scopes", "a", "--scopes", "b"][..],
        &["--scopes", "a,b"],
        &["--scopes", r#"["a", "b"]"#],
    ] {
        let output = run(&[&key[..], scopes, &["--dry-run"]].concat(), &[]);
        let shown = text(&output.stdout);
        assert!(
            shown.contains("\"a\",\n") && shown.contains("\"b\"\n"),
            "{shown}{}",
            text(&output.stderr)
        );
    }
    let output = run(
        &[
            "call",
            "list_configs",
            "--page",
            "1",
            "--limit",
            "5",
            "--dry-run",
        ],
        &[],
    );
    let shown = text(&output.stdout);
    assert!(
        shown.contains("current_page=1&page_size=5"),
        "{shown}{}",
        text(&output.stderr)
    );
    let output = run(
        &[
            "call",
            "create_config",
            "--name",
            "c",
            "--config",
            "@/no/such",
        ],
        &[],
    );
    assert!(text(&output.stderr).contains("cannot read /no/such"));
}

#[test]
fn an_object_comes_from_standard_input() {
    let home = tempfile::tempdir().unwrap();
    let mut child = portkey_mcp(&home)
        .args([
            "call",
            "create_config",
            "--name",
            "c",
            "--config",
            "@-",
            "--dry-run",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, br#"{"retry": {"attempts": 3}}"#).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(text(&output.stdout).contains("\"attempts\": 3"));
}

#[test]
fn what_an_object_should_look_like_is_said() {
    let output = run(
        &[
            "call",
            "invite_user",
            "--email",
            "a@example.com",
            "--role",
            "member",
            "--workspaces",
            "ws-1",
        ],
        &[],
    );
    let said = text(&output.stderr);
    assert!(
        said.contains(r#"such as `[{"id": …, "role": …}]`"#),
        "{said}"
    );
    assert!(said.contains("@FILE"), "{said}");
}
