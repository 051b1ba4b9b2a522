//! Policies: usage limits and rate limits by conditions and groups.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

const USAGE: &str = "/policies/usage-limits";
const RATE: &str = "/policies/rate-limits";

fn budget() -> Value {
    json!({
        "name": "Tokens per team",
        "conditions": [{ "key": "prompt", "value": "pp-ticket-*" }],
        "group_by": [{ "key": "metadata.team" }],
        "type": "tokens",
        "credit_limit": 100,
        "alert_threshold": 10,
    })
}

async fn created(owner: &Client, collection: &str, body: Value) -> String {
    let made = owner.post(collection, body).await;
    format!("{collection}/{}", made["id"].as_str().unwrap())
}

/// The status of a completion for a team.
async fn ask(owner: &Client, team: &str) -> u16 {
    let metadata = json!({ "team": team }).to_string();
    let headers = [("x-portkey-metadata", metadata.as_str())];
    let body = json!({ "variables": { "subject": "Invoice", "ticket": "Where is it?" } });
    let path = "/prompts/pp-ticket-triage-a07be3/completions";
    owner.post_with(path, &headers, body).await.0
}

#[tokio::test]
async fn a_usage_limit_is_created_read_changed_and_archived() {
    let owner = sandbox().await.in_workspace();
    let made = owner.post(USAGE, budget()).await;
    assert_eq!(made["object"], "policy_usage_limits");
    assert_eq!(made.as_object().unwrap().len(), 2);
    let path = format!("{USAGE}/{}", made["id"].as_str().unwrap());
    let read = owner.get(&path).await;
    for (name, value) in budget().as_object().unwrap() {
        assert_eq!(read[name], *value);
    }
    assert_eq!(read["periodic_reset"], Value::Null);

    let body = json!({ "credit_limit": 200, "alert_threshold": null, "periodic_reset": "weekly", "type": "tokens" });
    assert_eq!(owner.put(&path, body).await, json!({}));
    let read = owner.get(&path).await;
    assert_eq!(
        (&read["credit_limit"], &read["alert_threshold"]),
        (&json!(200), &Value::Null)
    );
    let next = read["next_usage_reset_at"].as_str().unwrap();
    assert!(next.ends_with("T00:00:00.000Z"), "{next}");
    assert_eq!(read["last_reset_at"], Value::Null);

    owner.delete(&path).await;
    let refused = owner.refusal("GET", &path, json!({})).await;
    refused.is(404, "AB08", "policy");
    let archived = owner.get(&format!("{path}?status=archived")).await;
    assert_eq!(archived["status"], "archived");
    assert_eq!(owner.get(USAGE).await["total"], 2);
    let archived = owner.get(&format!("{USAGE}?status=archived")).await;
    assert_eq!(each(&archived, "id"), [&made["id"]]);
}

#[tokio::test]
async fn groups_use_up_their_budget_until_it_is_reset() {
    let owner = sandbox().await.in_workspace();
    let path = created(&owner, USAGE, budget()).await;
    assert_eq!(owner.get(&format!("{path}/entities")).await["total"], 0);
    for expected in [200, 200, 200, 200, 412] {
        assert_eq!(ask(&owner, "search").await, expected);
    }
    assert_eq!(ask(&owner, "ads").await, 200);
    let entities = owner.get(&format!("{path}/entities")).await;
    let keys = ["metadata.team:ads", "metadata.team:search"];
    assert_eq!(each(&entities, "value_key"), keys);
    assert_eq!(each(&entities, "status"), ["active", "exhausted"]);
    let exhausted = owner
        .get(&format!("{path}/entities?status=exhausted&search=SEARCH"))
        .await;
    let search = &exhausted["data"][0];
    assert_eq!(exhausted["total"], 1);
    let read = owner.get(&format!("{path}?include_usage=true")).await;
    let usage = &read["value_key_usage_map"]["metadata.team:search"];
    assert_eq!(usage["current_usage"], search["current_usage"]);
    assert_eq!(usage["is_threshold_alerts_sent"], true);

    let entity = format!("{path}/entities/{}", search["id"].as_str().unwrap());
    owner.put(&format!("{entity}/reset"), json!({})).await;
    let entities = owner.get(&format!("{path}/entities")).await;
    assert_eq!(each(&entities, "status"), ["active", "active"]);
    assert_eq!(entities["data"][1]["current_usage"], 0);
    owner
        .put(&path, json!({ "reset_usage_for_value": "ads" }))
        .await;
    let entities = owner.get(&format!("{path}/entities")).await;
    assert_eq!(each(&entities, "current_usage"), [0, 0]);
    let nobody = format!("{path}/entities/nobody/reset");
    let refused = owner.refusal("PUT", &nobody, json!({})).await;
    refused.is(404, "AB08", "entity");
}

#[tokio::test]
async fn a_larger_budget_revives_the_exhausted() {
    let owner = sandbox().await.in_workspace();
    let listing = owner.get(&format!("{USAGE}?type=requests")).await;
    assert_eq!(each(&listing, "name"), ["Requests per person"]);
    let path = format!("{USAGE}/{}", listing["data"][0]["id"].as_str().unwrap());
    let exhausted = format!("{path}/entities?status=exhausted");
    let before = owner.get(&exhausted).await;
    let farah = json!("metadata._user:farah@northwind.example");
    assert!(each(&before, "value_key").contains(&&farah), "{before}");
    owner.put(&path, json!({ "credit_limit": 100_000 })).await;
    assert_eq!(owner.get(&exhausted).await["total"], 0);
}

