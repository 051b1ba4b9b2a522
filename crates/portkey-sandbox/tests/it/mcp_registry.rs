//! The registry of MCP servers, and guardrails that watch them.

use serde_json::{Value, json};

use crate::client::sandbox;

const SERVER: &str = "/mcp-servers/code-host-prod";

#[tokio::test]
async fn the_registry_is_read_page_by_page() {
    let admin = sandbox().await;
    let first = admin.get("/v0.1/servers?limit=1").await;
    assert_eq!(
        first["metadata"],
        json!({ "count": 1, "nextCursor": "code-host-prod" })
    );
    let server = &first["servers"][0]["server"];
    assert_eq!(
        server["remotes"][0]["url"],
        "https://mcp.portkey.ai/ws-product-8c41d2/code-host-prod/mcp"
    );
    assert_eq!(server["version"], "2.3.0");
    let second = admin
        .get("/v0.1/servers?limit=1&cursor=code-host-prod")
        .await;
    assert_eq!(second["metadata"], json!({ "count": 1 }));
    let own = admin.in_workspace().get("/v0.1/servers").await;
    assert_eq!(own["metadata"]["count"], 1);
    let refused = admin
        .refusal("GET", "/v0.1/servers?updated_since=lately", json!({}))
        .await;
    refused.is(400, "AB01", "`updated_since`");
}

#[tokio::test]
async fn guardrails_watch_servers() {
    let admin = sandbox().await;
    let guardrail =
        json!({ "name": "Tools", "target": "mcp_tools", "workspace_id": "ws-product-8c41d2" });
    let guardrail = admin.post("/guardrails", guardrail).await;
    let guardrail = format!("/guardrails/{}", guardrail["slug"].as_str().unwrap());
    let path = &format!("{guardrail}/mcp-servers");
    let id = |answer: &Value| answer["id"].as_str().unwrap().to_owned();
    let code = id(&admin.get(SERVER).await);
    let handbook = id(&admin.get("/mcp-servers/handbook-research").await);
    let tools = admin.get(&format!("{SERVER}/capabilities?type=tool")).await;
    let tool = tools["data"][0]["id"].clone();

    let body = json!({ "run_on": ["input"], "mcp_integration_capability_ids": [tool] });
    let made = admin.put(&format!("{path}/{code}"), body).await;
    let listed = admin.get(path).await;
    assert_eq!(
        listed.as_array().unwrap().len(),
        1,
        "a list without an envelope"
    );
    assert_eq!(
        (
            &listed[0]["id"],
            &listed[0]["run_on"],
            &listed[0]["capability_ids"]
        ),
        (&made["map_id"], &json!(["input"]), &json!([tool]))
    );
    // What else changes of the guardrail leaves its servers.
    admin.put(&guardrail, json!({ "name": "Calls" })).await;
    let read = admin.get(&guardrail).await;
    assert_eq!(
        (&read["target"], &read["mcp_server_mappings"]),
        (&json!("mcp_tools"), &listed)
    );
    let mut wanted = json!({});
    wanted[&code] = json!({});
    wanted[&handbook] = json!({ "run_on": ["output"] });
    let changed = admin.put(path, json!({ "mcp_servers": wanted })).await;
    assert_eq!(
        changed,
        json!({ "changed": true, "added": 1, "updated": 1, "removed": 0 })
    );
    let again = admin.put(path, json!({ "mcp_servers": wanted })).await;
    assert_eq!(again["changed"], false);
    let cleared = admin.put(path, json!({ "mcp_servers": {} })).await;
    assert_eq!(cleared["removed"], 2);
    let of_models = "/guardrails/pg-no-persona-3e71b8/mcp-servers";
    for path in [of_models.to_owned(), format!("{of_models}/{code}")] {
        let body = json!({ "mcp_servers": wanted });
        let refused = admin.refusal("PUT", &path, body).await;
        refused.is(400, "AB01", "mcp_tools");
    }

    let refused = admin
        .refusal("PUT", &format!("{path}/{code}"), json!({ "run_on": [] }))
        .await;
    refused.is(400, "AB01", "`run_on`");
    for guarded in [
        json!({ "run_on": ["stream"] }),
        json!({ "mcp_servers": { &code: { "run_on": ["stream"] } } }),
    ] {
        let path = match guarded.get("run_on") {
            Some(_) => format!("{path}/{code}"),
            None => path.clone(),
        };
        let refused = admin.refusal("PUT", &path, guarded).await;
        refused.is(400, "AB01", "run_on[0]");
    }
    let refused = admin
        .refusal("PUT", &format!("{path}/none"), json!({ "x": 1 }))
        .await;
    refused.is(400, "AB01", "`mcp_servers`");
    let refused = admin
        .refusal("GET", "/guardrails/none/mcp-servers", json!({}))
        .await;
    refused.is(404, "AB08", "guardrail");
}
