//! Completions, and what analytics make of them.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

const EVER: &str =
    "time_of_generation_min=2000-01-01T00:00:00Z&time_of_generation_max=2100-01-01T00:00:00Z";

async fn users(client: &Client, filter: &str) -> Value {
    client
        .get(&format!("/analytics/groups/users?{EVER}&{filter}"))
        .await
}

/// Ten tokens in and five out.
async fn ask(owner: &Client, prompt: &str, user: &str, model: &str) -> Value {
    let body =
        json!({ "variables": { "x": "0123456789".repeat(4) }, "max_tokens": 5, "model": model });
    let metadata = json!({ "_user": user, "app": "test", "plan": "pro" }).to_string();
    let (status, headers, answer) = owner
        .post_with(
            &format!("/prompts/{prompt}/completions"),
            &[("x-portkey-metadata", &metadata)],
            body,
        )
        .await;
    assert_eq!(status, 200, "{answer}");
    assert!(headers.contains_key("x-portkey-trace-id"));
    answer
}

async fn prompt(owner: &Client) -> String {
    let body = json!({
        "name": "Echo", "collection_id": owner.get("/collections").await["data"][0]["id"],
        "string": "{{x}}", "parameters": {}, "virtual_key": "openai-prod-4f2a91", "model": "gpt-4o",
    });
    owner.post("/prompts", body).await["slug"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn completions_count_in_analytics_at_once() {
    let owner = sandbox().await.in_workspace();
    let prompt = prompt(&owner).await;
    let answer = ask(&owner, &prompt, "ann", "gpt-4o").await;
    assert_eq!(
        answer["usage"],
        json!({ "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 })
    );
    assert_eq!(answer["choices"][0]["text"], "This is the sandbox'");
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    ask(&owner, &prompt, "ann", "gpt-4o").await;
    ask(&owner, &prompt, "bob", "gpt-4o-mini").await;

    // Cents per token: gpt-4o 0.00025 and 0.001, gpt-4o-mini 0.000015 and 0.00006.
    let mine = format!("prompt_slug={prompt}");
    let figures = users(&owner, &mine).await;
    assert_eq!(figures["total"], 2);
    let ann =
        json!({ "user": "ann", "requests": "2", "cost": "0.015", "object": "analytics-group" });
    let bob =
        json!({ "user": "bob", "requests": "1", "cost": "0.00045", "object": "analytics-group" });
    assert_eq!(figures["data"], json!([ann, bob]));

    for (filter, expected) in [
        ("ai_org_model=openai__gpt-4o-mini", vec!["bob"]),
        ("cost_max=0.001", vec!["bob"]),
        ("cost_min=0.001", vec!["ann"]),
        ("total_units_min=15&total_units_max=15", vec!["ann", "bob"]),
        ("prompt_token_min=11", vec![]),
        ("completion_token_max=4", vec![]),
        ("status_code=200,429", vec!["ann", "bob"]),
        ("status_code=500", vec![]),
        ("virtual_keys=openai-prod-4f2a91,other", vec!["ann", "bob"]),
        ("configs=pc-none", vec![]),
        ("cache_status=hit", vec![]),
        ("weighted_feedback_min=-10", vec![]),
        (
            "metadata=%7B%22plan%22%3A%22pro%22%2C%22_user%22%3A%22bob%22%7D",
            vec!["bob"],
        ),
        ("metadata=%7B%22plan%22%3A%22free%22%7D", vec![]),
        ("order_by=cost&order_by_type=asc", vec!["bob", "ann"]),
        ("order_by=user&page_size=1&current_page=1", vec!["ann"]),
    ] {
        let figures = users(&owner, &format!("{mine}&{filter}")).await;
        assert_eq!(each(&figures, "user"), expected, "{filter}");
    }
}

#[tokio::test]
async fn the_seeded_traffic_adds_up() {
    let admin = sandbox().await;
    let mut all = 0;
    for workspace in [
        "ws-product-8c41d2",
        "ws-staging-51f0ae",
        "ws-researc-e7b093",
    ] {
        let figures = users(&admin, &format!("workspace_slug={workspace}")).await;
        let requests = each(&figures, "requests");
        let sum: u64 = requests
            .iter()
            .map(|text| text.as_str().unwrap().parse::<u64>().unwrap())
            .sum();
        assert!(sum > 150, "{workspace}: {sum}");
        all += sum;
    }
    assert_eq!(all, 3000);
    let none = admin
        .get("/analytics/groups/users?time_of_generation_min=2000-01-01T00:00:00Z&time_of_generation_max=2001-01-01T00:00:00Z")
        .await;
    assert_eq!(none, json!({ "object": "list", "total": 0, "data": [] }));
}

#[tokio::test]
async fn calls_of_mcp_servers_and_agents_are_counted_and_none_goes_through_an_own_gateway() {
    let owner = sandbox().await.in_workspace();
    for (group, metadata) in [
        ("mcp", json!({ "mcp_server": "code-host-prod" })),
        ("a2a", json!({ "agent": "code-host-prod" })),
    ] {
        let path = format!("/analytics/groups/{group}?{EVER}");
        assert_eq!(owner.get(&path).await["total"], 0);
        let log = json!({
            "request": { "url": "https://mcp.example", "method": "POST", "body": {} },
            "response": { "status": 200, "body": {} },
            "metadata": metadata,
        });
        owner.post("/logs", log).await;
        let row = json!({ "object": "analytics-group", "name": "code-host-prod", "requests": 1 });
        assert_eq!(owner.get(&path).await["data"], json!([row]));
    }
    let requests = format!("/analytics/graphs/requests?{EVER}");
    let all = owner.get(&requests).await;
    assert_ne!(all["summary"]["total"], 0);
    let elsewhere = owner
        .get(&format!("{requests}&deployment_id=eu-west"))
        .await;
    assert_eq!(elsewhere["summary"]["total"], 0);
}

#[tokio::test]
async fn a_period_is_required() {
    let admin = sandbox().await;
    for (query, names) in [
        ("", "time_of_generation_min"),
        (
            "?time_of_generation_min=2026-01-01T00:00:00Z",
            "time_of_generation_max",
        ),
        (
            "?time_of_generation_min=yesterday",
            "time_of_generation_min",
        ),
    ] {
        let refused = admin
            .refusal("GET", &format!("/analytics/groups/users{query}"), json!({}))
            .await;
        refused.is(400, "AB01", names);
    }
    let path = format!("/analytics/groups/users?{EVER}&order_by=luck");
    admin
        .refusal("GET", &path, json!({}))
        .await
        .is(400, "AB01", "order_by");
    let path = format!("/analytics/groups/users?{EVER}&workspace_slug=nowhere");
    admin
        .refusal("GET", &path, json!({}))
        .await
        .is(400, "AB01", "workspace_slug");
}

#[tokio::test]
async fn completions_are_streamed_on_request() {
    let owner = sandbox().await.in_workspace();
    let body = json!({ "variables": {}, "stream": true });
    let (status, headers, answer) = owner
        .post_with("/prompts/pp-ticket-triage-a07be3/completions", &[], body)
        .await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "text/event-stream");
    let text = answer.as_str().unwrap();
    assert!(text.starts_with("data: {") && text.ends_with("data: [DONE]\n\n"));
    assert!(text.contains("chat.completion.chunk"));
}
