//! Access policies: created, read, changed by version, and what they refuse.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

const PATH: &str = "/policies/access";
const SEEDED: &str = "Issues for two";

async fn user(admin: &Client, name: &str) -> Value {
    let users = admin.get("/admin/users").await;
    let mut users = users["data"].as_array().unwrap().iter();
    users.find(|user| user["first_name"] == name).unwrap()["id"].clone()
}

fn server(tools: &Value) -> Value {
    json!({ "type": "mcp_server", "server_id": "code-host-prod", "tools": tools })
}

fn draft(user: &Value) -> Value {
    json!({
        "name": "Search only", "subjects": [{ "type": "user", "id": user }],
        "targets": [server(&json!(["search_issues"])), { "type": "provider", "provider_id": "openai-prod" }],
    })
}

#[tokio::test]
async fn an_access_policy_is_created_read_changed_and_deleted() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    let dana = user(&admin, "Dana").await;
    let providers = owner.get("/providers").await;
    let mut body = draft(&dana);
    body["targets"][1]["provider_id"] = providers["data"][0]["slug"].clone();
    let made = owner.post(PATH, body.clone()).await;
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    let read = owner.get(&path).await;
    assert_eq!(
        (&read["version"], &read["effect"], &read["enabled"]),
        (&json!(1), &json!("allow"), &json!(true))
    );
    assert_eq!(read["targets"], body["targets"]);
    assert!(read["subjects"][0]["email"].is_string(), "{read}");

    body["version"] = json!(1);
    body["enabled"] = json!(false);
    body["description"] = json!("For now");
    assert_eq!(owner.put(&path, body.clone()).await, json!({}));
    let read = owner.get(&path).await;
    assert_eq!(
        (&read["version"], &read["enabled"], &read["description"]),
        (&json!(2), &json!(false), &json!("For now"))
    );
    let stale = owner.refusal("PUT", &path, body.clone()).await;
    stale.is(409, "AB07", "changed meanwhile");
    body["version"] = json!(2);
    body["description"] = Value::Null;
    owner.put(&path, body).await;
    assert_eq!(owner.get(&path).await["description"], Value::Null);

    assert_eq!(owner.delete(&path).await, json!({}));
    let refused = owner.refusal("GET", &path, json!({})).await;
    refused.is(404, "AB08", "access policy");
}

#[tokio::test]
async fn a_list_counts_what_policies_are_about_and_can_be_narrowed() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    let (dana, ada) = (user(&admin, "Dana").await, user(&admin, "Ada").await);
    let seeded = owner.get(PATH).await;
    assert_eq!(each(&seeded, "name"), [SEEDED]);
    assert_eq!(each(&seeded, "target_server_count"), [1]);
    assert_eq!(each(&seeded, "subjects"), [&Value::Null]);
    let found = |query: String| {
        let owner = &owner;
        async move { owner.get(&format!("{PATH}?{query}")).await["total"].clone() }
    };
    for (query, total) in [
        (format!("user_id={}", dana.as_str().unwrap()), 1),
        (format!("user_id={}", ada.as_str().unwrap()), 0),
        ("agent_id=triage".to_owned(), 0),
        ("server_id=code-host-prod".to_owned(), 1),
        ("server_id=handbook-research".to_owned(), 0),
        ("search=ISSUES".to_owned(), 1),
        ("effect=deny".to_owned(), 0),
        ("enabled=false".to_owned(), 0),
        ("end_time=2000-01-01T00:00:00Z".to_owned(), 0),
    ] {
        assert_eq!(found(query.clone()).await, total, "{query}");
    }
}

#[tokio::test]
async fn policies_are_of_a_workspace_which_organisation_keys_name() {
    let admin = sandbox().await;
    let dana = user(&admin, "Dana").await;
    for method in ["GET", "POST"] {
        let body = if method == "GET" {
            json!({})
        } else {
            draft(&dana)
        };
        let refused = admin.refusal(method, PATH, body).await;
        refused.is(400, "AB01", "`workspace_id`");
    }
    let here = admin
        .get(&format!("{PATH}?workspace_id=ws-product-8c41d2"))
        .await;
    assert_eq!(each(&here, "name"), [SEEDED]);
    let there = admin
        .get(&format!("{PATH}?workspace_id=ws-staging-51f0ae"))
        .await;
    assert_eq!(there["total"], 0);
    let mut body = draft(&dana);
    body["workspace_id"] = json!("ws-staging-51f0ae");
    let refused = admin.refusal("POST", PATH, body).await;
    refused.is(400, "AB01", "`targets[0].server_id`");
}

#[tokio::test]
async fn access_policies_keep_their_rules() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    let dana = user(&admin, "Dana").await;
    let any = |kind: &str| json!({ "type": kind, "id": "ANY" });
    for (names, change) in [
        ("`name`", json!({ "name": "n".repeat(65) })),
        ("`description`", json!({ "description": "d".repeat(257) })),
        ("`subjects`", json!({ "subjects": [] })),
        ("`subjects`", json!({ "subjects": [any("user")] })),
        ("`subjects[0].id`", json!({ "subjects": [any("group")] })),
        (
            "`subjects[0].id`",
            json!({ "subjects": [{ "type": "user", "id": "none" }] }),
        ),
        (
            "`subjects[0].type`",
            json!({ "subjects": [{ "type": "team", "id": "a" }] }),
        ),
        ("`targets`", json!({ "targets": [] })),
        (
            "`targets[0]",
            json!({ "targets": [{ "type": "mcp_server", "server_id": "code-host-prod" }] }),
        ),
        (
            "`targets[0].tools`",
            json!({ "targets": [server(&json!([]))] }),
        ),
        (
            "`targets[0].provider_id`",
            json!({ "targets": [{ "type": "provider", "provider_id": "none" }] }),
        ),
    ] {
        let mut body = draft(&dana);
        body["targets"] = json!([server(&json!("ALL"))]);
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let refused = owner.refusal("POST", PATH, body).await;
        refused.is(400, "AB01", names);
    }
    let mut body = draft(&dana);
    body["targets"] = json!([server(&json!("ALL"))]);
    body["subjects"] = json!([any("user"), any("agent")]);
    let made = owner.post(PATH, body.clone()).await;
    let read = owner
        .get(&format!("{PATH}/{}", made["id"].as_str().unwrap()))
        .await;
    assert_eq!(read["effect"], "deny");
    let refused = owner.refusal("POST", PATH, body).await;
    refused.is(409, "AB07", "name");
}
