//! Budgets that are used up and rates that throttle. Every request here has 10 tokens in and 15 out.

mod budgets;
mod rates;

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::client::{Client, sandbox};

const HOUR: u64 = 3_600_000;

/// The owner of a sandbox, a key of the default workspace, and a prompt that goes to a provider of its own.
struct Scene {
    admin: Client,
    owner: Client,
    /// Of the prompt.
    path: String,
    /// Of the provider.
    provider: String,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Scene {
    async fn new() -> Self {
        let admin = sandbox().await;
        let owner = admin.in_workspace();
        let provider = json!({ "name": "Own", "integration_id": "openai-northwind" });
        let made = owner.post("/providers", provider).await;
        let slug = made["slug"].as_str().unwrap().to_owned();
        let path = prompt(&owner, &slug).await;
        Self {
            admin,
            owner,
            path,
            provider: format!("/providers/{slug}"),
        }
    }

    /// A key of the default workspace with limits, and the path to it.
    async fn key(&self, limits: Value) -> (Client, String) {
        let mut body = json!({
            "name": "Limited",
            "workspace_id": "ws-product-8c41d2",
            "scopes": ["completions.write", "prompts.render", "logs.write"],
        });
        for (name, value) in limits.as_object().unwrap() {
            body[name] = value.clone();
        }
        let made = self.admin.post("/api-keys/workspace/service", body).await;
        let client = self.admin.with_key(made["key"].as_str().unwrap());
        (
            client,
            format!("/api-keys/{}", made["id"].as_str().unwrap()),
        )
    }

    async fn ask(&self, client: &Client) -> Answer {
        ask(client, &self.path, json!({})).await
    }

    async fn ask_for(&self, team: &str) -> u16 {
        ask(&self.owner, &self.path, json!({ "team": team }))
            .await
            .status
    }

    async fn forward(&self, milliseconds: u64) {
        let body = json!({ "milliseconds": milliseconds });
        self.admin.put("/_sandbox/clock", body).await;
    }

    async fn status(&self, path: &str) -> Value {
        self.admin.get(path).await["status"].clone()
    }
}

async fn prompt(owner: &Client, provider: &str) -> String {
    let collections = owner.get("/collections?search=Default").await;
    let body = json!({
        "name": "Echo",
        "collection_id": collections["data"][0]["id"],
        "string": json!([{ "role": "user", "content": "{{text}}" }]).to_string(),
        "parameters": { "max_tokens": 15 },
        "virtual_key": provider,
        "model": "gpt-4o",
    });
    let made = owner.post("/prompts", body).await;
    format!("/prompts/{}", made["slug"].as_str().unwrap())
}

async fn ask(client: &Client, prompt: &str, metadata: Value) -> Answer {
    say(client, prompt, metadata, &"four".repeat(10)).await
}

async fn say(client: &Client, prompt: &str, metadata: Value, text: &str) -> Answer {
    let metadata = metadata.to_string();
    let headers = [("x-portkey-metadata", metadata.as_str())];
    let body = json!({ "variables": { "text": text } });
    let path = format!("{prompt}/completions");
    let (status, headers, body) = client.post_with(&path, &headers, body).await;
    Answer {
        status,
        headers,
        body,
    }
}

impl Answer {
    /// Asserts that a request was turned away, for a reason.
    #[track_caller]
    fn is(&self, status: u16, kind: &str, code: &Value) {
        assert_eq!(self.status, status, "{}", self.body);
        let error = &self.body["error"];
        assert_eq!((&error["type"], &error["code"]), (&json!(kind), code));
        assert!(error["message"].is_string());
    }

    #[track_caller]
    fn seconds(&self) -> u64 {
        let header = self.headers.get("retry-after").unwrap();
        header.to_str().unwrap().parse().unwrap()
    }
}

fn tokens(limit: u32) -> Value {
    json!({ "credit_limit": limit, "type": "tokens" })
}

fn rate(counted: &str, unit: &str, value: u32) -> Value {
    json!([{ "type": counted, "unit": unit, "value": value }])
}
