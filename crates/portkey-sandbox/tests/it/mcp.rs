//! MCP integrations, the servers that workspaces make of them, and guardrails on these.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

const CODE_HOST: &str = "/mcp-integrations/code-host";
const SERVER: &str = "/mcp-servers/code-host-prod";

async fn organisation(admin: &Client) -> Value {
    admin.get("/admin/workspaces/ws-product-8c41d2").await["organisation_id"].clone()
}

/// The user with this first name.
async fn person(admin: &Client, name: &str) -> String {
    let users = admin.get("/admin/users").await;
    let users = users["data"].as_array().unwrap();
    let user = users
        .iter()
        .find(|user| user["first_name"] == name)
        .unwrap();
    user["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_integration_is_created_read_changed_and_deleted() {
    let admin = sandbox().await;
    let body = json!({
        "name": "Ticket desk", "slug": "ticket-desk", "url": "https://desk.example/mcp",
        "auth_type": "headers", "transport": "http", "organisation_id": organisation(&admin).await,
        "configurations": { "custom_headers": { "x-token": "secret-of-desk" }, "forward_headers": ["x-user"] },
    });
    let made = admin.post("/mcp-integrations", body.clone()).await;
    let path = "/mcp-integrations/ticket-desk";
    let read = admin.get(path).await;
    assert_eq!(read["id"], made["id"]);
    assert_eq!(read["type"], "organisation");
    assert_eq!(
        read["configurations"],
        json!({ "forward_headers": ["x-user"] })
    );
    let change = json!({ "description": "Complaints", "transport": "sse" });
    assert_eq!(admin.put(path, change).await, json!({}));
    let read = admin.get(path).await;
    assert_eq!(
        (&read["description"], &read["transport"]),
        (&json!("Complaints"), &json!("sse"))
    );
    let found = admin
        .get("/mcp-integrations?search=ticket&type=organisation")
        .await;
    assert_eq!(each(&found, "workspaces_count"), [0]);
    assert_eq!(found["has_more"], false);

    let refused = admin
        .refusal("POST", "/mcp-integrations", body.clone())
        .await;
    refused.is(409, "AB07", "slug");
    for (name, value, names) in [
        ("name", Value::Null, "`name`"),
        ("url", json!("desk"), "`url`"),
        ("auth_type", json!("luck"), "`auth_type`"),
        ("transport", Value::Null, "`transport`"),
        ("slug", json!("a slug"), "`slug`"),
    ] {
        let mut wrong = body.clone();
        wrong[name] = value;
        let refused = admin.refusal("POST", "/mcp-integrations", wrong).await;
        refused.is(400, "AB01", names);
    }
    assert_eq!(admin.delete(path).await, json!({}));
    admin
        .refusal("GET", path, json!({}))
        .await
        .is(404, "AB08", "MCP");
}

#[tokio::test]
async fn an_organisation_key_says_whose_a_new_integration_is() {
    let admin = sandbox().await;
    let body = json!({
        "name": "Ticket desk", "url": "https://desk.example/mcp", "auth_type": "none", "transport": "http",
    });
    let refused = admin
        .refusal("POST", "/mcp-integrations", body.clone())
        .await;
    refused.is(400, "AB01", "organisation_id");
    let own = admin
        .in_workspace()
        .post("/mcp-integrations", body.clone())
        .await;
    let read = admin
        .get(&format!(
            "/mcp-integrations/{}",
            own["slug"].as_str().unwrap()
        ))
        .await;
    assert_eq!(read["type"], "workspace");
    let mut named = body;
    named["workspace_id"] = json!("ws-staging-51f0ae");
    admin.post("/mcp-integrations", named).await;
}

#[tokio::test]
async fn integrations_are_given_to_workspaces() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    let path = format!("{CODE_HOST}/workspaces");
    let given = admin.get(&path).await;
    assert_eq!(given["workspaces"].as_array().unwrap().len(), 2);
    assert_eq!(given["global_workspace_access"], Value::Null);
    let seen = owner.get(&format!("{path}?version=2")).await;
    assert_eq!(each(&seen, "id"), ["ws-product-8c41d2"]);

    let switch = json!([{ "id": "ws-product-8c41d2", "enabled": false }]);
    admin.put(&path, json!({ "workspaces": switch })).await;
    owner
        .refusal("GET", CODE_HOST, json!({}))
        .await
        .is(403, "AB03", "access");
    let listed = owner.get("/mcp-integrations").await;
    assert_eq!(each(&listed, "slug"), ["handbook"]);
    let rule = json!({
        "workspaces": [], "global_workspace_access": { "enabled": true }, "override_existing_workspace_access": true,
    });
    admin.put(&path, rule).await;
    owner.get(CODE_HOST).await;
    let refused = owner
        .refusal("PUT", CODE_HOST, json!({ "name": "Mine" }))
        .await;
    refused.is(403, "AB03", "access");
    let body = json!({ "workspaces": [{ "id": "ws-none", "enabled": true }] });
    let refused = admin.refusal("PUT", &path, body).await;
    refused.is(400, "AB01", "`workspaces`");
}

