//! What concerns the whole organisation: guardrails, secret references, SCIM.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

async fn organisation(admin: &Client) -> Value {
    admin.get("/admin/workspaces/ws-product-8c41d2").await["organisation_id"].clone()
}

#[tokio::test]
async fn guardrails_of_the_organisation_are_replaced_list_by_list() {
    let admin = sandbox().await;
    let path = "/admin/organisation/defaults";
    let before = admin.get(path).await;
    assert_eq!(
        before["input_guardrails"][0]["slug"],
        "pg-approved-m-60d5f3"
    );
    assert_eq!(before["output_guardrails"], json!([]));

    let id = before["input_guardrails"][0]["id"].clone();
    let changed = admin
        .put(
            path,
            json!({ "output_guardrails": ["pg-approved-m-60d5f3"] }),
        )
        .await;
    assert_eq!(changed["input_guardrails"], before["input_guardrails"]);
    assert_eq!(changed["output_guardrails"][0]["id"], id);
    let cleared = admin.put(path, json!({ "input_guardrails": [] })).await;
    assert_eq!(cleared["input_guardrails"], json!([]));
    assert_eq!(admin.get(path).await, cleared);

    let body = json!({ "input_guardrails": ["pg-none"] });
    let refused = admin.refusal("PUT", path, body).await;
    refused.is(400, "AB01", "`input_guardrails`");
    let refused = admin.in_workspace().refusal("GET", path, json!({})).await;
    refused.is(403, "AB03", "organisation");
}

#[tokio::test]
async fn workspaces_are_excused_from_guardrails() {
    let admin = sandbox().await;
    let own = organisation(&admin).await;
    let path = "/workspace-exclusions/input-guardrails";
    let list = format!("{path}?organisation_id={}", own.as_str().unwrap());
    let excused = |answer: &Value| answer["workspaces"].as_array().unwrap().len();
    assert_eq!(excused(&admin.get(&list).await), 1);

    let switch = json!([{ "workspace_id": "ws-staging-51f0ae", "excluded": true }]);
    let body = json!({ "organisation_id": own, "workspaces": switch });
    assert_eq!(excused(&admin.put(path, body.clone()).await), 2);
    assert_eq!(excused(&admin.put(path, body.clone()).await), 2);
    let other = list.replace("input", "output");
    assert_eq!(excused(&admin.get(&other).await), 0);

    let mut replaced = body.clone();
    replaced["override_existing"] = json!(true);
    assert_eq!(excused(&admin.put(path, replaced).await), 1);
    let mut ended = body;
    ended["workspaces"][0]["excluded"] = json!(false);
    assert_eq!(excused(&admin.put(path, ended).await), 0);

    let foreign = json!({ "organisation_id": "elsewhere", "workspaces": [] });
    let refused = admin.refusal("PUT", path, foreign).await;
    refused.is(403, "AB03", "organisation");
    let refused = admin.refusal("GET", path, json!({})).await;
    refused.is(400, "AB01", "`organisation_id`");
}

#[tokio::test]
async fn a_secret_reference_is_created_read_changed_and_deleted() {
    let admin = sandbox().await;
    let login = json!({
        "vault_auth_type": "approle", "vault_addr": "https://vault.example",
        "vault_role_id": "portkey", "vault_secret_id": "a-very-long-secret-id",
    });
    let body = json!({
        "name": "Anthropic key", "slug": "anthropic-key", "manager_type": "hashicorp_vault",
        "auth_config": login, "secret_path": "keys/anthropic", "secret_key": "value",
        "allowed_workspaces": ["ws-staging-51f0ae"], "tags": { "team": "apps" },
    });
    let made = admin.post("/secret-references", body.clone()).await;
    assert_eq!(made["slug"], "anthropic-key");
    let path = "/secret-references/anthropic-key";
    let read = admin.get(path).await;
    assert_eq!(read["id"], made["id"]);
    assert_eq!(read["allow_all_workspaces"], false);
    assert_eq!(read["allowed_workspaces"].as_array().unwrap().len(), 1);
    assert_eq!(read["auth_config"]["masked_vault_secret_id"], "a-*****-id");
    assert!(!read.to_string().contains("a-very-long-secret-id"));

    let change = json!({
        "auth_config": { "vault_role_id": "other" }, "secret_key": null, "allow_all_workspaces": true,
    });
    assert_eq!(admin.put(path, change).await, json!({}));
    let read = admin.get(path).await;
    assert_eq!(read["auth_config"]["vault_role_id"], "other");
    assert_eq!(read["auth_config"]["masked_vault_secret_id"], "a-*****-id");
    assert_eq!(read["secret_key"], Value::Null);
    assert_eq!(read["allow_all_workspaces"], true);
    assert_eq!(read["secret_path"], "keys/anthropic");

    for query in [
        "search=ANTHROPIC",
        "manager_type=hashicorp_vault&search=key&page_size=1",
        "tags=%7B%22team%22%3A%22apps%22%7D",
    ] {
        let found = admin.get(&format!("/secret-references?{query}")).await;
        assert_eq!(each(&found, "slug"), ["anthropic-key"], "{query}");
    }
    let refused = admin.refusal("POST", "/secret-references", body).await;
    refused.is(409, "AB07", "name");
    assert_eq!(admin.delete(path).await, json!({}));
    let refused = admin.refusal("GET", path, json!({})).await;
    refused.is(404, "AB08", "secret reference");
}

