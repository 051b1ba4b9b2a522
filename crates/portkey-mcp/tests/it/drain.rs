//! The end of a server: who is in flight is answered, for a while; nobody else is taken in.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::{
    process,
    served::{Served, initialize, message},
    slow::SlowPortkey,
};

type Sent = Result<Response, reqwest::Error>;

async fn call(server: &Served) -> Sent {
    let params = json!({ "name": "list_workspaces", "arguments": {} });
    server.modern("tools/call", params).send().await
}

/// A server with a call that Portkey will answer after a while, and that answer.
async fn with_a_call(
    portkey: &SlowPortkey,
    arguments: &[&str],
) -> (Served, impl Future<Output = Sent>) {
    let server = Served::start(arguments, &portkey.settings());
    let params = json!({ "name": "list_workspaces", "arguments": {} });
    let request = server.modern("tools/call", params);
    let calling = tokio::spawn(request.send());
    portkey.asked(1).await;
    (server, async move { calling.await.unwrap() })
}

#[tokio::test]
async fn who_is_in_flight_is_answered_and_nobody_else_taken_in() {
    let portkey = SlowPortkey::start(Duration::from_secs(3)).await;
    let (mut server, calling) = with_a_call(&portkey, &[]).await;
    server.ask_to_end();
    let address = server.origin.strip_prefix("http://").unwrap();
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let answer = message(calling.await.unwrap()).await;
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    assert_eq!(server.end().await.code(), Some(0));
}

#[tokio::test]
async fn a_call_that_takes_longer_is_cut() {
    let portkey = SlowPortkey::start(Duration::from_hours(1)).await;
    let (mut server, calling) = with_a_call(&portkey, &["--drain", "1s"]).await;
    server.ask_to_end();
    let cut = calling.await.unwrap();
    assert_eq!(cut.status(), StatusCode::SERVICE_UNAVAILABLE);
    let told = cut.text().await.unwrap();
    assert!(told.contains("the server ended before"), "{told}");
    assert_eq!(server.end().await.code(), Some(0));
}

#[tokio::test]
async fn open_streams_hold_nobody_up() {
    let mut server = Served::start(&["--drain", "1h"], &[("PORTKEY_SANDBOX", "true")]);
    let session = server.session().await;
    let listen = server.client.get(server.url("/mcp"));
    let stream = listen
        .header("accept", "text/event-stream")
        .header("mcp-session-id", session)
        .header("mcp-protocol-version", "2025-11-25")
        .send()
        .await
        .unwrap();
    assert_eq!(stream.status(), StatusCode::OK);
    server.ask_to_end();
    stream.bytes().await.unwrap();
    assert_eq!(server.end().await.code(), Some(0));
}

#[tokio::test]
async fn balancers_are_told_before_connections_are_refused() {
    let arguments = ["--drain-notice", "1h"];
    let server = Served::start(&arguments, &[("PORTKEY_SANDBOX", "true")]);
    let ready = async || {
        let asked = server.client.get(server.url("/ready")).send().await;
        asked.unwrap().status()
    };
    assert_ne!(ready().await, StatusCode::SERVICE_UNAVAILABLE);
    server.ask_to_end();
    while ready().await != StatusCode::SERVICE_UNAVAILABLE {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let answer: Value = message(call(&server).await.unwrap()).await;
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    let opened = server.post(&initialize("2025-11-25")).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::OK);
}

#[test]
fn a_time_that_is_none_is_refused() {
    for time in ["0s", "soon", "-1s", "20"] {
        let output = process::run(&["http", &format!("--drain={time}")], &[]);
        assert_eq!(output.status.code(), Some(2), "{time}");
        let told = process::text(&output.stderr);
        assert!(told.contains("--drain"), "{told}");
    }
}

#[tokio::test]
async fn the_image_can_ask_for_its_health() {
    let mut server = Served::start(&[], &[("PORTKEY_SANDBOX", "true")]);
    let url = server.origin.clone();
    let port = url.rsplit(':').next().unwrap().to_owned();
    let environment = [
        ("MCP_TRANSPORT", "http"),
        ("MCP_BIND", "0.0.0.0"),
        ("MCP_PORT", &port),
    ];
    assert!(process::run(&["health"], &environment).status.success());
    assert!(
        process::run(&["health", "--url", &url], &[])
            .status
            .success()
    );
    server.ask_to_end();
    server.end().await;
    let output = process::run(&["health"], &environment);
    assert_eq!(output.status.code(), Some(1));
    assert!(process::text(&output.stderr).contains("not healthy"));
}
