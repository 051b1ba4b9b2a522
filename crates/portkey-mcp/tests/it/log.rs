//! The log tells what happened, whatever is asked of it: no messages, and nothing of any length.

use std::fs::{self, File};

use serde_json::json;
use tempfile::TempDir;

use crate::process::Wire;

/// What a server logs that is asked for this, while it is called with a secret and brings one.
fn logged(filter: &str, format: &str, calls: impl FnOnce(&mut Wire)) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log");
    let arguments = [
        "--sandbox",
        "--secrets=inline",
        "--audit=log",
        "--log",
        filter,
        "--log-format",
        format,
    ];
    let mut wire = Wire::start_logging(&arguments, &[], File::create(&path).unwrap().into());
    wire.initialise("2025-11-25");
    calls(&mut wire);
    wire.close();
    fs::read_to_string(path).unwrap()
}

#[test]
fn no_directive_shows_messages() {
    const SECRET: &str = "sk-c4n4ry-0123456789";
    for filter in [
        "rmcp=trace",
        "rmcp::service=trace",
        "rmcp::service=debug,rmcp::transport::async_rw=trace,rmcp::handler=trace",
        "rmcp[{id}]=trace",
        "[serve_inner]=trace",
        "[{id}]=trace,rmcp::service[{id}]=trace",
        "warn,rmcp::service[serve_inner]=trace",
        "trace,rmcp::service=trace,hyper::proto=trace,h2::codec=trace,reqwest::connect=trace",
    ] {
        for format in ["text", "json"] {
            let log = logged(filter, format, |wire| {
                let key = json!({ "name": "n", "provider": "openai", "key": SECRET });
                wire.call("create_virtual_key", key);
                let key = json!({ "type": "organisation", "sub_type": "service", "name": "c4n4ry-name",
                                  "scopes": ["workspaces.list"] });
                let made = wire.answer("create_api_key", key);
                assert!(made["key"].as_str().unwrap().len() > 20);
            });
            let found = log.lines().find(|line| line.contains("c4n4ry"));
            assert!(found.is_none(), "{filter}, {format}: {found:?}");
        }
    }
}

#[test]
fn what_clients_choose_is_logged_in_part_and_hides_nothing() {
    let name = format!("c4n4ry\u{202e}\u{1b}[2J{}", "x".repeat(100_000));
    for (filter, format) in [
        ("warn", "text"),
        ("warn", "json"),
        ("trace", "text"),
        ("trace", "json"),
    ] {
        let log = logged(filter, format, |wire| {
            let info = json!({ "protocolVersion": "2025-11-25", "capabilities": {},
                               "clientInfo": { "name": name, "version": "1" } });
            wire.request("initialize", info);
            wire.request("tools/call", json!({ "name": name, "arguments": {} }));
            wire.request(
                "resources/read",
                json!({ "uri": format!("portkey://{name}") }),
            );
            wire.request("prompts/get", json!({ "name": name }));
            wire.request(&name, json!({}));
            wire.answer("list_workspaces", json!({}));
        });
        for line in log.lines() {
            let length = line.chars().count();
            assert!(
                length < 6_000,
                "{filter}, {format}: a line of {length} characters"
            );
            assert!(
                !line.contains(['\u{202e}', '\u{1b}']),
                "{filter}, {format}: {line}"
            );
        }
    }
}

#[test]
fn the_name_of_a_client_is_cut_where_it_is_logged() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log");
    let log = File::create(&path).unwrap();
    let mut wire =
        Wire::start_logging(&["--sandbox", "--audit=log", "--log=info"], &[], log.into());
    let name = format!("client\u{200b}{}", "x".repeat(100_000));
    let info = json!({ "protocolVersion": "2025-11-25", "capabilities": {},
                       "clientInfo": { "name": name, "version": "1" } });
    wire.request("initialize", info);
    wire.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    wire.answer("list_workspaces", json!({}));
    wire.close();
    let log = fs::read_to_string(path).unwrap();
    let line = log
        .lines()
        .find(|line| line.contains("portkey_mcp::audit"))
        .unwrap();
    assert!(line.contains("client⟨U+200B⟩xxx"), "{line}");
    assert!(line.chars().count() < 600, "{}", line.len());
}
