//! Virtual keys: created, read, changed and deleted.

use serde_json::{Value, json};

use crate::client::{each, sandbox};

#[tokio::test]
async fn listings_carry_no_key_material() {
    let admin = sandbox().await;
    let listing = admin.get("/virtual-keys").await;
    assert_eq!(listing["total"], 4);
    assert_eq!(each(&listing, "model_config"), [&Value::Null; 4]);
    assert!(listing["data"][0].get("key").is_none());
    let staging = admin
        .get("/virtual-keys?workspace_id=ws-staging-51f0ae")
        .await;
    assert_eq!(each(&staging, "provider"), ["openai"]);
    assert_eq!(each(&staging, "workspace_name"), ["Staging"]);
}

#[tokio::test]
async fn a_virtual_key_is_made_read_changed_and_deleted() {
    let admin = sandbox().await;
    let body = json!({
        "name": "Azure tests",
        "provider": "azure-openai",
        "key": "az-0123456789abcdef",
        "resourceName": "northwind",
        "workspace_id": "ws-staging-51f0ae",
        "rate_limits": { "type": "requests", "unit": "rpm", "value": 5 },
    });
    let made = admin.post("/virtual-keys", body).await;
    assert_eq!(made["success"], true);
    let slug = made["data"]["slug"].as_str().unwrap();
    assert!(slug.starts_with("azure-test-"), "{slug}");
    let path = format!("/virtual-keys/{slug}");
    let read = admin.get(&path).await;
    assert_eq!(read["masked_api_key"], "az*****def");
    assert_eq!(read["ai_provider_name"], "azure-openai");
    assert_eq!(read["model_config"]["resourceName"], "northwind");
    assert_eq!(read["rate_limits"][0]["value"], 5);

    let change = json!({ "key": "az-9876543210fedcba", "note": "Rotated" });
    assert_eq!(admin.put(&path, change).await, json!({}));
    let read = admin.get(&path).await;
    assert_eq!(
        (&read["masked_api_key"], &read["note"]),
        (&json!("az*****cba"), &json!("Rotated"))
    );
    assert_eq!(admin.delete(&path).await, json!({}));
    admin
        .refusal("GET", &path, json!({}))
        .await
        .is(404, "AB08", "virtual key");
}

#[tokio::test]
async fn a_virtual_key_needs_name_provider_and_key() {
    let admin = sandbox().await;
    for (body, missing) in [
        (json!({ "provider": "openai", "key": "sk" }), "`name`"),
        (json!({ "name": "A", "key": "sk" }), "`provider`"),
        (json!({ "name": "A", "provider": "openai" }), "`key`"),
    ] {
        admin
            .refusal("POST", "/virtual-keys", body)
            .await
            .is(400, "AB01", missing);
    }
}

#[tokio::test]
async fn a_deployment_has_a_name_and_a_version() {
    let admin = sandbox().await;
    let whole = json!({ "apiVersion": "2024-06-01", "deploymentName": "gpt-prod" });
    let key = |deployments: Value| {
        json!({
            "name": "Azure", "provider": "azure-openai", "key": "az-0123456789abcdef",
            "deploymentConfig": deployments,
        })
    };
    let made = admin.post("/virtual-keys", key(json!([whole]))).await;
    let path = format!("/virtual-keys/{}", made["data"]["slug"].as_str().unwrap());
    for (wrong, names) in [
        (
            json!([whole, { "apiVersion": "2024-06-01" }]),
            "missing field `deploymentName`",
        ),
        (
            json!([{ "deploymentName": "gpt-prod" }]),
            "missing field `apiVersion`",
        ),
        (
            json!([{ "apiVersion": 2024, "deploymentName": "gpt" }]),
            "deploymentConfig[0].apiVersion",
        ),
        (json!({ "apiVersion": "2024-06-01" }), "deploymentConfig"),
    ] {
        let refused = admin
            .refusal("POST", "/virtual-keys", key(wrong.clone()))
            .await;
        refused.is(400, "AB01", names);
        let refused = admin
            .refusal("PUT", &path, json!({ "deploymentConfig": wrong }))
            .await;
        refused.is(400, "AB01", names);
    }
    admin.put(&path, json!({ "deploymentConfig": null })).await;
}
