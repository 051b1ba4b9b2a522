//! Which keys may do what.

use reqwest::Method;
use serde_json::json;

use crate::client::sandbox;

#[tokio::test]
async fn without_a_known_key_nothing_is_answered() {
    let admin = sandbox().await;
    for key in ["", "nobody's key"] {
        let stranger = admin.with_key(key);
        let refused = stranger
            .refusal("GET", "/admin/workspaces", json!({}))
            .await;
        refused.is(401, "AB05", "Invalid API Key");
    }
}

#[tokio::test]
async fn workspace_keys_are_bound_to_their_workspace() {
    let admin = sandbox().await;
    let member = admin.in_workspace();
    assert_eq!(member.get("/admin/workspaces").await["total"], 1);
    let refused = member
        .refusal("GET", "/admin/workspaces/ws-staging-51f0ae", json!({}))
        .await;
    refused.is(403, "AB03", "workspace");
    let refused = member.refusal("GET", "/admin/users", json!({})).await;
    refused.is(403, "AB03", "organisation API key");
    let refused = member
        .refusal("GET", "/virtual-keys/openai-stagi-9d10e5", json!({}))
        .await;
    refused.is(403, "AB03", "virtual key");
    let path = "/api-keys?workspace_id=ws-staging-51f0ae";
    member
        .refusal("GET", path, json!({}))
        .await
        .is(403, "AB03", "workspace");
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let admin = sandbox().await;
    let key = admin
        .post(
            "/api-keys/organisation/service",
            json!({ "name": "Reader", "scopes": ["workspaces.list"] }),
        )
        .await;
    let reader = admin.with_key(key["key"].as_str().unwrap());
    assert_eq!(reader.get("/admin/workspaces").await["total"], 3);
    let refused = reader
        .refusal("POST", "/admin/workspaces", json!({ "name": "Mine" }))
        .await;
    refused.is(403, "AB03", "workspaces.create");
}

#[tokio::test]
async fn smaller_plans_lack_the_enterprise_operations() {
    let admin = sandbox().await;
    admin.put("/_sandbox/plan", json!({ "plan": "pro" })).await;
    let refused = admin.refusal("GET", "/admin/users", json!({})).await;
    refused.is(403, "AB03", "Enterprise");
    assert_eq!(admin.get("/admin/workspaces").await["total"], 3);
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let admin = sandbox().await;
    let refused = admin
        .refusal("POST", "/admin/workspaces", json!(["a", "list"]))
        .await;
    refused.is(400, "AB01", "object");
    admin
        .refusal("DELETE", "/virtual-keys", json!({}))
        .await
        .is(405, "AB02", "/v1/virtual-keys");
    let url = format!("{}/admin/workspaces", admin.sandbox.url());
    let request = reqwest::Client::new()
        .request(Method::POST, url)
        .header("x-portkey-api-key", &admin.sandbox.keys().admin)
        .body("{ not json");
    assert_eq!(request.send().await.unwrap().status(), 400);
}
