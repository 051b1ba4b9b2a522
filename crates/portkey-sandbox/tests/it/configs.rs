//! Configs: created, changed in versions, and deleted.

use serde_json::{Value, json};

use crate::client::{each, sandbox};

fn content(config: &Value) -> Value {
    serde_json::from_str(config["config"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_config_is_created_read_changed_and_deleted() {
    let owner = sandbox().await.in_workspace();
    let first = json!({ "retry": { "attempts": 3 } });
    let body = json!({ "name": "Patient", "config": first, "isDefault": 0 });
    let made = owner.post("/configs", body).await;
    assert_eq!(made["success"], true);
    let slug = made["data"]["slug"].as_str().unwrap();
    assert!(slug.starts_with("pc-patient-"));
    let path = format!("/configs/{slug}");

    let read = owner.get(&path).await;
    assert_eq!(content(&read), first);
    assert_eq!(read["version_id"], made["data"]["version_id"]);
    assert_eq!(
        (&read["type"], &read["is_default"]),
        (&json!("ORG_CONFIG"), &json!(0))
    );

    let second = json!({ "cache": { "mode": "simple", "max_age": 60 } });
    let changed = owner.put(&path, json!({ "config": second })).await;
    assert_ne!(changed["data"]["version_id"], made["data"]["version_id"]);
    let read = owner.get(&path).await;
    assert_eq!(content(&read), second, "the whole content is replaced");
    let by_id = owner
        .get(&format!("/configs/{}", read["id"].as_str().unwrap()))
        .await;
    assert_eq!(by_id, read);

    let versions = owner.get(&format!("{path}/versions")).await;
    assert_eq!(versions["total"], 2);
    let contents: Vec<Value> = versions["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(content)
        .collect();
    assert_eq!(contents, [second, first]);

    let renamed = owner.put(&path, json!({ "name": "Very patient" })).await;
    assert_eq!(
        renamed["data"]["version_id"], read["version_id"],
        "a name makes no version"
    );
    owner.delete(&path).await;
    let refused = owner.refusal("GET", &path, json!({})).await;
    refused.is(404, "AB08", "config");
}

#[tokio::test]
async fn listings_carry_no_content() {
    let owner = sandbox().await.in_workspace();
    let listing = owner.get("/configs").await;
    assert_eq!(listing["object"], "list");
    assert_eq!(listing["total"], 4);
    assert!(
        each(&listing, "config")
            .iter()
            .all(|config| config.is_null())
    );
    assert_eq!(each(&listing, "is_default"), [0, 0, 0, 1]);
}

#[tokio::test]
async fn nothing_makes_a_config_the_default() {
    let owner = sandbox().await.in_workspace();
    let before = owner.get("/configs").await;
    let body =
        json!({ "name": "No default", "config": { "retry": { "attempts": 1 } }, "isDefault": 1 });
    let made = owner.post("/configs", body).await;
    let path = format!("/configs/{}", made["data"]["slug"].as_str().unwrap());
    owner.put(&path, json!({ "isDefault": 1 })).await;
    assert_eq!(owner.get(&path).await["is_default"], 0);
    let after = owner.get("/configs").await;
    assert_eq!(each(&after, "is_default")[1..], each(&before, "is_default"));
}

#[tokio::test]
async fn what_the_gateway_could_not_read_is_refused() {
    let owner = sandbox().await.in_workspace();
    let body = json!({ "name": "Empty", "config": {} });
    let refused = owner.refusal("POST", "/configs", body).await;
    refused.is(400, "AB01", "`config`");
    let refused = owner
        .refusal(
            "POST",
            "/configs",
            json!({ "name": "Text", "config": "{}" }),
        )
        .await;
    refused.is(400, "AB01", "`config`");
    let body = json!({ "name": "Split traffic 90/10", "config": { "retry": { "attempts": 1 } } });
    let refused = owner.refusal("POST", "/configs", body).await;
    refused.is(409, "AB07", "already exists");
}

#[tokio::test]
async fn a_config_that_a_key_uses_stays() {
    let owner = sandbox().await.in_workspace();
    let path = "/configs/pc-primary-fallback-2d71c4";
    let refused = owner.refusal("DELETE", path, json!({})).await;
    refused.is(409, "AB07", "Production gateway");
}
