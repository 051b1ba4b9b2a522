//! What Prometheus reads.

use serde_json::{Value, json};

use crate::served::{Served, message};

#[tokio::test]
async fn logs_can_be_json() {
    let server = Served::on_sandbox(&["--log", "portkey_mcp=info", "--log-format", "json"]);
    let call = json!({ "name": "list_workspaces", "arguments": {} });
    message(server.modern("tools/call", call).send().await.unwrap()).await;
    let line = server.says("called").await;
    let entry: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(entry["tool"], "list_workspaces");
    assert_eq!(entry["level"], "INFO");
}

#[tokio::test]
async fn calls_requests_and_sessions_are_counted() {
    let server = Served::on_sandbox(&[]);
    server.session().await;
    for name in ["list_workspaces", "get_workspace"] {
        let arguments = if name == "get_workspace" {
            json!({ "workspace_id": "ws-nowhere" })
        } else {
            json!({})
        };
        let call = json!({ "name": name, "arguments": arguments });
        message(server.modern("tools/call", call).send().await.unwrap()).await;
    }
    let counts = server.client.get(server.url("/metrics"));
    let counts = counts.send().await.unwrap();
    let kind = counts.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(kind.starts_with("text/plain"), "{kind}");
    let counts = counts.text().await.unwrap();
    for line in [
        r#"portkey_mcp_calls_total{tool="list_workspaces",outcome="ok"} 1"#,
        r#"portkey_mcp_calls_total{tool="get_workspace",outcome="not found"} 1"#,
        r#"portkey_mcp_call_duration_seconds_count{tool="list_workspaces"} 1"#,
        r#"portkey_upstream_requests_total{outcome="4xx"} 1"#,
        r#"portkey_mcp_http_requests_total{status="2xx"} 3"#,
        "portkey_mcp_sessions 1",
        "portkey_mcp_http_requests_in_flight",
    ] {
        assert!(counts.contains(line), "{line}\n{counts}");
    }
}
