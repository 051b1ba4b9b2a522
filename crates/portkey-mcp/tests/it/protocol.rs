//! What the protocol asks of a server, in both of its eras, on the wire.

use serde_json::{Value, json};

use crate::process::{Wire, run, text};

const HANDSHAKES: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

/// The `_meta` that every request of 2026-07-28 carries in place of a handshake.
fn modern(mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    params
}

fn names(list: &Value) -> Vec<String> {
    let tools = list["result"]["tools"].as_array().expect("a list of tools");
    tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_revision_with_a_handshake_is_spoken() {
    for version in HANDSHAKES {
        let mut wire = Wire::start(&[], &[]);
        let answer = wire.initialise(version);
        assert_eq!(answer["result"]["protocolVersion"], version);
        assert_eq!(answer["result"]["serverInfo"]["name"], "portkey-mcp");
        assert!(
            names(&wire.request("tools/list", json!({}))).contains(&"list_workspaces".to_owned())
        );
    }
}

#[test]
fn each_message_of_a_batch_is_answered() {
    let mut wire = Wire::start(&["--sandbox"], &[]);
    wire.initialise("2025-03-26");
    let call = json!({ "name": "list_workspaces", "arguments": {} });
    wire.send(&json!([
        { "jsonrpc": "2.0", "id": "a", "method": "ping" },
        { "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "none" } },
        { "jsonrpc": "2.0", "id": "b", "method": "tools/call", "params": call },
    ]));
    // What takes longer is answered later.
    let mut answered = vec![wire.next(), wire.next()];
    answered.sort_by_key(|answer| answer["id"].to_string());
    assert_eq!(answered[0]["id"], "a");
    assert!(answered[0]["result"].is_object(), "{answered:?}");
    assert_eq!(answered[1]["id"], "b");
    assert_eq!(answered[1]["result"]["isError"], false, "{answered:?}");
    wire.send(&json!([]));
    assert_eq!(wire.next()["error"]["code"], -32600);
    assert!(wire.request("ping", json!({}))["result"].is_object());
}

#[test]
fn an_unknown_revision_is_answered_with_the_newest_that_has_a_handshake() {
    let mut wire = Wire::start(&[], &[]);
    assert_eq!(
        wire.initialise("2099-01-01")["result"]["protocolVersion"],
        "2025-11-25"
    );
}

#[test]
fn the_revision_without_a_handshake_is_spoken() {
    let mut wire = Wire::start(&[], &[]);
    let discovered = wire.request("server/discover", modern(json!({})));
    let versions = discovered["result"]["supportedVersions"]
        .as_array()
        .unwrap();
    assert!(versions.contains(&json!("2026-07-28")), "{discovered}");
    let list = wire.request("tools/list", modern(json!({})));
    assert!(names(&list).len() >= 53);
    let called = wire.request(
        "tools/call",
        modern(json!({ "name": "validate_completion_metadata", "arguments": {} })),
    );
    for result in [&list, &called] {
        let info = &result["result"]["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(info["name"], "portkey-mcp", "{result}");
    }
}

#[test]
fn older_clients_get_no_server_info_in_results() {
    let mut wire = Wire::initialised(&[], &[]);
    let list = wire.request("tools/list", json!({}));
    assert!(list["result"]["_meta"].is_null());
}

#[test]
fn every_tool_has_its_hints() {
    let mut wire = Wire::initialised(&[], &[]);
    let list = wire.request("tools/list", json!({}));
    for tool in list["result"]["tools"].as_array().unwrap() {
        let hints = &tool["annotations"];
        assert!(
            hints["readOnlyHint"].is_boolean() && hints["destructiveHint"].is_boolean(),
            "{tool}"
        );
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        let name = tool["name"].as_str().unwrap();
        if name.starts_with("delete_") || name.starts_with("remove_") {
            assert_eq!(hints["destructiveHint"], true, "{name}");
        }
        // Traces are found by an export, which is a job that stays.
        let exports = name == "list_traces" || name == "get_trace";
        if (name.starts_with("list_") || name.starts_with("get_")) && !exports {
            assert_eq!(hints["readOnlyHint"], true, "{name}");
        }
    }
}

#[test]
fn params_of_another_form_are_invalid_params() {
    let mut wire = Wire::initialised(&[], &[]);
    for params in [
        json!({ "name": "get_user", "arguments": [1] }),
        json!({}),
        json!({ "name": 1 }),
    ] {
        let answer = wire.request("tools/call", params.clone());
        assert_eq!(answer["error"]["code"], -32602, "{params}: {answer}");
    }
}

#[test]
fn unknown_tools_cursors_and_methods_are_protocol_errors() {
    let mut wire = Wire::initialised(&[], &[]);
    let tool = wire.request("tools/call", json!({ "name": "list_workspace" }));
    assert_eq!(tool["error"]["code"], -32602);
    let message = tool["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("did you mean `list_workspaces`?"),
        "{message}"
    );
    let cursor = wire.request("tools/list", json!({ "cursor": "x" }));
    assert_eq!(cursor["error"]["code"], -32602);
    let answer = wire.request("no/such", json!({}));
    assert_eq!(answer["error"]["code"], -32601, "{answer}");
    let mut wire = Wire::start(&[], &[]);
    let answer = wire.request("no/such", modern(json!({})));
    assert_eq!(answer["error"]["code"], -32601, "{answer}");
}

#[test]
fn a_closed_input_is_a_clean_end() {
    assert!(Wire::start(&[], &[]).close().success());
    assert!(Wire::initialised(&[], &[]).close().success());
}

#[test]
fn structured_content_comes_with_declared_outputs_always_or_never() {
    let cases = [
        ("always", true, true),
        ("declared", false, true),
        ("never", false, false),
    ];
    for (setting, with_plain, with_declared) in cases {
        let mut wire = Wire::initialised(&["--sandbox", "--structured", setting], &[]);
        let plain = wire.call("list_workspaces", json!({}));
        let declared = wire.call("validate_completion_metadata", json!({}));
        assert_eq!(
            plain["structuredContent"].is_object(),
            with_plain,
            "{setting}"
        );
        assert_eq!(
            declared["structuredContent"].is_object(),
            with_declared,
            "{setting}"
        );
        let list = wire.request("tools/list", json!({}));
        let tools = list["result"]["tools"].as_array().unwrap();
        let promises = tools.iter().any(|tool| tool["outputSchema"].is_object());
        assert_eq!(promises, setting != "never", "{setting}");
    }
}

#[test]
fn the_sandbox_says_that_it_is_one() {
    let mut wire = Wire::start(&["--sandbox"], &[]);
    let answer = wire.initialise("2025-11-25");
    assert_eq!(
        answer["result"]["serverInfo"]["name"],
        "portkey-mcp-sandbox"
    );
    let instructions = answer["result"]["instructions"].as_str().unwrap();
    assert!(
        instructions.starts_with("THIS IS A SANDBOX"),
        "{instructions}"
    );
    let output = run(&["--sandbox"], &[]);
    assert!(
        text(&output.stderr).contains("SANDBOX"),
        "it says so to the operator too"
    );
    assert!(output.stdout.is_empty());
}
