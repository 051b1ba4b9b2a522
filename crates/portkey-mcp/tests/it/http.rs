//! The endpoint, spoken to as clients of all revisions do.

use reqwest::StatusCode;
use serde_json::json;

use crate::served::{Served, initialize, message};

#[tokio::test]
async fn a_client_of_2026_lists_and_calls_without_a_session() {
    let server = Served::on_sandbox(&[]);
    let listed = server.modern("tools/list", json!({})).send().await.unwrap();
    assert!(!listed.headers().contains_key("mcp-session-id"));
    let listed = message(listed).await;
    assert_eq!(
        listed["result"]["tools"].as_array().unwrap().len(),
        126,
        "{listed}"
    );
    let call = json!({ "name": "list_workspaces", "arguments": {} });
    let called = message(server.modern("tools/call", call).send().await.unwrap()).await;
    assert_eq!(called["result"]["isError"], false, "{called}");
    let origin = &called["result"]["_meta"]["portkey-mcp/origin"];
    assert_eq!(origin["profile"], "default");
    assert!(origin["key"].as_str().unwrap().starts_with("sha256:"));
}

#[tokio::test]
async fn older_clients_get_a_session_and_end_it() {
    let server = Served::on_sandbox(&[]);
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let opened = server.post(&initialize(version)).send().await.unwrap();
        let id = opened.headers()["mcp-session-id"].clone();
        assert_eq!(message(opened).await["result"]["protocolVersion"], version);
        let end = server.client.delete(server.url("/mcp"));
        let ended = end.header("mcp-session-id", id).send().await.unwrap();
        assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    }
}

#[test]
fn settings_of_another_server_are_not_passed_over_in_silence() {
    let settings = [
        ("PORTKEY_SANDBOX", "true"),
        ("MCP_AUTH_TOKEN", "of-the-old-server"),
        ("MCP_HOST", "127.0.0.1"),
        ("MCP_BIND", "127.0.0.1"),
    ];
    let told = Served::start(&[], &settings).told.join("\n");
    let said =
        "MCP_AUTH_TOKEN is ignored, it is a setting of another server: the one here is MCP_TOKENS";
    assert!(told.contains(said), "{told}");
    assert!(!told.contains("MCP_HOST"), "ours is set, too: {told}");
    assert!(!told.contains("of-the-old-server"), "{told}");
}
