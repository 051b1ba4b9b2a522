//! The forms of an answer that a client says it takes over HTTP, and the paths at which it asks.

use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use crate::served::{Served, initialize, initialize_with};

/// An answer as far as its form goes.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn kind(&self) -> &str {
        let kind = self.headers.get("content-type");
        kind.map_or("", |kind| kind.to_str().unwrap())
    }

    fn json(&self) -> Value {
        assert_eq!(self.kind(), "application/json", "{}", self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// The messages in a stream; an event without one would be none.
    fn events(&self) -> Vec<Value> {
        assert_eq!(self.kind(), "text/event-stream", "{}", self.text);
        let data = self
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("data:"));
        data.map(|data| serde_json::from_str(data.trim()).unwrap_or(Value::Null))
            .collect()
    }
}

async fn ask(
    server: &Served,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Answer {
    let mut request = server.client.request(method, server.url(path));
    if let Some(body) = body {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

async fn post(server: &Served, headers: &[(&str, &str)], body: &Value) -> Answer {
    ask(server, Method::POST, "/mcp", headers, Some(body)).await
}

/// An `Accept` is empty where none is sent; `reqwest` alone would send `*/*`.
fn accept(value: &str) -> Vec<(&str, &str)> {
    vec![("accept", value)]
}

const JSON_ALONE: [&str; 8] = [
    "application/json",
    "*/*",
    "",
    "application/*",
    "APPLICATION/JSON; charset=utf-8",
    "text/html, application/json;q=0.5",
    "application/json, text/event-stream;q=0",
    "text/html,application/xhtml+xml,*/*;q=0.8",
];
const STREAM_ALONE: [&str; 4] = [
    "text/event-stream",
    "text/*",
    "application/json;q=0, text/event-stream;q=0.1",
    "application/json;q=0, */*",
];
const NEITHER: [&str; 3] = ["text/html", "*/*;q=0", "image/png, application/xml"];

#[tokio::test]
async fn an_answer_comes_in_a_form_that_the_client_takes() {
    let call = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call",
                       "params": { "name": "list_workspaces" } });
    for sessions in ["on", "off"] {
        let server = Served::on_sandbox(&["--sessions", sessions]);
        for value in JSON_ALONE {
            let opened = post(&server, &accept(value), &initialize("2025-06-18")).await;
            let version = &opened.json()["result"]["protocolVersion"];
            assert_eq!(version, "2025-06-18", "{value}");
            let mut headers = accept(value);
            let session = opened.headers.get("mcp-session-id");
            headers.extend(session.map(|id| ("mcp-session-id", id.to_str().unwrap())));
            let called = post(&server, &headers, &call).await.json();
            assert_eq!(called["id"], 2, "{value}: {called}");
            assert_eq!(called["result"]["isError"], false, "{value}: {called}");
        }
        for value in STREAM_ALONE {
            let opened = post(&server, &accept(value), &initialize("2025-06-18")).await;
            let events = opened.events();
            assert_eq!(events.len(), 1, "{value}: {}", opened.text);
            assert_eq!(events[0]["id"], 1, "{value}");
        }
        for value in NEITHER {
            let refused = post(&server, &accept(value), &initialize("2025-06-18")).await;
            assert_eq!(refused.status, StatusCode::NOT_ACCEPTABLE, "{value}");
            let told = refused.json()["error"]["message"].to_string();
            assert!(told.contains("application/json"), "{told}");
        }
    }
}

#[tokio::test]
async fn a_client_of_the_newest_revision_may_take_one_form_too() {
    let server = Served::on_sandbox(&[]);
    for value in ["application/json", "*/*", "text/event-stream"] {
        let request = server.modern("tools/list", json!({}));
        let (client, request) = request.build_split();
        let mut request = request.unwrap();
        request
            .headers_mut()
            .insert("accept", value.parse().unwrap());
        let response = client.execute(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{value}");
        let answer = Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        };
        let message = if value == "text/event-stream" {
            answer.events().remove(0)
        } else {
            answer.json()
        };
        assert!(message["result"]["tools"].is_array(), "{value}: {message}");
    }
}

/// Nobody could be asked in the middle of an answer that is one message.
#[tokio::test]
async fn a_client_that_takes_json_alone_confirms_by_a_token() {
    let server = Served::on_sandbox(&["--toolsets", "all"]);
    let opening = initialize_with("2025-06-18", json!({ "elicitation": {} }));
    let opened = post(&server, &accept("application/json"), &opening).await;
    let session = opened.headers["mcp-session-id"].to_str().unwrap();
    let headers = [("accept", "application/json"), ("mcp-session-id", session)];
    let call = |name: &str, arguments: Value| {
        json!({ "jsonrpc": "2.0", "id": 3, "method": "tools/call",
                "params": { "name": name, "arguments": arguments } })
    };
    let made = call("create_collection", json!({ "name": "to be deleted" }));
    let made = post(&server, &headers, &made).await.json();
    let made = made["result"]["content"][0]["text"].as_str().unwrap();
    let made: Value = serde_json::from_str(made).unwrap();
    let delete = call("delete_collection", json!({ "collection_id": made["id"] }));
    let told = post(&server, &headers, &delete).await.json();
    let told = told["result"]["content"][0]["text"].as_str().unwrap();
    assert!(told.contains("confirmation"), "{told}");
}

#[tokio::test]
async fn a_stream_is_opened_for_whoever_takes_one() {
    let server = Served::on_sandbox(&[]);
    let session = server.session().await;
    for value in ["*/*", "text/event-stream", "text/*", ""] {
        let request = server.client.get(server.url("/mcp"));
        let request = request.header("accept", value);
        let request = request.header("mcp-session-id", &session);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{value}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
    }
    let headers = [
        ("accept", "application/json"),
        ("mcp-session-id", session.as_str()),
    ];
    let refused = ask(&server, Method::GET, "/mcp", &headers, None).await;
    assert_eq!(refused.status, StatusCode::NOT_ACCEPTABLE);
    let told = refused.json()["error"]["message"].to_string();
    assert!(told.contains("text/event-stream"), "{told}");
}

#[tokio::test]
async fn only_revisions_that_have_them_get_events_without_a_message() {
    let server = Served::on_sandbox(&[]);
    let both = accept("application/json, text/event-stream");
    for (version, is_primed) in [
        ("2024-11-05", false),
        ("2025-03-26", false),
        ("2025-06-18", false),
        ("2025-11-25", true),
    ] {
        let opened = post(&server, &both, &initialize(version)).await;
        let session = opened.headers["mcp-session-id"].to_str().unwrap();
        let mut headers = both.clone();
        headers.extend([
            ("mcp-session-id", session),
            ("mcp-protocol-version", version),
        ]);
        let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
        let listed = post(&server, &headers, &list).await;
        for answer in [&opened, &listed] {
            let events = answer.events();
            assert_eq!(events.contains(&Value::Null), is_primed, "{version}");
            assert_eq!(events.last().unwrap()["jsonrpc"], "2.0", "{version}");
        }
    }
}

#[tokio::test]
async fn the_endpoint_is_found_with_a_slash_behind_it() {
    let server = Served::on_sandbox(&[]);
    let both = accept("application/json, text/event-stream");
    let body = initialize("2025-06-18");
    let opened = ask(&server, Method::POST, "/mcp/", &both, Some(&body)).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    assert!(opened.headers.contains_key("mcp-session-id"));
}

/// Hosts show such bodies to people.
#[tokio::test]
async fn whatever_is_refused_says_in_json_what_to_do() {
    let server = Served::start(
        &["--auth", "bearer"],
        &[("PORTKEY_SANDBOX", "true"), ("MCP_BIND", "127.0.0.1")],
    );
    let body = initialize("2025-06-18");
    let token = server.says("Bearer").await;
    let token = token.split("Bearer ").nth(1).unwrap();
    let token = format!("Bearer {}", token.split('"').next().unwrap());
    let known = ("authorization", token.as_str());
    for (method, path, headers, status, part) in [
        (Method::POST, "/mcp", vec![], 401, "--header"),
        (Method::POST, "/mcp/", vec![], 401, "--header"),
        (Method::POST, "/register", vec![], 404, "--header"),
        (
            Method::GET,
            "/.well-known/oauth-authorization-server",
            vec![],
            404,
            "--header",
        ),
        (
            Method::GET,
            "/.well-known/oauth-protected-resource",
            vec![],
            404,
            "--header",
        ),
        (
            Method::GET,
            "/.well-known/openid-configuration",
            vec![],
            404,
            "--header",
        ),
        (Method::GET, "/sse", vec![], 404, "/mcp"),
        (Method::POST, "/messages", vec![], 404, "/mcp"),
        (Method::PUT, "/mcp", vec![known], 405, "POST"),
        (Method::POST, "/", vec![], 405, "/mcp"),
        (
            Method::GET,
            "/mcp",
            vec![known, ("accept", "image/png")],
            406,
            "text/event-stream",
        ),
        (
            Method::POST,
            "/mcp",
            vec![known, ("content-type", "text/plain")],
            415,
            "application/json",
        ),
        (Method::DELETE, "/mcp", vec![known], 400, "Mcp-Session-Id"),
        (
            Method::GET,
            "/mcp",
            vec![known, ("mcp-session-id", "gone")],
            404,
            "initialize",
        ),
    ] {
        let is_typed = headers.iter().any(|(name, _)| *name == "content-type");
        let body = (method == Method::POST && !is_typed).then_some(&body);
        let answer = ask(&server, method.clone(), path, &headers, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        let told = answer.json().to_string();
        assert!(told.contains(part), "{method} {path}: {told}");
        assert!(!told.contains(&token[7..]), "{told}");
    }
}
