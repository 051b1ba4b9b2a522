//! Providers: created, read, changed and deleted.

use serde_json::json;

use crate::client::{each, sandbox};

#[tokio::test]
async fn a_provider_is_made_of_an_integration_changed_and_deleted() {
    let admin = sandbox().await;
    let body = json!({
        "name": "OpenAI trials",
        "integration_id": "openai-northwind",
        "workspace_id": "ws-staging-51f0ae",
        "slug": "openai-trials",
        "usage_limits": { "credit_limit": 10, "type": "cost" },
        "tags": { "team": "qa" },
    });
    let made = admin.post("/providers", body.clone()).await;
    assert_eq!(made["slug"], "openai-trials");
    let read = admin.get("/providers/openai-trials").await;
    assert_eq!(read["object"], "provider");
    assert_eq!(read["integration_id"], "openai-northwind");
    assert_eq!(read["ai_provider_name"], "openai");
    assert_eq!(read["masked_api_key"], "sk*****key");
    assert_eq!(read["usage_limits"]["credit_limit"], 10);
    assert!(read.get("configurations").is_none());

    // The same record under its older route.
    let twin = admin.get("/virtual-keys/openai-trials").await;
    assert_eq!(
        (&twin["id"], &twin["object"]),
        (&read["id"], &json!("virtual-key"))
    );
    let tagged = admin
        .get("/providers?tags=%7B%22team%22%3A%22qa%22%7D")
        .await;
    assert_eq!(each(&tagged, "slug"), ["openai-trials"]);

    let change = json!({ "note": "Until May", "usage_limits": { "credit_limit": 20 } });
    let path = "/providers/openai-trials?workspace_id=ws-staging-51f0ae";
    assert_eq!(admin.put(path, change).await["id"], made["id"]);
    let read = admin.get(path).await;
    assert_eq!(
        (&read["name"], &read["note"]),
        (&json!("OpenAI trials"), &json!("Until May"))
    );
    assert_eq!(read["usage_limits"]["credit_limit"], 20);
    admin
        .refusal("POST", "/providers", body)
        .await
        .is(409, "AB07", "slug");
    assert_eq!(admin.delete(path).await, json!({}));
    let gone = admin.refusal("GET", path, json!({})).await;
    gone.is(404, "AB08", "provider");
    // What it was made of stays.
    admin.get("/integrations/openai-northwind").await;
}

#[tokio::test]
async fn providers_are_listed_by_page_and_workspace() {
    let admin = sandbox().await;
    assert_eq!(admin.get("/providers").await["total"], 4);
    let page = admin.get("/providers?page_size=3&current_page=1").await;
    assert_eq!(
        (&page["total"], page["data"].as_array().unwrap().len()),
        (&json!(4), 1)
    );
    let own = admin.in_workspace().get("/providers").await;
    assert_eq!(
        each(&own, "slug"),
        ["anthropic-pr-b83c07", "openai-prod-4f2a91"]
    );
}

#[tokio::test]
async fn a_provider_needs_an_integration_that_its_workspace_may_use() {
    let admin = sandbox().await;
    for (body, names) in [
        (json!({ "integration_id": "openai-northwind" }), "`name`"),
        (json!({ "name": "A" }), "`integration_id`"),
        (
            json!({ "name": "A", "integration_id": "none" }),
            "`integration_id`",
        ),
        (
            json!({ "name": "A", "integration_id": "openai-northwind", "workspace_id": "ws-researc-e7b093" }),
            "not enabled",
        ),
        (
            json!({ "name": "A", "integration_id": "openai-northwind", "slug": "no spaces" }),
            "`slug`",
        ),
    ] {
        admin
            .refusal("POST", "/providers", body)
            .await
            .is(400, "AB01", names);
    }
    let member = admin.in_workspace();
    let foreign = "/providers/openai-stagi-9d10e5";
    member
        .refusal("GET", foreign, json!({}))
        .await
        .is(403, "AB03", "provider");
    let elsewhere = format!("{foreign}?workspace_id=ws-researc-e7b093");
    admin
        .refusal("GET", &elsewhere, json!({}))
        .await
        .is(404, "AB08", "provider");
    // The organisation's credentials are not for a workspace to change.
    let path = "/virtual-keys/openai-prod-4f2a91";
    member
        .refusal("PUT", path, json!({ "key": "sk-0123456789ab" }))
        .await
        .is(403, "AB03", "integration");
    member.put(path, json!({ "note": "Ours" })).await;
}
