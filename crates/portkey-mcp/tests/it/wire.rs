//! What HTTP itself asks of the server: names, origins, browsers, bodies, methods, probes.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{
    process::SandboxProcess,
    raw::{Raw, address, post_without_host},
    served::{Served, initialize, message},
};

/// A body as it is, with the headers that every client sends.
fn raw(server: &Served, body: impl Into<String>) -> RequestBuilder {
    let request = server.client.post(server.url("/mcp"));
    request
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json")
        .body(body.into())
}

async fn refused(request: RequestBuilder, status: StatusCode) -> Value {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), status);
    message(answer).await["error"].clone()
}

#[tokio::test]
async fn what_is_no_message_is_told_so() {
    let server = Served::on_sandbox(&[]);
    for body in ["{bad", "", "[{]"] {
        let error = refused(raw(&server, body), StatusCode::BAD_REQUEST).await;
        assert_eq!(error["code"], -32700, "{body}");
    }
    for body in [
        "1",
        "{}",
        "[]",
        r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
    ] {
        let error = refused(raw(&server, body), StatusCode::BAD_REQUEST).await;
        assert_eq!(error["code"], -32600, "{body}");
    }
    let answer = raw(&server, r#"{"id":7}"#).send().await.unwrap();
    assert_eq!(message(answer).await["id"], 7);
    let typed = server.client.post(server.url("/mcp")).body("{}");
    let typed = typed.header("accept", "application/json, text/event-stream");
    let answer = typed.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let long = "x".repeat(5 << 20);
    refused(raw(&server, long), StatusCode::PAYLOAD_TOO_LARGE).await;
}

fn three() -> Value {
    json!([
        { "jsonrpc": "2.0", "id": "a", "method": "ping" },
        { "jsonrpc": "2.0", "method": "notifications/initialized" },
        { "jsonrpc": "2.0", "id": "b", "method": "tools/call", "params": { "name": "list_workspaces" } },
        { "id": "c" },
    ])
}

/// The answers in a stream of events, by their ids.
fn ids(text: &str) -> Vec<String> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: {"));
    let answers = data.map(|data| serde_json::from_str::<Value>(&format!("{{{data}")).unwrap());
    let mut ids: Vec<_> = answers
        .map(|answer| answer["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_batch_is_answered_message_by_message_in_a_session() {
    let server = Served::on_sandbox(&[]);
    let opened = server.post(&initialize("2025-03-26")).send().await.unwrap();
    let session = opened.headers()["mcp-session-id"].clone();
    opened.text().await.unwrap();
    let send = |batch: &Value| server.post(batch).header("mcp-session-id", session.clone());
    let answer = send(&three()).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert_eq!(ids(&answer.text().await.unwrap()), ["a", "b", "c"]);
    let told = json!([{ "jsonrpc": "2.0", "method": "notifications/initialized" }]);
    let answer = send(&told).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let gone = server.post(&three()).header("mcp-session-id", "gone");
    assert_eq!(gone.send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_batch_is_answered_as_a_list_without_sessions() {
    let server = Served::on_sandbox(&["--sessions", "off"]);
    let answer = server.post(&three()).send().await.unwrap();
    let answers: Value = answer.json().await.unwrap();
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), 3, "{answers:?}");
    assert_eq!(answers[1]["result"]["isError"], false);
    assert_eq!(answers[2]["error"]["code"], -32600);
}

#[tokio::test]
async fn batches_are_small_open_no_session_and_ended_with_their_revision() {
    let server = Served::on_sandbox(&[]);
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let later = server
        .post(&json!([ping]))
        .header("mcp-protocol-version", "2025-06-18");
    let large = server.post(&json!(vec![ping; 65]));
    let opening = server.post(&json!([initialize("2025-03-26")]));
    for batch in [later, large, opening] {
        let error = refused(batch, StatusCode::BAD_REQUEST).await;
        assert_eq!(error["code"], -32600, "{error}");
    }
}

#[tokio::test]
async fn strange_hosts_and_origins_are_refused_with_the_setting_to_change() {
    let server = Served::on_sandbox(&[]);
    let list = || server.modern("tools/list", json!({}));
    let host = refused(list().header("host", "evil.example"), StatusCode::FORBIDDEN).await;
    assert!(
        host["message"]
            .as_str()
            .unwrap()
            .contains("--allowed-hosts"),
        "{host}"
    );
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
    ] {
        let error = refused(list().header("origin", origin), StatusCode::FORBIDDEN).await;
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .contains("--allowed-origins"),
            "{error}"
        );
    }
    for (name, value) in [
        ("host", "localhost:1"),
        ("host", "[::1]"),
        ("origin", "http://localhost:6274"),
    ] {
        let answer = list().header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{name}: {value}");
    }
}

#[tokio::test]
async fn operators_name_hosts_and_origins() {
    let server = Served::on_sandbox(&[
        "--allowed-hosts",
        "mcp.internal",
        "--allowed-origins",
        "https://app.example.com",
        "--public-url",
        "https://mcp.example.com",
    ]);
    let list = |name: &str, value: &str| {
        let request = server.modern("tools/list", json!({})).header(name, value);
        async move { request.send().await.unwrap().status() }
    };
    for host in ["mcp.internal", "mcp.example.com"] {
        assert_eq!(list("host", host).await, StatusCode::OK, "{host}");
    }
    for origin in ["https://app.example.com", "https://mcp.example.com"] {
        assert_eq!(list("origin", origin).await, StatusCode::OK, "{origin}");
    }
    assert_eq!(list("host", "evil.example").await, StatusCode::FORBIDDEN);
    assert_eq!(
        list("origin", "http://localhost:1").await,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_server_bound_elsewhere_goes_by_any_name() {
    let server = Served::on_sandbox(&["--bind", "0.0.0.0", "--allow-unauthenticated"]);
    let request = server
        .modern("tools/list", json!({}))
        .header("host", "portkey.svc:3000");
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    let page = server
        .modern("tools/list", json!({}))
        .header("origin", "http://evil.example");
    assert_eq!(page.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn browsers_of_trusted_pages_are_let_in() {
    let server = Served::on_sandbox(&[]);
    let wanted = "mcp-method,mcp-param-workspace,mcp-protocol-version,authorization,last-event-id";
    let asked = server
        .client
        .request(Method::OPTIONS, server.url("/mcp"))
        .header("origin", "http://localhost:6274")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", wanted);
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let headers = answer.headers();
    assert_eq!(
        headers["access-control-allow-origin"],
        "http://localhost:6274"
    );
    assert_eq!(headers["access-control-allow-headers"], wanted);
    assert_eq!(headers["access-control-allow-methods"], "GET,POST,DELETE");
    assert!(!headers.contains_key("access-control-allow-credentials"));
    let call = server.modern("tools/list", json!({}));
    let call = call
        .header("origin", "http://localhost:6274")
        .send()
        .await
        .unwrap();
    let exposed = call.headers()["access-control-expose-headers"]
        .to_str()
        .unwrap();
    for name in ["mcp-session-id", "www-authenticate", "retry-after"] {
        assert!(exposed.contains(name), "{exposed}");
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_refused_politely() {
    let server = Served::on_sandbox(&[]);
    let status = |method: Method, path: &str| {
        let request = server.client.request(method, server.url(path));
        async move {
            let answer = request.send().await.unwrap();
            (answer.status(), answer.headers().get("allow").cloned())
        }
    };
    assert_eq!(status(Method::GET, "/nope").await.0, StatusCode::NOT_FOUND);
    for (method, path) in [
        (Method::PUT, "/mcp"),
        (Method::HEAD, "/mcp"),
        (Method::POST, "/health"),
        (Method::DELETE, "/"),
    ] {
        let (status, allow) = status(method, path).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(allow.is_some(), "{path}");
    }
    for path in ["/", "/health", "/ready"] {
        assert_eq!(status(Method::HEAD, path).await.0, StatusCode::OK, "{path}");
    }
}

async fn readiness(settings: &[(&str, &str)]) -> (StatusCode, Option<String>, Value) {
    let server = Served::start(&["--max-retries", "0"], settings);
    // Orchestrators ask by addresses that nobody listed.
    let request = server
        .client
        .get(server.url("/ready"))
        .header("host", "10.1.2.3:3000");
    let answer = request.send().await.unwrap();
    let wait = answer.headers().get("retry-after");
    let wait = wait.map(|wait| wait.to_str().unwrap().to_owned());
    (answer.status(), wait, answer.json().await.unwrap())
}

#[tokio::test]
async fn ready_means_that_portkey_knows_the_key() {
    let sandbox = SandboxProcess::start();
    let (status, _, body) = readiness(&sandbox.settings()).await;
    assert_eq!(
        (status, body),
        (StatusCode::OK, json!({ "status": "ready" }))
    );
    let (status, ..) = readiness(&[]).await;
    assert_eq!(status, StatusCode::OK, "without a key nobody can be asked");
    let wrong = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", "wrong"),
    ];
    let nobody = [
        ("PORTKEY_BASE_URL", "http://127.0.0.1:9"),
        ("PORTKEY_API_KEY", "any"),
    ];
    for settings in [wrong, nobody] {
        let (status, wait, body) = readiness(&settings).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(wait.as_deref(), Some("3"));
        assert_eq!(body, json!({ "status": "not ready" }), "no detail");
    }
}

#[tokio::test]
async fn portkey_is_asked_once_for_all_who_ask() {
    let portkey = MockServer::start().await;
    let list = json!({ "object": "list", "total": 0, "data": [] });
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(list))
        .mount(&portkey)
        .await;
    let settings = [
        ("PORTKEY_BASE_URL", portkey.uri()),
        ("PORTKEY_API_KEY", "any".to_owned()),
    ];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let server = Served::start(&[], &settings);
    let ask = || server.client.get(server.url("/ready")).send();
    let (one, two, three) = tokio::join!(ask(), ask(), ask());
    for answer in [one, two, three, ask().await] {
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(portkey.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_workspace_key_is_ready_too() {
    let sandbox = SandboxProcess::start();
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", sandbox.workspace_key.as_str()),
    ];
    assert_eq!(readiness(&settings).await.0, StatusCode::OK);
}

#[test]
fn a_request_names_one_host() {
    let server = Served::on_sandbox(&[]);
    let own = format!("host: {}", address(&server));
    let list = |line: &str, headers: &[&str]| {
        let request = post_without_host(headers).replace("POST /mcp HTTP/1.1", line);
        Raw::connect(&server).send(request).answer()
    };
    for path in [
        "GET / HTTP/1.1",
        "GET /health HTTP/1.1",
        "GET /metrics HTTP/1.1",
    ] {
        for headers in [
            &[own.as_str(), "host: evil.example"][..],
            &["host: evil.example", &own],
            &[&own, &own],
            &["host: "],
            &["host: a b"],
            &["host: user@localhost"],
            &["host: localhost:port"],
            &["host: localhost, localhost"],
            &["host: localhost/mcp"],
        ] {
            let answer = list(path, headers);
            assert_eq!(answer.status, 400, "{path} {headers:?}: {answer:?}");
        }
    }
    assert_eq!(list("GET / HTTP/1.1", &[]).status, 400);
    // An address in the first line counts, and must be the same.
    let line = format!("GET http://{}/ HTTP/1.1", address(&server));
    assert_eq!(list(&line, &[&own]).status, 200);
    let line = "GET http://evil.example/ HTTP/1.1";
    assert_eq!(list(line, &[&own]).status, 400);
    assert_eq!(list(line, &["host: evil.example"]).status, 403);
}

#[tokio::test]
async fn metrics_are_told_to_no_web_page() {
    let server = Served::on_sandbox(&["--allowed-hosts", "mcp.internal"]);
    let ask = |name: &str, value: &str| {
        let request = server
            .client
            .get(server.url("/metrics"))
            .header(name, value);
        async move { request.send().await.unwrap().status() }
    };
    assert_eq!(ask("host", "evil.example").await, StatusCode::FORBIDDEN);
    assert_eq!(
        ask("origin", "https://evil.example").await,
        StatusCode::FORBIDDEN
    );
    // Prometheus asks by the address of a pod, which no page can be made to have for a name.
    for host in [
        "10.1.2.3:3000",
        "[fd00::1]:3000",
        "mcp.internal",
        "localhost",
    ] {
        assert_eq!(ask("host", host).await, StatusCode::OK, "{host}");
    }
}