#[tokio::test]
async fn secret_references_say_what_is_missing() {
    let admin = sandbox().await;
    let whole = json!({
        "name": "Key", "manager_type": "aws_sm", "secret_path": "key",
        "auth_config": { "aws_auth_type": "accessKey", "aws_access_key_id": "AK", "aws_secret_access_key": "secret",
            "aws_region": "eu-west-1" },
    });
    let without = |change: Value| {
        let mut body = whole.clone();
        let members = body.as_object_mut().unwrap();
        members.extend(change.as_object().unwrap().clone());
        body
    };
    for (change, names) in [
        (json!({ "name": null }), "`name`"),
        (json!({ "secret_path": null }), "`secret_path`"),
        (json!({ "manager_type": "notebook" }), "`manager_type`"),
        (json!({ "auth_config": null }), "`auth_config`"),
        (
            json!({ "auth_config": { "aws_auth_type": "accessKey" } }),
            "`auth_config.aws_access_key_id`",
        ),
        (
            json!({ "auth_config": { "aws_auth_type": "token" } }),
            "`auth_config.aws_auth_type`",
        ),
        (
            json!({ "manager_type": "azure_kv" }),
            "`auth_config.azure_auth_mode`",
        ),
        (json!({ "allowed_workspaces": [] }), "`allowed_workspaces`"),
        (
            json!({ "allowed_workspaces": ["ws-none"] }),
            "`allowed_workspaces`",
        ),
        (
            json!({ "allow_all_workspaces": true, "allowed_workspaces": ["ws-staging-51f0ae"] }),
            "`allowed_workspaces`",
        ),
    ] {
        let refused = admin
            .refusal("POST", "/secret-references", without(change))
            .await;
        refused.is(400, "AB01", names);
    }
    let path = "/secret-references/openai-production";
    let refused = admin.refusal("PUT", path, json!({ "nonsense": 1 })).await;
    refused.is(400, "AB01", "field");
}

#[tokio::test]
async fn scim_groups_are_mapped_to_workspaces() {
    let admin = sandbox().await;
    let groups = admin.get("/scim/groups?search=eng").await;
    assert_eq!(groups["total_count"], 1);
    let engineering = groups["groups"][0]["id"].clone();

    let body = json!({ "workspace_id": "ws-product-8c41d2", "role": "Manager", "scim_group_id": engineering });
    let made = admin.post("/scim/workspaces", body.clone()).await;
    assert_eq!(made["scim_group"], "Engineering");
    assert_eq!(made["role"], "manager");
    assert_eq!(admin.post("/scim/workspaces", body.clone()).await, made);
    let path = format!(
        "/scim/workspaces?scim_group_id={}",
        engineering.as_str().unwrap()
    );
    assert_eq!(admin.get(&path).await["total_count"], 2);
    assert_eq!(
        admin.get(&format!("{path}&page=1&page_size=1")).await["mappings"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let mut other = body;
    other["role"] = json!("admin");
    let refused = admin.refusal("POST", "/scim/workspaces", other).await;
    refused.is(400, "AB01", "`role`");

    let mapping = format!("/scim/workspaces/{}", made["id"].as_str().unwrap());
    assert_eq!(admin.delete(&mapping).await, json!({ "success": true }));
    let refused = admin.refusal("DELETE", &mapping, json!({})).await;
    refused.is(404, "AB08", "mapping");
}

#[tokio::test]
async fn scim_groups_may_come_by_name() {
    let admin = sandbox().await;
    let body = json!({ "workspace_id": "ws-researc-e7b093", "role": "member", "scim_group_name": "Interns" });
    let made = admin.post("/scim/workspaces", body).await;
    assert_eq!(made["scim_group"], "Interns");
    assert_eq!(admin.get("/scim/groups").await["total_count"], 4);
    for (change, names) in [
        (
            json!({ "scim_group_name": "ws-lab-role-admin" }),
            "`scim_group_name`",
        ),
        (json!({}), "`scim_group_id`"),
        (json!({ "scim_group_id": "none" }), "`scim_group_id`"),
    ] {
        let mut body = json!({ "workspace_id": "ws-researc-e7b093", "role": "member" });
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let refused = admin.refusal("POST", "/scim/workspaces", body).await;
        refused.is(400, "AB01", names);
    }
}
