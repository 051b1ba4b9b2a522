//! Deployments: their settings, credentials and workspaces.

use serde_json::{Value, json};

use crate::client::{each, sandbox};

#[tokio::test]
async fn a_deployment_is_registered_changed_and_archived() {
    let admin = sandbox().await;
    let body = json!({
        "name": "US gateway", "slug": "us-east", "type": "non_production", "is_default": true,
        "tags": { "region": "us-east-1" },
        "auth_settings": { "workspaces_allowed": ["ws-staging-51f0ae"], "is_dataservice_hosted": 1 },
    });
    let made = admin.post("/v2/deployments", body.clone()).await;
    let secret = made["client_auth"].as_str().unwrap().to_owned();
    let path = format!("/v2/deployments/{}", made["id"].as_str().unwrap());
    let read = admin.get(&path).await;
    assert!(!read.to_string().contains(&secret));
    assert_eq!(read["is_default"], true);
    assert_eq!(read["auth_settings"]["is_dataservice_hosted"], true);
    let other = admin.get("/v2/deployments?search=west").await;
    assert_eq!(each(&other, "is_default"), [false]);

    let more =
        json!({ "auth_settings": { "workspaces_allowed": ["ws-product-8c41d2"] }, "tags": null });
    assert_eq!(admin.put(&path, more).await, json!({}));
    let read = admin.get(&path).await;
    assert_eq!(
        read["auth_settings"]["workspaces_allowed"],
        json!(["ws-staging-51f0ae", "ws-product-8c41d2"])
    );
    assert_eq!(read["tags"], Value::Null);
    let only = json!({ "override_existing": true, "auth_settings": { "workspaces_allowed": ["ws-researc-e7b093"] } });
    admin.put(&path, only).await;
    let found = admin
        .get("/v2/deployments?workspace_slug=ws-researc-e7b093")
        .await;
    assert_eq!(each(&found, "slug"), ["us-east"]);
    let none = json!({ "auth_settings": { "remove_workspaces_allowed": ["ws-researc-e7b093"] } });
    admin.put(&path, none).await;
    assert_eq!(
        admin.get(&path).await["auth_settings"]["allow_all_workspaces"],
        true
    );

    let rotated = admin.put(&path, json!({ "rotate_auth": true })).await;
    assert_ne!(rotated["client_auth"], made["client_auth"]);
    assert_eq!(admin.delete(&path).await, json!({}));
    let archived = admin.get("/v2/deployments?status=archived").await;
    assert_eq!(each(&archived, "slug"), ["us-east"]);
    admin.put(&path, json!({ "status": "active" })).await;
    assert_eq!(admin.get(&path).await["status"], "active");

    let refused = admin.refusal("POST", "/v2/deployments", body).await;
    refused.is(409, "AB07", "slug");
}

#[tokio::test]
async fn a_deployment_is_pinged_both_ways_while_it_is_active() {
    let admin = sandbox().await;
    let west = &admin.get("/v2/deployments").await["data"][0];
    let path = format!("/v2/deployments/{}", west["id"].as_str().unwrap());
    let ping = format!("{path}/ping");
    let healthy = admin.get(&ping).await;
    assert_eq!(healthy["status"], "healthy");
    assert_eq!(healthy["outbound"]["status_code"], 200);
    assert_eq!(
        healthy["gateway_base_url"],
        west["auth_settings"]["gateway_base_url"]
    );
    let body = json!({ "is_default": false });
    let refused = admin.refusal("PUT", &path, body).await;
    refused.is(400, "AB01", "`is_default`");
    admin.delete(&path).await;
    let archived = admin.get(&ping).await;
    assert_eq!(archived["inbound"]["status"], "failed");
    let made = admin
        .post("/v2/deployments", json!({ "name": "Next" }))
        .await;
    let next = format!("/v2/deployments/{}", made["id"].as_str().unwrap());
    let read = admin.get(&next).await;
    assert_eq!(read["is_default"], true, "the first active one");
    assert!(
        read["slug"].as_str().unwrap().starts_with("dp-next-"),
        "{read}"
    );
    let refused = admin
        .refusal("GET", &format!("{next}/ping"), json!({}))
        .await;
    refused.is(400, "AB01", "`gateway_base_url`");
    let refused = admin
        .refusal("GET", "/v2/deployments/none/ping", json!({}))
        .await;
    refused.is(404, "AB08", "deployment");
}

#[tokio::test]
async fn deployments_say_what_is_wrong() {
    let admin = sandbox().await;
    for (body, names) in [
        (json!({ "slug": "x" }), "`name`"),
        (json!({ "name": "X", "type": "spare" }), "`type`"),
        (
            json!({ "name": "X", "auth_settings": { "workspaces_allowed": ["ws-none"] } }),
            "`auth_settings.workspaces_allowed`",
        ),
        (json!({ "name": "X", "tags": { "a": 1 } }), "`tags`"),
    ] {
        let refused = admin.refusal("POST", "/v2/deployments", body).await;
        refused.is(400, "AB01", names);
    }
    let refused = admin
        .refusal("GET", "/v2/deployments/none", json!({}))
        .await;
    refused.is(404, "AB08", "deployment");
    let owner = admin.in_workspace();
    let refused = owner.refusal("GET", "/v2/deployments", json!({})).await;
    refused.is(403, "AB03", "organisation");
}
