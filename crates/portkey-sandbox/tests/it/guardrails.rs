//! Guardrails: created, changed and deleted.

use serde_json::{Value, json};

use crate::client::{each, sandbox};

fn outcome(value: i8) -> Value {
    json!({ "feedback": { "value": value, "weight": 1, "metadata": "" } })
}

fn draft() -> Value {
    json!({
        "name": "No digits",
        "checks": [{
            "id": "default.webhook",
            "parameters": { "webhookURL": "https://checks.example", "headers": { "authorization": "Bearer x" } },
        }],
        "actions": { "deny": true, "async": false, "on_success": outcome(5), "on_fail": outcome(-5) },
    })
}

#[tokio::test]
async fn a_guardrail_is_created_read_changed_and_deleted() {
    let owner = sandbox().await.in_workspace();
    let made = owner.post("/guardrails", draft()).await;
    assert!(made["slug"].as_str().unwrap().starts_with("pg-no-digits-"));
    let path = format!("/guardrails/{}", made["slug"].as_str().unwrap());
    let read = owner.get(&path).await;
    assert_eq!(read["id"], made["id"]);
    assert_eq!(read["checks"][0]["is_enabled"], true);
    assert_eq!(
        read["checks"][0]["parameters"],
        draft()["checks"][0]["parameters"]
    );
    assert_eq!(read["actions"], draft()["actions"]);
    assert_eq!(read["updated_by"], Value::Null);

    let renamed = owner.put(&path, json!({ "name": "Digits" })).await;
    assert_eq!(
        renamed["version_id"], made["version_id"],
        "nothing in it changed"
    );
    let checks =
        json!([{ "id": "default.regexMatch", "parameters": { "rule": "\\d", "not": true } }]);
    let changed = owner.put(&path, json!({ "checks": checks })).await;
    assert_ne!(changed["version_id"], made["version_id"]);
    let path = format!("/guardrails/{}", made["id"].as_str().unwrap());
    let read = owner.get(&path).await;
    assert_eq!(read["name"], "Digits");
    assert_eq!(read["checks"].as_array().unwrap().len(), 1);
    assert_eq!(read["actions"]["deny"], true);

    owner.delete(&path).await;
    for method in ["GET", "DELETE"] {
        let refused = owner.refusal(method, &path, json!({})).await;
        refused.is(403, "AB03", "guardrail");
    }
}

#[tokio::test]
async fn a_guardrail_must_be_complete() {
    let owner = sandbox().await.in_workspace();
    for (field, value) in [
        ("name", json!(null)),
        ("checks", json!(null)),
        ("checks", json!([])),
        ("checks[0]", json!([{ "parameters": {} }])),
        ("actions", json!(null)),
        ("actions", json!("deny")),
    ] {
        let mut body = draft();
        let name = field.split(['[', '.']).next().unwrap();
        body[name] = value;
        let refused = owner.refusal("POST", "/guardrails", body).await;
        refused.is(400, "AB01", field);
    }
}

#[tokio::test]
async fn a_guardrail_of_mcp_tools_may_get_its_checks_later() {
    let owner = sandbox().await.in_workspace();
    let body = json!({ "name": "Tools", "target": "mcp_tools" });
    let made = owner.post("/guardrails", body).await;
    let path = format!("/guardrails/{}", made["id"].as_str().unwrap());
    let read = owner.get(&path).await;
    assert_eq!(
        (&read["target"], &read["checks"]),
        (&json!("mcp_tools"), &json!([]))
    );
    let listed = owner.get("/guardrails").await;
    assert_eq!(each(&listed, "target"), ["mcp_tools", "llm", "llm"]);
    let checks =
        json!([{ "id": "default.regexReplace", "parameters": { "rule": "a", "replace": "b" } }]);
    owner.put(&path, json!({ "checks": checks })).await;
    assert_eq!(
        owner.get(&path).await["checks"][0]["id"],
        "default.regexReplace"
    );
    let mut body = draft();
    body["target"] = json!("prompts");
    let refused = owner.refusal("POST", "/guardrails", body).await;
    refused.is(400, "AB01", "`target`");
}

#[tokio::test]
async fn what_the_vendor_s_examples_say_is_kept() {
    let owner = sandbox().await.in_workspace();
    let mut body = draft();
    body["actions"] = json!({ "onFail": "log", "message": "too long", "on_success": "continue" });
    body["checks"] = json!([{ "id": "default.notNull", "newer": { "than": "this" } }]);
    let made = owner.post("/guardrails", body.clone()).await;
    let read = owner
        .get(&format!("/guardrails/{}", made["id"].as_str().unwrap()))
        .await;
    assert_eq!(read["actions"], body["actions"]);
    assert_eq!(read["checks"][0]["newer"], body["checks"][0]["newer"]);
}

#[tokio::test]
async fn guardrails_are_of_a_workspace_or_of_the_organisation() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    let own = owner.get("/guardrails").await;
    assert_eq!(own["total"], 2);
    assert!(each(&own, "checks").iter().all(|checks| checks.is_null()));
    assert_eq!(admin.get("/guardrails").await["total"], 3);
    let path = "/guardrails/pg-approved-m-60d5f3";
    let read = admin.get(path).await;
    assert_eq!(read["workspace_id"], Value::Null);
    let refused = owner.refusal("GET", path, json!({})).await;
    refused.is(403, "AB03", "guardrail");

    let mut body = draft();
    body["organisation_id"] = read["organisation_id"].clone();
    let made = admin.post("/guardrails", body).await;
    let id = made["id"].as_str().unwrap();
    let found = admin.get(&format!("/guardrails?ids=nothing,{id}")).await;
    assert_eq!(each(&found, "workspace_id"), [&Value::Null]);
}

#[tokio::test]
async fn guardrails_of_the_organisation_have_scopes_of_their_own() {
    let admin = sandbox().await;
    let body = json!({ "name": "Auditor", "scopes": ["guardrails.read"] });
    let key = admin.post("/api-keys/organisation/service", body).await;
    let auditor = admin.with_key(key["key"].as_str().unwrap());
    auditor.get("/guardrails/pg-short-answ-a94c02").await;
    let path = "/guardrails/pg-approved-m-60d5f3";
    let refused = auditor.refusal("GET", path, json!({})).await;
    refused.is(403, "AB03", "organisation_guardrails.read");
}
