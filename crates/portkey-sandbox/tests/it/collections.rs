//! Collections: created, nested, renamed and deleted.

use serde_json::json;

use crate::client::{each, sandbox};

#[tokio::test]
async fn every_workspace_has_a_default_collection() {
    let admin = sandbox().await;
    let made = admin
        .post("/admin/workspaces", json!({ "name": "Lab" }))
        .await;
    let path = format!("/collections?workspace_id={}", made["id"].as_str().unwrap());
    let listing = admin.get(&path).await;
    assert_eq!(each(&listing, "name"), ["Default"]);
    assert_eq!(each(&listing, "is_default"), [1]);
    let path = format!(
        "/collections/{}",
        listing["data"][0]["slug"].as_str().unwrap()
    );
    let refused = admin.refusal("DELETE", &path, json!({})).await;
    refused.is(404, "AB08", "default");
}

#[tokio::test]
async fn a_collection_is_created_read_renamed_and_deleted() {
    let owner = sandbox().await.in_workspace();
    let made = owner.post("/collections", json!({ "name": "Sales" })).await;
    let path = format!("/collections/{}", made["slug"].as_str().unwrap());
    let inner = json!({ "name": "Sales mails", "parent_collection_id": made["slug"] });
    let inner = owner.post("/collections", inner).await;

    let read = owner.get(&path).await;
    assert_eq!(read["id"], made["id"]);
    assert_eq!(read["is_default"], 0);
    let child = &read["child_collections"][0];
    assert_eq!(child["id"], inner["id"]);
    assert_eq!(child["collection_details"]["prompts_count"], 0);
    let inner_path = format!("/collections/{}", inner["id"].as_str().unwrap());
    let read = owner.get(&inner_path).await;
    assert_eq!(read["parent_collection_id"], made["id"]);

    let changed = owner.put(&path, json!({ "name": "Selling" })).await;
    assert_eq!(changed, json!({}));
    assert_eq!(owner.get(&path).await["name"], "Selling");

    let refused = owner.refusal("DELETE", &path, json!({})).await;
    refused.is(409, "AB07", "collections");
    owner.delete(&inner_path).await;
    owner.delete(&path).await;
    let refused = owner.refusal("GET", &path, json!({})).await;
    refused.is(404, "AB08", "collection");
}

#[tokio::test]
async fn names_are_unique_in_a_workspace() {
    let owner = sandbox().await.in_workspace();
    let refused = owner
        .refusal("POST", "/collections", json!({ "name": "Writing" }))
        .await;
    refused.is(409, "AB07", "already exists");
    let body = json!({ "name": "Orphan", "parent_collection_id": "nowhere" });
    let refused = owner.refusal("POST", "/collections", body).await;
    refused.is(400, "AB01", "`parent_collection_id`");
}

#[tokio::test]
async fn collections_are_searched_and_paged() {
    let owner = sandbox().await.in_workspace();
    let listing = owner.get("/collections?search=SUPP").await;
    assert_eq!(each(&listing, "name"), ["Customer support"]);
    assert_eq!(listing["data"][0]["collection_details"]["prompts_count"], 3);
    let all = owner.get("/collections").await;
    let page = owner.get("/collections?current_page=1&page_size=2").await;
    assert_eq!(page["total"], all["total"]);
    assert_eq!(page["data"][0], all["data"][2]);
}

#[tokio::test]
async fn collections_of_other_workspaces_are_out_of_reach() {
    let admin = sandbox().await;
    let staging = admin
        .get("/collections?workspace_id=ws-staging-51f0ae")
        .await;
    let path = format!(
        "/collections/{}",
        staging["data"][0]["id"].as_str().unwrap()
    );
    let refused = admin.in_workspace().refusal("GET", &path, json!({})).await;
    refused.is(403, "AB03", "access");
}
