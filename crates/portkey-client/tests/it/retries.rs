//! What is tried again, and how often.

use std::time::Duration;

use portkey_api::Request;
use portkey_client::{Client, Error, ErrorKind, Refusal, Settings};
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{client, read, settings, write};

async fn refusing(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(response)
        .mount(&server)
        .await;
    server
}

async fn attempts(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

async fn refusal(server: &MockServer, request: &Request) -> Refusal {
    match client(&server.uri()).call(request).await {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn reads_survive_passing_failures() {
    let server = MockServer::start().await;
    for (priority, status) in [(1, 503), (2, 429)] {
        Mock::given(any())
            .respond_with(ResponseTemplate::new(status))
            .up_to_n_times(1)
            .with_priority(priority)
            .mount(&server)
            .await;
    }
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "ok": true })))
        .mount(&server)
        .await;
    let answer = client(&server.uri()).call(&read()).await.unwrap();
    assert_eq!(answer.value, json!({ "ok": true }));
    assert_eq!(attempts(&server).await, 3);
}

#[tokio::test]
async fn statuses_worth_another_attempt() {
    for (status, of_reads, of_writes) in [
        (400, 1, 1),
        (401, 1, 1),
        (403, 1, 1),
        (404, 1, 1),
        (408, 3, 1),
        (409, 1, 1),
        (429, 3, 3),
        (500, 3, 1),
        (501, 1, 1),
        (502, 3, 1),
        (503, 3, 1),
        (504, 3, 1),
    ] {
        for (request, expected) in [(read(), of_reads), (write(), of_writes)] {
            let server = refusing(ResponseTemplate::new(status)).await;
            let refusal = refusal(&server, &request).await;
            assert_eq!(attempts(&server).await, expected, "{status} {request:?}");
            assert_eq!(usize::try_from(refusal.attempts).unwrap(), expected);
        }
    }
}

#[tokio::test]
async fn repetitions_carry_the_body() {
    let server = refusing(ResponseTemplate::new(429)).await;
    let mut request = write();
    request.body = Some(json!({ "name": "one" }));
    refusal(&server, &request).await;
    for received in server.received_requests().await.unwrap() {
        assert_eq!(received.body, br#"{"name":"one"}"#);
    }
}

#[tokio::test]
async fn a_short_wait_is_granted() {
    let server = refusing(ResponseTemplate::new(429).insert_header("retry-after", "0")).await;
    let refusal = refusal(&server, &write()).await;
    assert_eq!(attempts(&server).await, 3);
    assert_eq!(refusal.retry_after, Some(Duration::ZERO));
}

#[tokio::test]
async fn a_long_wait_is_left_to_the_caller() {
    for after in ["3600", "Thu, 31 Dec 9998 23:59:59 GMT"] {
        let server = refusing(ResponseTemplate::new(429).insert_header("retry-after", after)).await;
        let refusal = refusal(&server, &read()).await;
        assert_eq!(attempts(&server).await, 1);
        assert!(refusal.retry_after.unwrap() >= Duration::from_hours(1));
        assert_eq!(refusal.kind(), ErrorKind::RateLimited);
    }
}

#[tokio::test]
async fn no_pause_outlasts_the_call() {
    let server = refusing(ResponseTemplate::new(503)).await;
    let client = Client::new(Settings {
        retry_pause: Duration::from_hours(1),
        ..settings(&server.uri())
    });
    let error = client.call(&read()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert_eq!(attempts(&server).await, 1);
}

#[tokio::test]
async fn retries_can_be_switched_off() {
    let server = refusing(ResponseTemplate::new(429)).await;
    let client = Client::new(Settings {
        max_retries: 0,
        ..settings(&server.uri())
    });
    client.call(&read()).await.unwrap_err();
    assert_eq!(attempts(&server).await, 1);
}