#[tokio::test]
async fn budgets_start_again_by_the_calendar() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    let mut body = budget();
    body["periodic_reset_days"] = json!(3);
    let path = created(&owner, USAGE, body).await;
    assert_eq!(ask(&owner, "search").await, 200);
    assert_eq!(owner.get(&format!("{path}/entities")).await["total"], 1);
    let first = owner.get(&path).await["next_usage_reset_at"].clone();
    let days = json!({ "milliseconds": 3 * 24 * 3_600_000 });
    admin.put("/_sandbox/clock", days).await;
    let read = owner.get(&path).await;
    assert_eq!(read["last_reset_at"], first);
    assert_eq!(owner.get(&format!("{path}/entities")).await["total"], 0);
}

#[tokio::test]
async fn a_budget_must_make_sense() {
    let owner = sandbox().await.in_workspace();
    for (field, change) in [
        ("conditions", json!({ "conditions": [] })),
        (
            "conditions[0]",
            json!({ "conditions": [{ "field": "model", "operator": "eq", "value": "x" }] }),
        ),
        (
            "conditions[0].key",
            json!({ "conditions": [{ "key": "team", "value": "x" }] }),
        ),
        (
            "conditions[0].value",
            json!({ "conditions": [{ "key": "model", "value": [] }] }),
        ),
        ("group_by", json!({ "group_by": null })),
        ("group_by[0]", json!({ "group_by": ["api_key"] })),
        (
            "group_by[0].key",
            json!({ "group_by": [{ "key": "mcp_tool" }] }),
        ),
        ("type", json!({ "type": "characters" })),
        ("credit_limit", json!({ "credit_limit": -1 })),
        ("alert_threshold", json!({ "alert_threshold": 101 })),
        ("periodic_reset", json!({ "periodic_reset": "daily" })),
        (
            "periodic_reset_days",
            json!({ "periodic_reset": "weekly", "periodic_reset_days": 7 }),
        ),
        ("periodic_reset_days", json!({ "periodic_reset_days": 366 })),
        (
            "next_usage_reset_at",
            json!({ "next_usage_reset_at": "2020-01-01T00:00:00Z" }),
        ),
    ] {
        let mut body = budget();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let refused = owner.refusal("POST", USAGE, body).await;
        refused.is(400, "AB01", &format!("`{field}"));
    }
    let path = created(&owner, USAGE, budget()).await;
    for (field, value) in [
        ("type", json!("cost")),
        ("group_by", json!([{ "key": "api_key" }])),
        ("credit_limit", json!(-5)),
        ("reset_usage_for_value", json!("nobody")),
    ] {
        let refused = owner.refusal("PUT", &path, json!({ field: value })).await;
        refused.is(400, "AB01", &format!("`{field}`"));
    }
}

#[tokio::test]
async fn a_rate_limit_from_creation_to_archive() {
    let owner = sandbox().await.in_workspace();
    let body = json!({
        "name": "Searches",
        "conditions": [{ "key": "mcp_server", "value": ["search", "web"], "excludes": "web-old" }],
        "group_by": [{ "key": "mcp_tool" }],
        "type": "requests", "unit": "rpm", "value": 30, "target": "mcp_tools",
    });
    let path = created(&owner, RATE, body.clone()).await;
    let read = owner.get(&path).await;
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(read[name], *value);
    }
    assert_eq!(read["object"], "policy_rate_limits");
    let change = json!({ "unit": "rpw", "value": 9000, "description": "Weekly now" });
    assert_eq!(owner.put(&path, change).await, json!({}));
    let weekly = owner.get(&format!("{RATE}?unit=rpw")).await;
    assert_eq!(each(&weekly, "value"), [9000]);
    let of_tools = owner.get(&format!("{RATE}?target=mcp_tools")).await;
    assert_eq!(each(&of_tools, "value"), [9000]);
    assert_eq!(owner.get(&format!("{RATE}?target=llm")).await["total"], 2);
    for (field, value) in [
        ("target", json!("llm")),
        ("type", json!("tokens")),
        ("value", json!(-1)),
        (
            "conditions[0].key",
            json!([{ "key": "model", "value": "*" }]),
        ),
    ] {
        let name = field.split('[').next().unwrap();
        let refused = owner.refusal("PUT", &path, json!({ name: value })).await;
        refused.is(400, "AB01", &format!("`{field}`"));
    }
    owner.delete(&path).await;
    assert_eq!(owner.get(RATE).await["total"], 2);
}

#[tokio::test]
async fn policies_are_of_one_kind_and_one_workspace() {
    let admin = sandbox().await;
    assert_eq!(admin.get(USAGE).await["total"], 3);
    let research = admin
        .get(&format!("{USAGE}?workspace_id=ws-researc-e7b093"))
        .await;
    let id = research["data"][0]["id"].as_str().unwrap();
    let entities = admin.get(&format!("{USAGE}/{id}/entities")).await;
    let keys = each(&entities, "value_key");
    let expected = json!("metadata._user:grace@northwind.example,prompt:pp-paper-digest-e2904c");
    assert!(keys.contains(&&expected), "{entities}");
    let refused = admin
        .refusal("GET", &format!("{RATE}/{id}"), json!({}))
        .await;
    refused.is(404, "AB08", "policy");
    let owner = admin.in_workspace();
    let refused = owner
        .refusal("GET", &format!("{USAGE}/{id}"), json!({}))
        .await;
    refused.is(403, "AB03", "policy");
}
