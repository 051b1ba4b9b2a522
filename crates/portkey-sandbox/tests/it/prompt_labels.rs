//! Prompt labels: created, put on versions, changed and deleted.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

const PROMPT: &str = "/prompts/pp-call-summary-19d5c0";

async fn label_id(owner: &Client, name: &str) -> Value {
    let labels = owner.get(&format!("/labels?search={name}")).await;
    labels["data"][0]["id"].clone()
}

/// The paths of both versions of a prompt; the first one is published.
async fn two_versions(owner: &Client) -> [String; 2] {
    let string = "Summarise in {{sentences}} sentences: {{transcript}}";
    owner
        .put(PROMPT, json!({ "patch": true, "string": string }))
        .await;
    let versions = owner.get(&format!("{PROMPT}/versions")).await;
    let path = |index: usize| {
        let id = versions["data"][index]["id"].as_str().unwrap();
        format!("{PROMPT}/versions/{id}")
    };
    [path(1), path(0)]
}

#[tokio::test]
async fn a_label_is_created_read_changed_and_deleted() {
    let owner = sandbox().await.in_workspace();
    let body =
        json!({ "name": "canary", "description": "A few customers", "color_code": "#FFAA00" });
    let made = owner.post("/labels", body).await;
    let path = format!("/labels/{}", made["id"].as_str().unwrap());
    let read = owner.get(&path).await;
    assert_eq!(
        (&read["name"], &read["is_universal"], &read["status"]),
        (&json!("canary"), &json!(false), &json!("active"))
    );
    assert_eq!(owner.put(&path, json!({ "name": "beta" })).await, json!({}));
    let read = owner.get(&path).await;
    assert_eq!(
        (&read["name"], &read["color_code"]),
        (&json!("beta"), &json!("#FFAA00"))
    );
    owner.delete(&path).await;
    let refused = owner.refusal("GET", &path, json!({})).await;
    refused.is(404, "AB08", "label");
}

#[tokio::test]
async fn universal_labels_are_everywhere_and_stay() {
    let admin = sandbox().await;
    let staging = admin.get("/labels?workspace_id=ws-staging-51f0ae").await;
    let mut names = each(&staging, "name");
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, ["development", "production", "staging"]);
    let path = format!("/labels/{}", staging["data"][0]["id"].as_str().unwrap());
    let refused = admin.refusal("DELETE", &path, json!({})).await;
    refused.is(400, "AB01", "universal");
    let refused = admin.refusal("PUT", &path, json!({ "name": "live" })).await;
    refused.is(400, "AB01", "universal");
}

#[tokio::test]
async fn names_of_labels_are_unique_and_no_other_references() {
    let owner = sandbox().await.in_workspace();
    for name in ["latest", "default", "12", "a@b", "two words", ""] {
        let refused = owner
            .refusal("POST", "/labels", json!({ "name": name }))
            .await;
        refused.is(400, "AB01", "`name`");
    }
    for name in ["production", "reviewed"] {
        let refused = owner
            .refusal("POST", "/labels", json!({ "name": name }))
            .await;
        refused.is(409, "AB07", "already exists");
    }
}

#[tokio::test]
async fn labels_of_the_organisation_belong_to_it() {
    let admin = sandbox().await;
    let universal = admin.get("/labels").await;
    let organisation = &universal["data"][0]["organisation_id"];
    let body = json!({ "name": "legal", "organisation_id": organisation });
    let made = admin.post("/labels", body).await;
    let path = format!("/labels/{}", made["id"].as_str().unwrap());
    let owner = admin.in_workspace();
    assert_eq!(owner.get(&path).await["workspace_id"], Value::Null);
    let refused = owner.refusal("DELETE", &path, json!({})).await;
    refused.is(403, "AB03", "label");
    admin.delete(&path).await;
}

#[tokio::test]
async fn a_label_moves_from_version_to_version() {
    let owner = sandbox().await.in_workspace();
    let [first, second] = two_versions(&owner).await;
    let production = label_id(&owner, "production").await;
    let reviewed = label_id(&owner, "reviewed").await;
    let refused = owner
        .refusal(
            "POST",
            &format!("{PROMPT}@production/render"),
            json!({ "variables": {} }),
        )
        .await;
    refused.is(404, "AB08", "version");

    for label in [&production, &reviewed] {
        let changed = owner.put(&second, json!({ "label_id": label })).await;
        assert_eq!(changed, json!({}));
    }
    let labelled = owner.get(&format!("{PROMPT}?version=production")).await;
    assert_eq!(labelled["prompt_version"], 2);
    assert_eq!(labelled["prompt_version_label_id"], production);
    assert_eq!(labelled["prompt_version_label_name"], "production");
    assert_eq!(labelled["prompt_version_labels"][1]["name"], "reviewed");
    let versions = owner.get(&format!("{PROMPT}/versions")).await;
    assert_eq!(each(&versions, "label_id"), [&production, &Value::Null]);

    let variables = json!({ "variables": { "sentences": 3, "transcript": "Hi" } });
    let path = format!("{PROMPT}@production/render");
    let rendered = owner.post(&path, variables.clone()).await;
    assert_eq!(rendered["data"]["prompt"], "Summarise in 3 sentences: Hi");

    owner.put(&first, json!({ "label_id": production })).await;
    let rendered = owner.post(&path, variables).await;
    assert_eq!(rendered["data"]["messages"][1]["content"], "Hi");
    let second = owner.get(&second).await;
    assert_eq!(second["prompt_version_labels"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn labels_come_off() {
    let owner = sandbox().await.in_workspace();
    let [first, second] = two_versions(&owner).await;
    let made = owner.post("/labels", json!({ "name": "canary" })).await;
    let production = label_id(&owner, "production").await;
    owner.put(&first, json!({ "label_id": made["id"] })).await;
    owner.put(&second, json!({ "label_id": production })).await;

    let refused = owner.refusal("PUT", &second, json!({ "name": "x" })).await;
    refused.is(400, "AB01", "`label_id`");
    let refused = owner
        .refusal("PUT", &second, json!({ "label_id": "none" }))
        .await;
    refused.is(400, "AB01", "`label_id`");
    owner.put(&second, json!({ "label_id": null })).await;
    assert_eq!(owner.get(&second).await["prompt_version_labels"], json!([]));

    let path = format!("/labels/{}", made["id"].as_str().unwrap());
    owner.delete(&path).await;
    assert_eq!(
        owner.get(&first).await["prompt_version_label_id"],
        Value::Null
    );
}
