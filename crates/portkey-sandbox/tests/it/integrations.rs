//! Integrations: their settings, models and workspaces.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

async fn azure(admin: &Client) -> Value {
    let body = json!({
        "name": "Azure",
        "slug": "azure-shared",
        "ai_provider_id": "azure-openai",
        "key": "az-0123456789abcdef",
        "configurations": {
            "azure_auth_mode": "entra",
            "azure_resource_name": "northwind",
            "azure_deployment_config": [{
                "azure_api_version": "2024-06-01",
                "azure_deployment_name": "chat",
                "azure_model_slug": "gpt-4o",
            }],
            "azure_entra_client_secret": "entra-0123456789",
            "custom_headers": { "x-team": "northwind-labs-42" },
        },
        "tags": { "cloud": "azure" },
    });
    admin.post("/integrations", body).await
}

fn slugs(listing: &Value) -> Vec<&str> {
    let workspaces = listing["workspaces"].as_array().unwrap().iter();
    workspaces
        .map(|each| each["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_integration_never_shows_its_secrets() {
    let admin = sandbox().await;
    let made = azure(&admin).await;
    let path = "/integrations/azure-shared";
    let read = admin.get(path).await;
    assert_eq!(read["id"], made["id"]);
    assert_eq!(
        (&read["type"], &read["object"]),
        (&json!("organisation"), &json!("integration"))
    );
    assert_eq!(read["masked_key"], "az*****def");
    let settings = &read["configurations"];
    assert_eq!(settings["azure_resource_name"], "northwind");
    assert_eq!(settings["masked_azure_entra_client_secret"], "en*****789");
    assert!(settings.get("azure_entra_client_secret").is_none());
    assert_eq!(settings["custom_headers"]["x-team"], "no*****-42");
    assert_eq!(read["global_workspace_access_settings"]["enabled"], false);

    let change = json!({ "key": "az-fedcba9876543210", "description": "Shared", "tags": null });
    assert_eq!(admin.put(path, change).await, json!({}));
    let read = admin.get(path).await;
    assert_eq!(read["masked_key"], "az*****210");
    assert_eq!(
        (&read["description"], &read["tags"]),
        (&json!("Shared"), &Value::Null)
    );
    assert_eq!(read["configurations"], *settings, "left out, so kept");

    assert_eq!(admin.delete(path).await, json!({}));
    admin
        .refusal("GET", path, json!({}))
        .await
        .is(404, "AB08", "integration");
}

#[tokio::test]
async fn grants_make_default_providers() {
    let admin = sandbox().await;
    azure(&admin).await;
    let path = "/integrations/azure-shared/workspaces";
    assert_eq!(admin.get(path).await["total"], 0);
    let research = admin.get("/admin/workspaces/ws-researc-e7b093").await;
    let body = json!({ "workspaces": [
        { "id": research["id"], "enabled": true, "usage_limits": [{ "credit_limit": 5 }] },
        { "id": "ws-staging-51f0ae", "enabled": true, "create_default_provider": false },
    ]});
    assert_eq!(admin.put(path, body).await, json!({}));
    let listing = admin.get(path).await;
    assert_eq!(listing["total"], 2);
    assert_eq!(slugs(&listing), ["ws-staging-51f0ae", "ws-researc-e7b093"]);
    assert_eq!(
        listing["workspaces"][1]["usage_limits"][0]["credit_limit"],
        5
    );
    let providers = admin.get("/providers?workspace_id=ws-researc-e7b093").await;
    assert_eq!(
        each(&providers, "slug"),
        ["azure-shared", "mistral-rese-2c77fa"]
    );
    assert!(
        providers["data"][0]["note"]
            .as_str()
            .unwrap()
            .contains("automatically")
    );
    let staging = admin.get("/providers?workspace_id=ws-staging-51f0ae").await;
    assert_eq!(staging["total"], 1);

    // All workspaces, new ones too; the one that has a provider keeps it alone.
    let everyone = json!({ "global_workspace_access": { "enabled": true } });
    admin.put(path, everyone).await;
    assert_eq!(admin.get(path).await["total"], 3);
    assert_eq!(admin.get("/providers").await["total"], 7);
    admin
        .post("/admin/workspaces", json!({ "name": "New" }))
        .await;
    let listing = admin.get(path).await;
    assert_eq!(listing["total"], 4);
    assert_eq!(listing["global_workspace_access"]["enabled"], true);
    let read = admin.get("/integrations/azure-shared").await;
    assert_eq!(read["workspace_count"], 4);

    admin.delete("/integrations/azure-shared").await;
    assert_eq!(admin.get("/providers").await["total"], 4);
}

#[tokio::test]
async fn a_workspace_has_integrations_of_its_own() {
    let admin = sandbox().await;
    let member = admin.in_workspace();
    let seen = member.get("/integrations").await;
    assert_eq!(
        each(&seen, "slug"),
        ["anthropic-northwind", "openai-northwind"]
    );
    member
        .refusal("GET", "/integrations/openai-northwind", json!({}))
        .await
        .is(403, "AB03", "integration");
    let body = json!({ "name": "Groq", "ai_provider_id": "groq", "key": "gq-0123456789ab",
        "default_provider_slug": "groq-fast" });
    let made = member.post("/integrations", body).await;
    let path = format!("/integrations/{}", made["slug"].as_str().unwrap());
    assert_eq!(member.get(&path).await["type"], "workspace");
    member.get("/providers/groq-fast").await;
    let own = admin.get("/integrations?type=workspace").await;
    assert_eq!(each(&own, "name"), ["Groq", "Mistral"]);
    let body = json!({ "workspaces": [{ "id": "ws-staging-51f0ae", "enabled": true }] });
    admin
        .refusal("PUT", &format!("{path}/workspaces"), body)
        .await
        .is(400, "AB01", "one workspace");
}

#[tokio::test]
async fn models_are_switched_added_and_taken_away() {
    let admin = sandbox().await;
    let path = "/integrations/openai-northwind/models";
    let body = json!({ "models": [
        { "slug": "gpt-4o", "enabled": false },
        { "slug": "ours", "enabled": true, "is_custom": true,
          "configurations": { "custom_host": "https://models.northwind.example/v1" } },
    ], "allow_all_models": true });
    assert_eq!(admin.put(path, body).await, json!({}));
    let listing = admin.get(path).await;
    assert_eq!(listing["allow_all_models"], true);
    let models = listing["models"].as_array().unwrap();
    assert_eq!(listing["total"], models.len());
    let model = |slug: &str| models.iter().find(|model| model["slug"] == slug).unwrap();
    assert_eq!(model("gpt-4o")["enabled"], false);
    assert_eq!(model("gpt-4o-mini")["enabled"], true);
    let price = &model("gpt-4o-mini")["pricing_config"]["pay_as_you_go"]["request_token"]["price"];
    assert_eq!(*price, 0.000_015);
    assert_eq!(model("ours")["is_custom"], true);

    admin
        .refusal("DELETE", &format!("{path}?slugs=ours,gpt-4o"), json!({}))
        .await
        .is(400, "AB01", "gpt-4o");
    assert_eq!(admin.delete(&format!("{path}?slugs=ours")).await, json!({}));
    admin
        .refusal("DELETE", &format!("{path}?slugs=ours"), json!({}))
        .await
        .is(404, "AB08", "ours");
    for (model, names) in [
        (json!({ "slug": "a" }), "`enabled`"),
        (
            json!({ "slug": "a", "enabled": true, "configurations": {} }),
            "`configurations`",
        ),
        (
            json!({ "slug": "a", "enabled": true, "configurations": { "custom_host": "http://127.0.0.1" } }),
            "private",
        ),
    ] {
        admin
            .refusal("PUT", path, json!({ "models": [model] }))
            .await
            .is(400, "AB01", names);
    }
}

#[tokio::test]
async fn an_integration_needs_what_its_provider_needs() {
    let admin = sandbox().await;
    for (body, names) in [
        (json!({ "ai_provider_id": "openai" }), "`name`"),
        (json!({ "name": "A" }), "`ai_provider_id`"),
        (
            json!({ "name": "A", "ai_provider_id": "azure-openai", "configurations": { "resource_name": "r" } }),
            "azure_auth_mode",
        ),
        (
            json!({ "name": "A", "ai_provider_id": "openai", "configurations": { "custom_host": "ftp://x" } }),
            "custom_host",
        ),
        (
            json!({ "name": "A", "ai_provider_id": "openai", "pricing_adjustments": { "multiplier": { "default": -1 } } }),
            "multiplier",
        ),
    ] {
        admin
            .refusal("POST", "/integrations", body)
            .await
            .is(400, "AB01", names);
    }
    let twin = json!({ "name": "A", "ai_provider_id": "openai", "slug": "openai-northwind" });
    admin
        .refusal("POST", "/integrations", twin)
        .await
        .is(409, "AB07", "slug");
}