#[tokio::test]
async fn what_an_integration_forbids_its_servers_do_not_have() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    let path = format!("{SERVER}/capabilities");
    let tools = owner
        .get(&format!("{path}?type=tool&page_size=2&page=1"))
        .await;
    assert_eq!(each(&tools, "name"), ["create_issue", "merge_pull_request"]);
    assert_eq!(
        (&tools["total"], &tools["has_more"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(
        tools["counts"]["tools"],
        json!({ "total": 3, "enabled": 2 })
    );
    assert_eq!(each(&tools, "integration_enabled"), [true, false]);

    let both = json!([
        { "name": "create_issue", "type": "tool", "enabled": false },
        { "name": "merge_pull_request", "type": "tool", "enabled": true },
    ]);
    let done = owner.put(&path, json!({ "capabilities": both })).await;
    assert_eq!(done, json!({ "success": true }));
    let tools = owner.get(&path).await;
    assert_eq!(tools["counts"]["tools"]["enabled"], 1);
    let above = admin.get(&format!("{CODE_HOST}/capabilities")).await;
    assert_eq!(above["counts"]["tools"]["enabled"], 2);
    admin
        .put(
            &format!("{CODE_HOST}/capabilities"),
            json!({ "capabilities": both }),
        )
        .await;
    let tools = owner.get(&path).await;
    assert_eq!(tools["counts"]["tools"]["enabled"], 2);

    for body in [
        json!({ "capabilities": [] }),
        json!({ "capabilities": [{ "name": "fly", "type": "tool", "enabled": true }] }),
        json!({ "capabilities": [{ "name": "Page", "type": "resource_template", "enabled": true }] }),
    ] {
        owner
            .refusal("PUT", &path, body)
            .await
            .is(400, "AB01", "`capabilities");
    }
}

#[tokio::test]
async fn gateways_push_what_they_find() {
    let admin = sandbox().await;
    let found = json!({
        "server_info": { "name": "code-host", "version": "3.0.0" },
        "capabilities": [{ "type": "tool", "name": "search_issues" }, { "name": "close_issue" }],
    });
    admin.post(&format!("{CODE_HOST}/sync"), found).await;
    let metadata = admin.get(&format!("{CODE_HOST}/metadata")).await;
    assert_eq!(metadata["server_version"], "3.0.0");
    assert_eq!(metadata["sync_status"], "success");
    let tools = admin.get(&format!("{SERVER}/capabilities")).await;
    assert_eq!(each(&tools, "name"), ["close_issue", "search_issues"]);
    assert_eq!(
        admin.get(&format!("{SERVER}/metadata")).await["server_version"],
        "3.0.0"
    );
    let own = json!({ "server_name": "mine", "instructions": "Be brief." });
    admin.post(&format!("{SERVER}/metadata/sync"), own).await;
    let metadata = admin.get(&format!("{SERVER}/metadata")).await;
    assert_eq!(metadata["server_name"], "mine");
    let only = json!({ "capabilities": [{ "name": "search_issues" }] });
    admin
        .post(&format!("{SERVER}/capabilities/sync"), only)
        .await;
    let tools = admin.get(&format!("{CODE_HOST}/capabilities")).await;
    assert_eq!(each(&tools, "name"), ["search_issues"]);
}

#[tokio::test]
async fn a_server_is_created_read_changed_and_deleted() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    let body =
        json!({ "name": "Our handbook", "slug": "our-handbook", "mcp_integration_id": "handbook" });
    let made = owner.post("/mcp-servers", body.clone()).await;
    let path = "/mcp-servers/our-handbook";
    let read = owner.get(path).await;
    assert_eq!(read["id"], made["id"]);
    assert_eq!(read["workspace_slug"], "ws-product-8c41d2");
    assert_eq!(read["mcp_integration_details"]["slug"], "handbook");
    owner
        .put(
            path,
            json!({ "name": "Rules", "description": "All of them" }),
        )
        .await;
    let found = owner.get("/mcp-servers?search=rules").await;
    assert_eq!(each(&found, "description"), ["All of them"]);
    let test = owner.post(&format!("{path}/test"), json!({})).await;
    assert_eq!(test["success"], true);
    admin
        .put(
            "/mcp-integrations/handbook",
            json!({ "url": "https://gone.invalid/mcp" }),
        )
        .await;
    let test = owner.post(&format!("{path}/test"), json!({})).await;
    assert_eq!(
        (&test["success"], &test["status_code"]),
        (&json!(false), &Value::Null)
    );

    let refused = owner.refusal("POST", "/mcp-servers", body).await;
    refused.is(409, "AB07", "slug");
    for (name, value) in [
        ("name", Value::Null),
        ("mcp_integration_id", json!("none")),
        ("slug", json!("ab")),
    ] {
        let mut wrong = json!({ "name": "X", "mcp_integration_id": "handbook" });
        wrong[name] = value;
        owner
            .refusal("POST", "/mcp-servers", wrong)
            .await
            .is(400, "AB01", name);
    }
    let research = "/mcp-servers/handbook-research";
    owner
        .refusal("GET", research, json!({}))
        .await
        .is(403, "AB03", "access");
    admin.delete("/mcp-integrations/handbook").await;
    owner
        .refusal("GET", path, json!({}))
        .await
        .is(404, "AB08", "MCP server");
}

#[tokio::test]
async fn people_are_let_in_one_by_one() {
    let admin = sandbox().await;
    let path = format!("{SERVER}/user-access");
    let access = admin.get(&path).await;
    assert_eq!(access["default_user_access"], "allow");
    assert_eq!(
        each(&access, "first_name"),
        ["Ada", "Bruno", "Dana", "Emil", "Farah"]
    );
    assert_eq!(each(&access, "enabled"), [true, true, true, true, false]);
    assert_eq!(access["data"][2]["connection_status"], "connected");
    assert_eq!(access["data"][4]["has_override"], true);

    let rule = json!([{ "user_id": person(&admin, "Ada").await, "enabled": true }]);
    let body = json!({ "user_access": rule, "default_user_access": "deny" });
    admin.put(&path, body).await;
    let access = admin.get(&format!("{path}?page=1&page_size=3")).await;
    assert_eq!(each(&access, "enabled"), [true, false, false]);
    assert_eq!(access["has_more"], true);
    let stranger = json!([{ "user_id": person(&admin, "Hugo").await, "enabled": true }]);
    let refused = admin
        .refusal("PUT", &path, json!({ "user_access": stranger }))
        .await;
    refused.is(400, "AB01", "`user_access`");
    admin
        .refusal("PUT", &path, json!({ "x": 1 }))
        .await
        .is(400, "AB01", "`user_access`");
    let check = admin.get(&format!("{path}/check")).await;
    assert_eq!(check["has_access"], true);
}

#[tokio::test]
async fn people_and_services_sign_in_and_out() {
    let admin = sandbox().await;
    let path = format!("{SERVER}/connections");
    assert_eq!(admin.get(&path).await["total"], 2);
    let emil = person(&admin, "Emil").await;
    admin
        .refusal("DELETE", &path, json!({}))
        .await
        .is(400, "AB01", "`user_id`");
    let done = admin.delete(&format!("{path}?user_id={emil}")).await;
    assert_eq!(done, json!({ "success": true }));
    assert_eq!(admin.get(&path).await["total"], 1);
    let refused = admin
        .refusal("DELETE", &format!("{path}?user_id={emil}"), json!({}))
        .await;
    refused.is(404, "AB08", "connection");

    let tokens = format!("{SERVER}/tokens");
    admin
        .refusal("GET", &tokens, json!({}))
        .await
        .is(404, "AB08", "token");
    for access in ["one", "two"] {
        admin
            .put(
                &tokens,
                json!({ "access_token": access, "refresh_token": "again" }),
            )
            .await;
        assert_eq!(admin.get(&tokens).await["access_token"], access);
    }
    admin.delete(&tokens).await;
    admin
        .refusal("DELETE", &tokens, json!({}))
        .await
        .is(404, "AB08", "token");
    let client = admin.get(&format!("{SERVER}/client-info")).await;
    assert_eq!(client["client_id"], "northwind");
}
