//! Connections that fail, break and hang.

use std::{error::Error as _, time::Duration};

use portkey_api::Request;
use portkey_client::{Client, Error, ErrorKind, Obstacle, Settings};

use crate::{
    client,
    raw::{RawServer, Then, closed_port},
    read, settings, write,
};

/// Sends a read and a write; the errors, and how often each connected.
async fn both(server: &RawServer, settings: &Settings) -> [(Error, usize); 2] {
    let client = Client::new(settings.clone());
    let mut connected = 0;
    let mut failures = Vec::new();
    for request in [read(), write()] {
        let error = client.call(&request).await.unwrap_err();
        failures.push((error, server.connections() - connected));
        connected = server.connections();
    }
    failures.try_into().unwrap()
}

async fn broken(bytes: &'static [u8]) {
    let server = RawServer::start(bytes, Then::Close).await;
    let [(of_read, reads), (of_write, writes)] = both(&server, &settings(&server.url())).await;
    for error in [of_read, of_write] {
        assert!(matches!(error, Error::Interrupted(_)), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Unreachable);
    }
    assert_eq!((reads, writes), (3, 1));
}

#[tokio::test]
async fn closed_without_an_answer() {
    broken(b"").await;
}

#[tokio::test]
async fn closed_within_the_head() {
    broken(b"HTTP/1.1 200 OK\r\ncontent-le").await;
}

#[tokio::test]
async fn closed_within_the_body() {
    broken(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\": [").await;
}

#[tokio::test]
async fn closed_within_a_chunked_body() {
    broken(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n").await;
}

#[tokio::test]
async fn not_http_at_all() {
    broken(b"220 mail.example ESMTP\r\n").await;
}

#[tokio::test]
async fn a_refusal_outlives_its_body() {
    let head = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 100\r\n\r\n{\"mess";
    let server = RawServer::start(head, Then::Close).await;
    let error = client(&server.url()).call(&read()).await.unwrap_err();
    assert_eq!(error.to_string(), "HTTP 403: Forbidden");
}

async fn silent(bytes: &'static [u8]) {
    let server = RawServer::start(bytes, Then::Hang).await;
    let limit = Duration::from_millis(100);
    let impatient = Settings {
        read_timeout: limit,
        ..settings(&server.url())
    };
    let [(of_read, reads), (of_write, writes)] = both(&server, &impatient).await;
    for error in [of_read, of_write] {
        assert!(
            matches!(error, Error::Timeout { after } if after == limit),
            "{error:?}"
        );
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
    assert_eq!((reads, writes), (3, 1));
}

#[tokio::test]
async fn silent_from_the_start() {
    silent(b"").await;
}

#[tokio::test]
async fn silent_within_the_body() {
    silent(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{").await;
}

#[tokio::test]
async fn the_whole_call_has_a_limit() {
    let server = RawServer::start(b"", Then::Hang).await;
    let limit = Duration::from_millis(100);
    let hasty = Settings {
        total_timeout: limit,
        ..settings(&server.url())
    };
    for (error, connections) in both(&server, &hasty).await {
        assert!(
            matches!(error, Error::Timeout { after } if after == limit),
            "{error:?}"
        );
        assert!(connections <= 1);
    }
}

#[tokio::test]
async fn endless_answers_are_cut() {
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let server = RawServer::start(head, Then::Repeat(b"8\r\n        \r\n")).await;
    let narrow = Settings {
        max_response_bytes: 100_000,
        ..settings(&server.url())
    };
    for (error, connections) in both(&server, &narrow).await {
        assert!(
            matches!(error, Error::TooLarge { limit: 100_000 }),
            "{error:?}"
        );
        assert_eq!(connections, 1);
    }
}

#[tokio::test]
async fn nobody_there() {
    let error = client(&closed_port().await)
        .call(&write())
        .await
        .unwrap_err();
    let Error::Connect {
        obstacle, origin, ..
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(*obstacle, Obstacle::Refused);
    assert_eq!(
        error.to_string(),
        format!("cannot connect to {origin}: connection refused")
    );
    assert!(error.source().is_some());
    assert_eq!(error.kind(), ErrorKind::Unreachable);
}

#[tokio::test]
async fn no_such_host() {
    // `.invalid` is reserved for names that never resolve; a proxy would be asked instead.
    if std::env::vars().any(|(name, _)| name.eq_ignore_ascii_case("http_proxy")) {
        return;
    }
    let error = client("http://nowhere.invalid")
        .call(&read())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::Connect {
                obstacle: Obstacle::UnknownHost,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn tls_to_a_plain_port() {
    let server = RawServer::start(b"HTTP/1.1 400 Bad Request\r\n\r\n", Then::Close).await;
    let error = client(&server.https()).call(&read()).await.unwrap_err();
    assert!(matches!(error, Error::Tls { .. }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn errors_keep_queries_and_keys_to_themselves() {
    let request = Request {
        target: "/things?token=hush".to_owned(),
        ..read()
    };
    let server = RawServer::start(b"", Then::Close).await;
    for url in [closed_port().await, server.url(), server.https()] {
        let error = client(&url).call(&request).await.unwrap_err();
        let told = format!("{error:?} {error}");
        assert!(
            !told.contains("hush") && !told.contains("pk-test"),
            "{told}"
        );
    }
}
