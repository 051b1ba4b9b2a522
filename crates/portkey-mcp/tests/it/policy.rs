//! What the operator forbids: not listed, not called, by whomever, in both eras and on the command line.

mod principals;
mod quotas;
mod referring;
mod start;
mod workspaces;
mod world;

use serde_json::{Value, json};

use crate::{
    process::{SandboxProcess, Wire, run, text},
    served::{Served, message},
};

/// The names of the tools that a session lists.
fn listed(wire: &mut Wire) -> Vec<String> {
    names(&wire.request("tools/list", json!({})))
}

fn names(message: &Value) -> Vec<String> {
    let tools = message["result"]["tools"].as_array();
    let tools = tools.unwrap_or_else(|| panic!("{message}"));
    let names = tools.iter().map(|tool| tool["name"].as_str().unwrap());
    names.map(str::to_owned).collect()
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|one| one == name)
}

const SANDBOX: [(&str, &str); 1] = [("PORTKEY_SANDBOX", "true")];

#[test]
fn a_read_only_server_lists_and_calls_nothing_that_writes() {
    let mut wire = Wire::initialised(&["--read-only"], &SANDBOX);
    let tools = listed(&mut wire);
    assert!(has(&tools, "get_config") && !has(&tools, "delete_config"));
    let listed = wire.request("tools/list", json!({}));
    for tool in listed["result"]["tools"].as_array().unwrap() {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
    }
    let told = wire.failure("create_collection", json!({ "name": "new" }));
    assert_eq!(
        told,
        "`create_collection` is not allowed here: `--read-only`. Only the operator of this server can change that."
    );
    // Not even as a dry run: what cannot be done need not be prepared.
    let dry = json!({ "name": "new", "dry_run": true });
    assert!(
        wire.failure("create_collection", dry)
            .contains("`--read-only`")
    );
    wire.answer("list_configs", json!({}));
}

#[test]
fn deny_wins_over_allow_by_domain_tool_and_alias() {
    let arguments = [
        "--toolsets",
        "all",
        "--allow",
        "configs,users,workspaces",
        "--deny",
        "delete_config,list_users",
    ];
    let mut wire = Wire::initialised(&arguments, &SANDBOX);
    let tools = listed(&mut wire);
    assert!(has(&tools, "get_config") && has(&tools, "get_user"));
    for (tool, rule) in [
        ("delete_config", "`--deny` names it"),
        ("list_all_users", "`--deny` names it"),
        ("list_users", "`--deny` names it"),
        ("list_prompts", "`--allow` does not name it"),
    ] {
        assert!(!has(&tools, tool), "{tool}");
        let told = wire.failure(tool, json!({}));
        assert!(told.contains(rule), "{told}");
    }
}

#[test]
fn a_domain_that_is_denied_takes_its_unlisted_tools_along() {
    let arguments = [
        "--toolsets",
        "all,get_mcp_server_tokens",
        "--deny",
        "mcp_servers",
    ];
    let mut wire = Wire::initialised(&arguments, &SANDBOX);
    assert!(!has(&listed(&mut wire), "get_mcp_server_tokens"));
}

#[test]
fn only_the_effects_that_are_named_are_allowed() {
    let settings = [
        ("PORTKEY_SANDBOX", "true"),
        ("PORTKEY_MCP_EFFECTS", "read,create"),
    ];
    let mut wire = Wire::initialised(&[], &settings);
    let tools = listed(&mut wire);
    assert!(has(&tools, "create_config") && !has(&tools, "publish_prompt"));
    let told = wire.failure("delete_config", json!({ "slug": "x" }));
    assert!(told.contains("`--effects` leaves out `delete`"), "{told}");
}

#[test]
fn a_composed_tool_cannot_do_what_its_parts_are_forbidden() {
    let sandbox = SandboxProcess::start();
    let mut free = Wire::initialised(&[], &sandbox.settings());
    let prompt = free.answer("list_prompts", json!({ "verbose": true }))["data"][0].clone();
    let collection = prompt["collection_id"].clone();
    let mut wire = Wire::initialised(
        &["--deny", "create_prompt,update_prompt"],
        &sandbox.settings(),
    );
    let told = wire.failure(
        "promote_prompt",
        json!({ "source_prompt_id": prompt["id"], "target_collection_id": collection, "target_env": "prod" }),
    );
    let refused = told.contains("`create_prompt`") || told.contains("`update_prompt`");
    assert!(refused && told.contains("`--deny` names it"), "{told}");
}

#[test]
fn the_command_line_keeps_to_the_policy() {
    let refused = run(
        &[
            "call",
            "--sandbox",
            "--read-only",
            "delete_config",
            "--slug",
            "x",
        ],
        &[],
    );
    assert_eq!(refused.status.code(), Some(7));
    let told = text(&refused.stderr);
    assert!(
        told.contains("`delete_config` is not allowed here: `--read-only`"),
        "{told}"
    );
    let tools = run(&["tools", "--deny", "configs"], &[]);
    assert!(!text(&tools.stdout).contains("get_config "));
}

#[test]
fn clients_are_told_that_the_server_is_restricted() {
    let mut wire = Wire::start(
        &["--read-only", "--only-workspaces", "ws-staging-51f0ae"],
        &SANDBOX,
    );
    let told = wire.initialise("2025-11-25")["result"]["instructions"].clone();
    let told = told.as_str().unwrap();
    assert!(
        told.contains("RESTRICTED") && told.contains("read-only"),
        "{told}"
    );
    assert!(told.contains("ws-staging-51f0ae"), "{told}");
    let mut free = Wire::start(&[], &SANDBOX);
    let told = free.initialise("2025-11-25")["result"]["instructions"].clone();
    assert!(!told.as_str().unwrap().contains("RESTRICTED"));
}

#[tokio::test]
async fn http_keeps_to_the_policy_in_both_eras_and_counts_what_it_refused() {
    let server = Served::on_sandbox(&["--read-only"]);
    let session = server.session().await;
    let call = json!({ "name": "delete_config", "arguments": { "slug": "x" } });
    let old = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call });
    let old = server.post(&old).header("mcp-session-id", session);
    let old = old.header("mcp-protocol-version", "2025-11-25");
    for request in [old, server.modern("tools/call", call)] {
        let told = message(request.send().await.unwrap()).await;
        assert_eq!(told["result"]["isError"], true, "{told}");
        let text = told["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("`--read-only`"), "{text}");
    }
    let discovered = server
        .modern("server/discover", json!({}))
        .send()
        .await
        .unwrap();
    let discovered = message(discovered).await;
    let told = discovered["result"]["instructions"].as_str().unwrap();
    assert!(told.contains("RESTRICTED"), "{told}");
    let counts = server
        .client
        .get(server.url("/metrics"))
        .send()
        .await
        .unwrap();
    let counts = counts.text().await.unwrap();
    let line = r#"portkey_mcp_refused_total{rule="read-only"} 2"#;
    assert!(counts.contains(line), "{counts}");
}
