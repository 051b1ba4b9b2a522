//! What others still use is not deleted.

use serde_json::{Value, json};

use crate::client::{Client, sandbox};

const WORKSPACE: &str = "/admin/workspaces/ws-staging-51f0ae";

fn outcome(value: i8) -> Value {
    json!({ "feedback": { "value": value, "weight": 1, "metadata": "" } })
}

/// The slug of a new guardrail, of the workspace or of the organisation.
async fn guardrail(admin: &Client, owner: (&str, &Value)) -> String {
    let (field, owner) = owner;
    let body = json!({
        "name": "No digits", field: owner,
        "checks": [{ "id": "default.regexMatch", "parameters": { "rule": "[0-9]" } }],
        "actions": { "deny": true, "async": false, "on_success": outcome(5), "on_fail": outcome(-5) },
    });
    let made = admin.post("/guardrails", body).await;
    made["slug"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_config_stays_while_it_is_the_default_of_a_workspace() {
    let admin = sandbox().await;
    let body = json!({
        "name": "Patient", "config": { "retry": { "attempts": 3 } }, "workspace_id": "ws-staging-51f0ae",
    });
    let made = admin.post("/configs", body).await;
    let slug = &made["data"]["slug"];
    let path = format!("/configs/{}", slug.as_str().unwrap());
    let default = |config: &Value| json!({ "defaults": { "user_api_key_config": config } });
    admin.put(WORKSPACE, default(slug)).await;
    let refused = admin.refusal("DELETE", &path, json!({})).await;
    refused.is(409, "AB07", "Staging");
    admin.put(WORKSPACE, default(&Value::Null)).await;
    admin.delete(&path).await;
}

#[tokio::test]
async fn a_guardrail_stays_while_it_is_a_default_of_a_workspace_or_of_the_organisation() {
    let admin = sandbox().await;
    let workspace = json!("ws-staging-51f0ae");
    let slug = guardrail(&admin, ("workspace_id", &workspace)).await;
    let path = format!("/guardrails/{slug}");
    for list in ["input_guardrails", "output_guardrails"] {
        let named = json!({ "defaults": { list: [slug] } });
        admin.put(WORKSPACE, named).await;
        let refused = admin.refusal("DELETE", &path, json!({})).await;
        refused.is(409, "AB07", "Staging");
        admin
            .put(WORKSPACE, json!({ "defaults": { list: [] } }))
            .await;
    }
    admin.delete(&path).await;

    let organisation = &admin.get(WORKSPACE).await["organisation_id"];
    let slug = guardrail(&admin, ("organisation_id", organisation)).await;
    let path = format!("/guardrails/{slug}");
    let defaults = "/admin/organisation/defaults";
    for list in ["input_guardrails", "output_guardrails"] {
        let before = &admin.get(defaults).await[list];
        admin.put(defaults, json!({ list: [slug] })).await;
        let refused = admin.refusal("DELETE", &path, json!({})).await;
        refused.is(409, "AB07", "organisation");
        let ids = before
            .as_array()
            .unwrap()
            .iter()
            .map(|each| each["id"].clone());
        let ids: Value = ids.collect();
        admin.put(defaults, json!({ list: ids })).await;
    }
    admin.delete(&path).await;
}

#[tokio::test]
async fn defaults_of_a_workspace_name_guardrails_that_it_has() {
    let admin = sandbox().await;
    let elsewhere = guardrail(&admin, ("workspace_id", &json!("ws-product-8c41d2"))).await;
    for unknown in ["pg-none", elsewhere.as_str()] {
        let body = json!({ "defaults": { "input_guardrails": [unknown] } });
        let refused = admin.refusal("PUT", WORKSPACE, body).await;
        refused.is(400, "AB01", unknown);
    }
}

#[tokio::test]
async fn a_secret_reference_stays_while_credentials_are_read_from_it() {
    let admin = sandbox().await;
    let body = json!({
        "name": "Key", "slug": "key", "manager_type": "hashicorp_vault", "secret_path": "keys/openai",
        "secret_key": "value",
        "auth_config": {
            "vault_auth_type": "approle", "vault_addr": "https://vault.example",
            "vault_role_id": "portkey", "vault_secret_id": "a-very-long-secret-id",
        },
    });
    let id = admin.post("/secret-references", body).await["id"].clone();
    let path = "/secret-references/key";
    // By its slug and by its UUID.
    for (list, named) in [("/virtual-keys", json!("key")), ("/integrations", id)] {
        let body = json!({
            "name": "Reads a secret", "provider": "openai", "ai_provider_id": "openai",
            "secret_mappings": [{ "target_field": "key", "secret_reference_id": named }],
        });
        let made = admin.post(list, body).await;
        let slug = made["slug"].as_str().or(made["data"]["slug"].as_str());
        let slug = slug.unwrap();
        let refused = admin.refusal("DELETE", path, json!({})).await;
        refused.is(400, "AB01", slug);
        admin.delete(&format!("{list}/{slug}")).await;
    }
    admin.delete(path).await;
}

#[tokio::test]
async fn the_default_collection_is_as_good_as_unknown_to_a_deletion() {
    let admin = sandbox().await;
    let collections = admin
        .get("/collections?workspace_id=ws-staging-51f0ae")
        .await;
    let collections = collections["data"].as_array().unwrap();
    let default = collections
        .iter()
        .find(|each| each["is_default"] != json!(0));
    let path = format!(
        "/collections/{}",
        default.unwrap()["slug"].as_str().unwrap()
    );
    let refused = admin.refusal("DELETE", &path, json!({})).await;
    refused.is(404, "AB08", "default");
}

#[tokio::test]
async fn a_workspace_with_a_partial_stays() {
    let admin = sandbox().await;
    let made = admin
        .post("/admin/workspaces", json!({ "name": "Drafts" }))
        .await;
    let body = json!({ "name": "Tone", "string": "Be kind.", "workspace_id": made["id"] });
    admin.post("/prompts/partials", body).await;
    let path = format!("/admin/workspaces/{}", made["slug"].as_str().unwrap());
    let named = json!({ "name": "Drafts" });
    let refused = admin.refusal("DELETE", &path, named).await;
    refused.is(409, "AB07", "partials");
}
