//! Workspaces: created, read, changed and deleted.

use serde_json::json;

use crate::client::{each, sandbox};

#[tokio::test]
async fn a_new_sandbox_has_three_workspaces() {
    let admin = sandbox().await;
    let listing = admin.get("/admin/workspaces").await;
    assert_eq!(listing["object"], "list");
    assert_eq!(listing["total"], 3);
    let names = each(&listing, "name");
    assert_eq!(names, ["🔬 Research", "Staging", "Production"]);
    assert_eq!(each(&listing, "is_default"), [0, 0, 1]);
}

#[tokio::test]
async fn pages_start_at_zero_in_either_spelling() {
    let admin = sandbox().await;
    for path in ["?current_page=1&page_size=2", "?currentPage=1&pageSize=2"] {
        let page = admin.get(&format!("/admin/workspaces{path}")).await;
        assert_eq!(page["total"], 3);
        assert_eq!(each(&page, "name"), ["Production"]);
    }
}

#[tokio::test]
async fn a_workspace_is_created_read_changed_and_deleted() {
    let admin = sandbox().await;
    let made = admin
        .post(
            "/admin/workspaces",
            json!({ "name": "🚀 Launch pad", "description": "Soon" }),
        )
        .await;
    assert_eq!(made["name"], "🚀 Launch pad");
    assert_eq!(made["icon"], "🚀");
    assert!(made["slug"].as_str().unwrap().starts_with("ws-launch-pad-"));
    let path = format!("/admin/workspaces/{}", made["slug"].as_str().unwrap());

    let changed = admin
        .put(&path, json!({ "name": "Launch site", "icon": "" }))
        .await;
    assert_eq!(changed, json!({}));
    let read = admin.get(&path).await;
    assert_eq!(
        (&read["name"], &read["description"]),
        (&json!("Launch site"), &json!("Soon"))
    );
    assert_eq!(read["users"], json!([]));

    let refused = admin.refusal("DELETE", &path, json!({})).await;
    refused.is(400, "AB01", "`name`");
    let refused = admin
        .refusal("DELETE", &path, json!({ "name": "Launch pad" }))
        .await;
    refused.is(400, "AB01", "does not match");
    let body = Some(json!({ "name": "Launch site" }));
    let (status, _) = admin.send(reqwest::Method::DELETE, &path, body).await;
    assert_eq!(status, 200);
    admin
        .refusal("GET", &path, json!({}))
        .await
        .is(404, "AB08", "workspace");
}

#[tokio::test]
async fn names_are_unique_and_required() {
    let admin = sandbox().await;
    let refused = admin
        .refusal("POST", "/admin/workspaces", json!({ "name": "staging" }))
        .await;
    refused.is(409, "AB07", "name");
    let refused = admin
        .refusal("POST", "/admin/workspaces", json!({ "name": " " }))
        .await;
    refused.is(400, "AB01", "`name`");
}

#[tokio::test]
async fn the_path_without_admin_is_a_bad_request() {
    let admin = sandbox().await;
    admin
        .refusal("GET", "/workspaces", json!({}))
        .await
        .is(400, "AB01", "");
    admin
        .refusal("GET", "/nothing", json!({}))
        .await
        .is(404, "AB02", "/v1/nothing");
}

#[tokio::test]
async fn a_workspace_in_use_is_deleted_by_force_alone() {
    let admin = sandbox().await;
    let path = "/admin/workspaces/ws-researc-e7b093";
    let body = json!({ "name": "Research" });
    admin
        .refusal("DELETE", path, body)
        .await
        .is(409, "AB07", "API keys");
    let body = Some(json!({ "name": "Research", "force_delete": true }));
    let (status, _) = admin.send(reqwest::Method::DELETE, path, body).await;
    assert_eq!(status, 200);
    let body = json!({ "name": "Production", "force_delete": true });
    let default = "/admin/workspaces/ws-product-8c41d2";
    admin
        .refusal("DELETE", default, body)
        .await
        .is(400, "AB01", "default");
}

#[tokio::test]
async fn limits_defaults_and_settings_change_one_by_one() {
    let admin = sandbox().await;
    let path = "/admin/workspaces/ws-researc-e7b093";
    let change = json!({
        "defaults": { "metadata": { "team": "science" } },
        "security_settings": { "membersViewLogs": false },
        "rate_limits": [{ "type": "requests", "unit": "rpm", "value": 100 }],
    });
    admin.put(path, change).await;
    admin
        .put(
            path,
            json!({ "usage_limits": null, "defaults": { "is_default": 1 } }),
        )
        .await;
    let read = admin.get(path).await;
    assert_eq!(read["defaults"]["metadata"]["team"], "science");
    assert_eq!(read["security_settings"]["membersViewLogs"], false);
    assert_eq!(read["security_settings"]["managersViewLogs"], true);
    assert_eq!(read["rate_limits"][0]["value"], 100);
    assert_eq!(read["usage_limits"], json!(null));
    assert_eq!(read["is_default"], 1);
    let plain = admin.get(&format!("{path}?name_format=plain")).await;
    assert_eq!(
        (&read["name"], &plain["name"]),
        (&json!("🔬 Research"), &json!("Research"))
    );
}
