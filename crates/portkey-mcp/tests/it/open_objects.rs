//! What lies inside Portkey's own objects is passed on, and what looks like a slip is said beside the answer.

use serde_json::{Value, json};

use crate::process::{SandboxProcess, Wire, run, text};

/// The answer of a call and what is said beside it.
fn answered(wire: &mut Wire, tool: &str, arguments: Value) -> (Value, String) {
    let result = wire.call(tool, arguments);
    assert_ne!(result["isError"], true, "{result}");
    let blocks = result["content"].as_array().unwrap();
    let data = serde_json::from_str(blocks[0]["text"].as_str().unwrap()).unwrap();
    let beside = blocks.get(1).and_then(|block| block["text"].as_str());
    (data, beside.unwrap_or_default().to_owned())
}

#[test]
fn a_config_arrives_as_it_was_given_with_a_note_of_its_slips() {
    let sandbox = SandboxProcess::start();
    let mut wire = Wire::initialised(&["--toolsets", "all"], &sandbox.settings());
    let workspaces = wire.answer("list_workspaces", json!({}));
    let workspace = &workspaces["data"][0]["id"];
    let config = json!({ "strategy": { "mode": "load-balance" }, "targets": [{ "provider": "@openai", "wieght": 1 }],
        "inputMutators": [], "allow_subdomain": true });
    let arguments = json!({ "name": "Slips", "workspace_id": workspace, "config": config });
    let (made, note) = answered(&mut wire, "create_config", arguments);
    assert!(note.starts_with("Note of this server:"), "{note}");
    assert!(
        note.contains("did you mean `loadbalance`?") && note.contains("did you mean `weight`?"),
        "{note}"
    );
    let read = wire.answer("get_config", json!({ "slug": made["slug"] }));
    assert_eq!(read["config"], config);
}

#[test]
fn what_the_vendor_s_own_examples_send_is_made() {
    let sandbox = SandboxProcess::start();
    let mut wire = Wire::initialised(&["--toolsets", "all"], &sandbox.settings());
    let workspaces = wire.answer("list_workspaces", json!({}));
    let workspace = &workspaces["data"][0]["id"];
    let guardrail = json!({ "name": "Tokens", "workspace_id": workspace,
        "actions": { "onFail": "log", "message": "too long" },
        "checks": [{ "id": "default.jwt", "parameters": { "jwksUri": "https://id.example/jwks" } }] });
    let (made, note) = answered(&mut wire, "create_guardrail", guardrail.clone());
    assert!(
        note.contains("`actions.onFail`: is stored, but the gateway does not act on it"),
        "{note}"
    );
    let read = wire.answer("get_guardrail", json!({ "guardrail_id": made["id"] }));
    assert_eq!(read["actions"]["onFail"], "log");
    assert_eq!(
        read["checks"][0]["parameters"],
        guardrail["checks"][0]["parameters"]
    );

    let (_, note) = answered(
        &mut wire,
        "invite_user",
        json!({ "email": "quartermaster@example.com", "role": "member" }),
    );
    assert_eq!(note, "");
    let limit = json!({ "workspace_id": workspace, "type": "cost", "credit_limit": 5, "alert_threshold": 5,
        "group_by": ["api_key"], "conditions": [{ "key": "model", "value": "*" }] });
    answered(&mut wire, "create_usage_limit", limit);
    let integration = json!({ "name": "Desk tools", "url": "https://m.example/sse", "transport": "sse",
        "auth_type": "headers", "workspace_id": workspace });
    let (_, note) = answered(&mut wire, "create_mcp_integration", integration);
    assert!(note.contains("`custom_headers`: left out"), "{note}");
}

#[test]
fn icon_and_security_settings_of_a_workspace_are_kept() {
    let sandbox = SandboxProcess::start();
    let mut wire = Wire::initialised(&[], &sandbox.settings());
    let made = wire.answer(
        "create_workspace",
        json!({ "name": "Harbour", "icon": "⚓", "security_settings": { "membersViewLogs": false } }),
    );
    assert_eq!(made["icon"], "⚓");
    assert_eq!(made["security_settings"]["membersViewLogs"], false);
    let id = &made["id"];
    let change = json!({ "workspace_id": id, "icon": "🚢", "security_settings": { "membersViewLogs": true } });
    let changed = wire.answer("update_workspace", change);
    assert_eq!(changed["icon"], "🚢");
    assert_eq!(changed["security_settings"]["membersViewLogs"], true);
}

#[test]
fn names_that_are_known_are_listed_without_a_key() {
    let names = |tool: &str, search: &str| {
        let output = run(&["call", tool, "--search", search], &[]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["data"].clone()
    };
    assert_eq!(
        names("list_key_scopes", "logs.exp")[0]["name"],
        "logs.export"
    );
    let checks = names("list_guardrail_checks", "regexMatch");
    assert_eq!(
        checks,
        json!([{ "id": "default.regexMatch", "needs": ["rule"], "takes": ["not"] }])
    );
    assert_eq!(
        names("list_ai_providers", "azure-o"),
        json!(["azure-openai"])
    );
}

#[test]
fn a_shell_reads_the_notes_on_standard_error() {
    let arguments = [
        "--type",
        "workspace",
        "--sub-type",
        "service",
        "--name",
        "k",
        "--dry-run",
    ];
    let scopes = ["--scopes", r#"["completion.write"]"#];
    let call = ["--sandbox", "call", "create_api_key"];
    let output = run(&[&call[..], &arguments, &scopes].concat(), &[]);
    let noted = text(&output.stderr);
    assert!(
        noted.contains("did you mean `completions.write`?"),
        "{noted}"
    );
    assert!(!text(&output.stdout).contains("did you mean"));
}
