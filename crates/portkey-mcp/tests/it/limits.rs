//! How much somebody may ask, and what they hear beyond that.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::{
    principals::{Somebody, TokenFile},
    served::{Served, message, until},
    slow::SlowPortkey,
};

async fn refused(answer: Response, status: StatusCode) -> Value {
    assert_eq!(answer.status(), status, "{answer:?}");
    let seconds: Option<u64> = answer
        .headers()
        .get("retry-after")
        .map(|seconds| seconds.to_str().unwrap().parse().unwrap());
    let answer = message(answer).await;
    assert_eq!(answer["jsonrpc"], "2.0");
    assert_eq!(answer["error"]["data"]["retryAfter"].as_u64(), seconds);
    answer["error"].clone()
}

#[tokio::test]
async fn each_principal_has_a_rate_of_its_own() {
    let tokens = TokenFile::of(&["ada", "bob"]);
    let server = Served::on_sandbox(&["--tokens", &tokens.path(), "--rate", "3/h"]);
    let [ada, bob] = ["ada", "bob"].map(|name| Somebody {
        server: &server,
        name,
    });
    for _ in 0..3 {
        let answer = ada.calls("list_workspaces").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    let answer = ada.calls("list_workspaces").send().await.unwrap();
    let error = refused(answer, StatusCode::TOO_MANY_REQUESTS).await;
    assert!(
        error["data"]["retryAfter"].as_u64().unwrap() > 60,
        "{error}"
    );
    assert!(error["message"].as_str().unwrap().contains("3/h"));
    let answer = bob.calls("list_workspaces").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_address_is_believed_from_trusted_proxies_alone() {
    for (trusted, of_the_fourth) in [
        (&["--trusted-proxies", "127.0.0.0/8"][..], StatusCode::OK),
        (&[], StatusCode::TOO_MANY_REQUESTS),
    ] {
        let arguments = [trusted, &["--rate-per-address", "3/h"]].concat();
        let server = Served::on_sandbox(&arguments);
        let from = |address: &'static str| {
            let request = server.modern("tools/list", json!({}));
            request.header("x-forwarded-for", address).send()
        };
        for _ in 0..3 {
            let answer = from("192.0.2.1").await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
        }
        let answer = from("192.0.2.2").await.unwrap();
        assert_eq!(answer.status(), of_the_fourth);
        let answer = from("192.0.2.1").await.unwrap();
        refused(answer, StatusCode::TOO_MANY_REQUESTS).await;
    }
}

#[tokio::test]
async fn so_many_calls_at_once_and_no_more() {
    let portkey = SlowPortkey::start(Duration::from_secs(4)).await;
    let server = Served::start(&["--max-concurrent", "1"], &portkey.settings());
    let call = || {
        let call = json!({ "name": "list_workspaces", "arguments": {} });
        server.modern("tools/call", call).send()
    };
    let running = tokio::spawn(call());
    portkey.asked(1).await;
    refused(call().await.unwrap(), StatusCode::TOO_MANY_REQUESTS).await;
    let answer = running.await.unwrap().unwrap();
    assert_eq!(message(answer).await["result"]["isError"], false);
    assert_eq!(call().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_goes_away_gives_its_place_back() {
    let portkey = SlowPortkey::start(Duration::from_mins(1)).await;
    let server = Served::start(&["--max-concurrent", "1"], &portkey.settings());
    let call = json!({ "name": "list_workspaces", "arguments": {} });
    let running = tokio::spawn(server.modern("tools/call", call).send());
    portkey.asked(1).await;
    running.abort();
    loop {
        let answer = server.modern("tools/list", json!({})).send().await.unwrap();
        if answer.status().is_success() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn bodies_and_headers_have_a_size() {
    let server = Served::on_sandbox(&["--max-body", "1KiB", "--max-headers", "2KiB"]);
    let long = "x".repeat(3000);
    let call = json!({ "name": "list_workspaces", "arguments": { "name": long } });
    let answer = server.modern("tools/call", call).send().await.unwrap();
    refused(answer, StatusCode::PAYLOAD_TOO_LARGE).await;
    let request = server.modern("tools/list", json!({}));
    let answer = request.header("x-long", long).send().await.unwrap();
    refused(answer, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE).await;
    let answer = server.modern("tools/list", json!({})).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_call_of_several_requests_keeps_to_one_time() {
    let portkey = SlowPortkey::start(Duration::from_millis(1600)).await;
    let server = Served::start(&["--timeout", "2"], &portkey.settings());
    // The change, and reading what it made.
    let arguments = json!({ "workspace_id": "w", "name": "other" });
    let call = json!({ "name": "update_workspace", "arguments": arguments });
    let answer = server.modern("tools/call", call).send().await.unwrap();
    let answer = message(answer).await;
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("PORTKEY_TIMEOUT"), "{text}");
}

#[tokio::test]
async fn a_portkey_that_keeps_failing_is_left_alone() {
    let settings = [
        // Nothing listens there.
        ("PORTKEY_BASE_URL", "http://127.0.0.1:9"),
        ("PORTKEY_API_KEY", "test"),
        ("PORTKEY_MAX_RETRIES", "0"),
        ("PORTKEY_BREAKER_FAILURES", "2"),
        ("PORTKEY_BREAKER_PAUSE", "1h"),
    ];
    let server = Served::start(&[], &settings);
    let mut told = String::new();
    for _ in 0..3 {
        let call = json!({ "name": "list_workspaces", "arguments": {} });
        let answer = server.modern("tools/call", call).send().await.unwrap();
        let answer = message(answer).await;
        let text = answer["result"]["content"][0]["text"].as_str();
        told = text.unwrap().to_owned();
    }
    assert!(told.contains("failed 2 times in a row"), "{told}");
    assert!(told.contains("not asked again for"), "{told}");
}

/// Pings, all at once, as revision 2025-03-26 allows.
fn batch(server: &Served, count: usize) -> RequestBuilder {
    let ping = |id| json!({ "jsonrpc": "2.0", "id": id, "method": "ping" });
    let batch: Vec<Value> = (0..count).map(ping).collect();
    server.post(&json!(batch))
}

#[tokio::test]
async fn a_batch_counts_as_what_it_holds() {
    for limit in ["--rate", "--rate-per-address"] {
        let server = Served::on_sandbox(&["--sessions", "off", limit, "10/h"]);
        let taken = batch(&server, 6).send().await.unwrap();
        assert_eq!(taken.status(), StatusCode::OK, "{limit}");
        // What there is no room for as a whole is not begun.
        let answer = batch(&server, 6).send().await.unwrap();
        refused(answer, StatusCode::TOO_MANY_REQUESTS).await;
        let answer = batch(&server, 11).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "{limit}");
        let told = answer.text().await.unwrap();
        assert!(!told.contains("result"), "{told}");
    }
}

#[tokio::test]
async fn a_batch_takes_as_many_places_as_it_holds() {
    let server = Served::on_sandbox(&["--sessions", "off", "--max-concurrent", "3"]);
    let taken = batch(&server, 3).send().await.unwrap();
    assert_eq!(taken.status(), StatusCode::OK);
    let answer = batch(&server, 4).send().await.unwrap();
    let error = refused(answer, StatusCode::TOO_MANY_REQUESTS).await;
    assert!(error["message"].as_str().unwrap().contains('3'), "{error}");
    let taken = batch(&server, 3).send().await.unwrap();
    assert_eq!(taken.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_call_that_goes_on_without_its_client_keeps_its_place() {
    let portkey = SlowPortkey::start(Duration::from_secs(5)).await;
    let server = Served::start(&["--max-concurrent", "1"], &portkey.settings());
    let session = server.session().await;
    let call = || {
        let params = json!({ "name": "list_workspaces", "arguments": {} });
        let call = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params });
        let request = server.post(&call).header("mcp-session-id", &session);
        request.header("mcp-protocol-version", "2025-11-25").send()
    };
    let running = tokio::spawn(call());
    portkey.asked(1).await;
    running.abort();
    _ = running.await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    refused(call().await.unwrap(), StatusCode::TOO_MANY_REQUESTS).await;
    until("the call is done".to_owned(), async || {
        let listed = server.modern("tools/list", json!({})).send().await.unwrap();
        listed.status().is_success().then_some(())
    })
    .await;
}

#[tokio::test]
async fn nobody_keeps_portkey_from_the_others() {
    let portkey = SlowPortkey::start(Duration::from_secs(4)).await;
    let tokens = TokenFile::of(&["ada", "bob"]);
    let path = tokens.path();
    let server = Served::start(
        &[
            "--tokens",
            &path,
            "--upstream-concurrency",
            "4",
            "--upstream-patience",
            "2s",
        ],
        &portkey.settings(),
    );
    let [ada, bob] = ["ada", "bob"].map(|name| Somebody {
        server: &server,
        name,
    });
    let calls = (0..20).map(|_| tokio::spawn(ada.calls("list_workspaces").send()));
    let calls: Vec<_> = calls.collect();
    portkey.asked(2).await;
    let answer = message(bob.calls("list_workspaces").send().await.unwrap()).await;
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    for call in calls {
        call.abort();
    }
}
