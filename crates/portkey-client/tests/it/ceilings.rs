//! What a client spares its server.

use std::{num::NonZeroU32, time::Duration};

use futures_util::future::join_all;
use portkey_api::Request;
use portkey_client::{BreakerSettings, Ceilings, Client, Error, ErrorKind, Settings};
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{raw::closed_port, read, settings, write};

fn well() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({}))
}

async fn answering(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(response)
        .mount(&server)
        .await;
    server
}

async fn received(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

fn client(url: &str, ceilings: Ceilings) -> Client {
    Client::new(Settings {
        ceilings,
        max_retries: 0,
        ..settings(url)
    })
}

fn breaker(failures: u32, pause: Duration) -> Ceilings {
    Ceilings {
        breaker: Some(BreakerSettings {
            failures: NonZeroU32::new(failures).unwrap(),
            pause,
        }),
        ..Ceilings::default()
    }
}

const LONG: Duration = Duration::from_hours(1);

#[tokio::test]
async fn those_who_find_no_slot_are_told_when_to_come_again() {
    let server = answering(well().set_delay(Duration::from_secs(20))).await;
    let ceilings = Ceilings {
        concurrency: 1.try_into().ok(),
        patience: Duration::from_millis(50),
        ..Ceilings::default()
    };
    let first = client(&server.uri(), ceilings);
    // Another key, but the same ceiling.
    let second = first.with_key("pk-other".into());
    let slow = tokio::spawn(async move { first.call(&read()).await });
    while received(&server).await == 0 {
        tokio::task::yield_now().await;
    }
    let error = second.call(&read()).await.unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(received(&server).await, 1);
    slow.abort();
}

#[tokio::test]
async fn a_slot_is_given_on() {
    let server = answering(well()).await;
    let ceilings = Ceilings {
        concurrency: 2.try_into().ok(),
        ..Ceilings::default()
    };
    let client = client(&server.uri(), ceilings);
    let request = read();
    let calls = join_all((0..20).map(|_| client.call(&request))).await;
    assert!(calls.iter().all(Result::is_ok), "{calls:?}");
}

#[tokio::test]
async fn a_rate_lets_a_tenth_through_at_once_and_no_more() {
    let server = answering(well()).await;
    let ceilings = Ceilings {
        rate: Some("30/h".parse().unwrap()),
        ..Ceilings::default()
    };
    let client = client(&server.uri(), ceilings);
    for _ in 0..3 {
        client.call(&write()).await.unwrap();
    }
    let error = client.call(&write()).await.unwrap_err();
    let Error::Busy { retry_after } = error else {
        panic!("{error:?}");
    };
    assert!(retry_after > Duration::from_secs(1), "{retry_after:?}");
    assert_eq!(received(&server).await, 3);
}

#[tokio::test]
async fn a_short_wait_for_the_rate_is_waited_out() {
    let server = answering(well()).await;
    let ceilings = Ceilings {
        rate: Some("100/s".parse().unwrap()),
        ..Ceilings::default()
    };
    let client = client(&server.uri(), ceilings);
    let request = read();
    let calls = join_all((0..30).map(|_| client.call(&request))).await;
    assert!(calls.iter().all(Result::is_ok), "{calls:?}");
}

#[tokio::test]
async fn a_server_that_keeps_failing_is_left_alone() {
    let server = answering(ResponseTemplate::new(503)).await;
    let client = client(&server.uri(), breaker(3, LONG));
    for _ in 0..3 {
        let error = client.call(&read()).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
    }
    let error = client.call(&read()).await.unwrap_err();
    let Error::Suspended {
        failures: 3,
        retry_after,
    } = error
    else {
        panic!("{error:?}");
    };
    assert!(retry_after <= LONG && retry_after > LONG / 2);
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert_eq!(received(&server).await, 3);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_left_alone() {
    let client = client(&closed_port().await, breaker(2, LONG));
    for _ in 0..2 {
        let error = client.call(&read()).await.unwrap_err();
        assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    }
    let error = client.call(&read()).await.unwrap_err();
    assert!(matches!(error, Error::Suspended { .. }), "{error:?}");
}

#[tokio::test]
async fn what_the_caller_did_wrong_is_no_failure_of_the_server() {
    let server = answering(ResponseTemplate::new(404)).await;
    let client = client(&server.uri(), breaker(1, LONG));
    for _ in 0..3 {
        let error = client.call(&read()).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
    }
}

#[tokio::test]
async fn one_request_finds_out_that_the_server_is_well_again() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(500))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(any()).respond_with(well()).mount(&server).await;
    let client = client(&server.uri(), breaker(1, Duration::from_millis(1)));
    client.call(&read()).await.unwrap_err();
    tokio::time::sleep(Duration::from_millis(5)).await;
    for _ in 0..3 {
        client.call(&read()).await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_sent_says_nothing_of_the_server() {
    let server = answering(well()).await;
    let client = client(&server.uri(), breaker(2, LONG));
    let request = Request {
        target: format!("/{}", "x".repeat(66_000)),
        ..read()
    };
    for _ in 0..5 {
        let error = client.call(&request).await.unwrap_err();
        assert!(matches!(error, Error::Unsendable(_)), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    assert!(client.call(&read()).await.is_ok());
    assert_eq!(received(&server).await, 1);
}
