//! Prompt partials: created, changed in versions, published and included.

use serde_json::json;

use crate::client::{Client, each, sandbox};

const HOUSE_STYLE: &str = "/prompts/partials/pl-house-styl-5d20c7";

/// What a prompt with this text renders to.
async fn rendered(owner: &Client, string: &str) -> String {
    let body = json!({
        "name": "P", "collection_id": owner.get("/collections").await["data"][0]["id"],
        "string": string, "parameters": {}, "virtual_key": "openai-prod-4f2a91",
    });
    let made = owner.post("/prompts", body).await;
    let path = format!("/prompts/{}/render", made["id"].as_str().unwrap());
    let answer = owner
        .post(&path, json!({ "variables": { "name": "Ada" } }))
        .await;
    answer["data"]["prompt"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_partial_from_its_first_version_to_its_end() {
    let owner = sandbox().await.in_workspace();
    let body =
        json!({ "name": "Greeting", "string": "Hi {{name}}", "version_description": "Short" });
    let made = owner.post("/prompts/partials", body).await;
    let slug = made["slug"].as_str().unwrap();
    let path = format!("/prompts/partials/{slug}");
    let read = owner.get(&path).await;
    assert_eq!(
        (&read["id"], &read["version"], &read["string"]),
        (&made["id"], &json!(1), &json!("Hi {{name}}"))
    );
    assert_eq!(read["prompt_partial_version_id"], made["version_id"]);
    assert_eq!(read["version_description"], "Short");

    let renamed = owner.put(&path, json!({ "name": "Welcome" })).await;
    assert_eq!(renamed, json!({}));
    let body = json!({ "string": "Hello {{name}}", "version_description": "Warmer", "description": "Lost" });
    let updated = owner.put(&path, body).await;
    let read = owner.get(&path).await;
    assert_eq!(
        (&read["name"], &read["version"]),
        (&json!("Welcome"), &json!(1)),
        "not published yet"
    );
    let draft = owner.get(&format!("{path}?version=latest")).await;
    assert_eq!(draft["version_description"], "Warmer");
    let versions = owner.get(&format!("{path}/versions")).await;
    assert_eq!(each(&versions, "version"), [2, 1]);
    let newest = &versions["data"][0]["prompt_partial_version_id"];
    assert_eq!(*newest, updated["prompt_partial_version_id"]);

    let text = format!("{{{{>{slug}}}}}! {{{{>{slug}@2}}}}! {{{{>{slug}@latest}}}}!");
    let expected = "Hi Ada! Hello Ada! Hello Ada!";
    assert_eq!(rendered(&owner, &text).await, expected);
    owner
        .put(&format!("{path}/makeDefault"), json!({ "version": 2 }))
        .await;
    let expected = "Hello Ada! Hello Ada! Hello Ada!";
    assert_eq!(rendered(&owner, &text).await, expected);

    owner.delete(&path).await;
    let refused = owner.refusal("GET", &path, json!({})).await;
    refused.is(404, "AB08", "partial");
}

#[tokio::test]
async fn a_published_partial_changes_every_prompt_that_includes_it() {
    let owner = sandbox().await.in_workspace();
    let path = "/prompts/pp-product-copy-c45e71/render";
    let body = json!({ "variables": { "tone": "dry", "language": "Danish" } });
    let before = owner.post(path, body.clone()).await;
    let before = before["data"]["messages"][0]["content"].as_str().unwrap();
    assert!(before.contains("plain English"), "{before}");
    owner
        .put(
            &format!("{HOUSE_STYLE}/makeDefault"),
            json!({ "version": 3 }),
        )
        .await;
    let after = owner.post(path, body.clone()).await;
    let after = after["data"]["messages"][0]["content"].as_str().unwrap();
    assert!(after.contains("plain Danish"), "{after}");

    owner.delete(HOUSE_STYLE).await;
    let refused = owner.refusal("POST", path, body).await;
    refused.is(400, "AB01", "pl-house-styl-5d20c7");
}

#[tokio::test]
async fn partials_are_listed_at_once_by_collection() {
    let owner = sandbox().await.in_workspace();
    let all = owner.get("/prompts/partials").await;
    assert_eq!(all["total"], 2);
    assert!(each(&all, "string").iter().all(|string| string.is_null()));
    let writing = owner.get("/collections?search=Writing").await;
    let id = writing["data"][0]["id"].as_str().unwrap();
    let found = owner
        .get(&format!("/prompts/partials?collection_id={id}"))
        .await;
    assert_eq!(each(&found, "name"), ["House style"]);
}

#[tokio::test]
async fn what_makes_no_partial_is_refused() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    for (field, body) in [
        ("name", json!({ "string": "x" })),
        ("string", json!({ "name": "x" })),
        ("string", json!({ "name": "x", "string": "{{#open}}" })),
    ] {
        let refused = owner.refusal("POST", "/prompts/partials", body).await;
        refused.is(400, "AB01", &format!("`{field}`"));
    }
    let path = format!("{HOUSE_STYLE}/makeDefault");
    let refused = owner.refusal("PUT", &path, json!({ "version": 9 })).await;
    refused.is(404, "AB08", "version");
    let path = format!("{HOUSE_STYLE}/publish");
    let refused = owner.refusal("PUT", &path, json!({ "version": 1 })).await;
    refused.is(404, "AB02", "route");

    let body = json!({ "name": "Theirs", "string": "x", "workspace_id": "ws-staging-51f0ae" });
    let made = admin.post("/prompts/partials", body).await;
    let path = format!("/prompts/partials/{}", made["slug"].as_str().unwrap());
    let refused = owner.refusal("GET", &path, json!({})).await;
    refused.is(403, "AB03", "partial");
}
