//! Calls that nobody waits for to the end: what they sent is in their entries.

use std::{thread, time::Duration};

use serde_json::{Value, json};

use super::Log;
use crate::process::{SandboxProcess, Wire, portkey_mcp};

const UPDATE: &str = "PUT admin/workspaces/ws-product-8c41d2";

fn slow() -> SandboxProcess {
    let sandbox = SandboxProcess::start();
    sandbox.faults(&["latency=60000, method=PUT"]);
    sandbox
}

fn change() -> Value {
    json!({ "workspace_id": "ws-product-8c41d2", "description": "changed" })
}

fn asked(sandbox: &SandboxProcess) {
    while sandbox.seen() != [1] {
        thread::sleep(Duration::from_millis(20));
    }
}

/// The entry of a tool, once it is there.
fn entry(log: &Log, tool: &str) -> Value {
    for _ in 0..600 {
        if log.path().exists()
            && let Some(entry) = log
                .entries()
                .into_iter()
                .find(|entry| entry["tool"] == tool)
        {
            return entry;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("no entry of {tool}");
}

#[test]
fn a_change_that_is_withdrawn_is_written_with_what_was_sent() {
    let (log, sandbox) = (Log::new(), slow());
    let arguments = [
        "--audit",
        &log.setting(),
        "--toolsets",
        "default,list_changes",
    ];
    let mut wire = Wire::initialised(&arguments, &sandbox.settings());
    wire.send(&json!({ "jsonrpc": "2.0", "id": 77, "method": "tools/call",
                       "params": { "name": "update_workspace", "arguments": change() } }));
    asked(&sandbox);
    let cancel = json!({ "requestId": 77 });
    wire.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancel }));
    let entry = entry(&log, "update_workspace");
    assert_eq!(entry["outcome"], "cancelled");
    let requests = entry["requests"].as_array().unwrap();
    assert_eq!(
        requests.last(),
        Some(&json!({ "request": UPDATE })),
        "{entry}"
    );
    let listed = wire.answer("list_changes", json!({}));
    assert_eq!(listed["data"][0]["outcome"], "unknown", "{listed}");
}

#[test]
fn a_change_that_takes_too_long_is_written_with_what_was_sent() {
    let (log, sandbox) = (Log::new(), slow());
    let arguments = ["--audit", &log.setting(), "--timeout", "2"];
    let mut wire = Wire::initialised(&arguments, &sandbox.settings());
    wire.failure("update_workspace", change());
    let entry = entry(&log, "update_workspace");
    assert_eq!(entry["outcome"], "timed out");
    let requests = entry["requests"].as_array().unwrap();
    assert_eq!(
        requests.last(),
        Some(&json!({ "request": UPDATE })),
        "{entry}"
    );
}

#[test]
#[cfg(unix)]
fn a_command_that_is_interrupted_is_written_with_what_was_sent() {
    let (log, sandbox) = (Log::new(), slow());
    let home = tempfile::TempDir::new().unwrap();
    for signal in ["INT", "TERM"] {
        let mut child = portkey_mcp(&home)
            .args([
                "call",
                "update_workspace",
                "--workspace-id",
                "ws-product-8c41d2",
            ])
            .args(["--description", "changed", "--audit", &log.setting()])
            .envs(sandbox.settings())
            .spawn()
            .unwrap();
        asked(&sandbox);
        let id = child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", signal, &id])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let entry = entry(&log, "update_workspace");
        assert_eq!(entry["outcome"], "cancelled");
        let requests = entry["requests"].as_array().unwrap();
        assert_eq!(
            requests.last(),
            Some(&json!({ "request": UPDATE })),
            "{entry}"
        );
        std::fs::remove_file(log.path()).unwrap();
        sandbox.faults(&["latency=60000, method=PUT"]);
    }
}
