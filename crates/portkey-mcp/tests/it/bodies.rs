//! Bodies of requests: how long they may take, how much of them is held, what is wrong with some, and what is said to
//! those whose body nobody reads.

use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;

use crate::{
    principals::{Somebody, TokenFile, token},
    raw::{Raw, post},
    served::{Served, message, modern_meta, until},
};

fn list() -> String {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list",
            "params": { "_meta": modern_meta(&json!({})) } })
    .to_string()
}

/// A body of so many bytes that is answered like a short one.
fn padded(length: usize) -> String {
    let list = list();
    let padding = " ".repeat(length - list.len());
    list + &padding
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

/// Begins a request of somebody whose body has `length` bytes, of which none are sent.
fn begins(server: &Served, name: &str, length: usize) -> Raw {
    let mut raw = Raw::connect(server);
    let bearer = format!("authorization: Bearer {}", token(name));
    let length = format!("content-length: {length}");
    raw.send(post(server, &[&bearer, &length]));
    raw
}

fn with_tokens(arguments: &[&str]) -> (Served, TokenFile) {
    let tokens = TokenFile::of(&["ada", "bob"]);
    let path = tokens.path();
    let arguments = [&["--tokens", &path], arguments].concat();
    (Served::on_sandbox(&arguments), tokens)
}

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.unwrap().status()
}

/// How many requests the server is answering, that for its metrics not counted.
async fn in_flight(server: &Served) -> usize {
    let metrics = server.client.get(server.url("/metrics"));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("portkey_mcp_http_requests_in_flight "));
    line.unwrap().parse().unwrap()
}

#[tokio::test]
async fn half_a_body_gives_its_place_back() {
    let (server, _tokens) = with_tokens(&["--max-concurrent", "2", "--body-timeout", "5s"]);
    let mut halves = [(); 2].map(|()| {
        let mut half = begins(&server, "ada", 100);
        half.send("{");
        half
    });
    until("both have their places".to_owned(), async || {
        (in_flight(&server).await >= 2).then_some(())
    })
    .await;
    let list = || {
        let request = server.modern("tools/list", json!({}));
        status(request.bearer_auth(token("ada")))
    };
    until("ada has no place left".to_owned(), async || {
        (list().await == StatusCode::TOO_MANY_REQUESTS).then_some(())
    })
    .await;
    until("she has one again".to_owned(), async || {
        (list().await == StatusCode::OK).then_some(())
    })
    .await;
    for half in &mut halves {
        let answer = half.answer();
        assert_eq!(answer.status, 408, "{answer:?}");
        assert!(answer.head.contains("connection: close"), "{answer:?}");
        assert!(half.ends());
    }
}

#[tokio::test]
async fn a_body_that_drips_takes_no_longer_than_one_that_stops() {
    let (server, _tokens) = with_tokens(&["--body-timeout", "1s"]);
    let mut slow = begins(&server, "ada", 100);
    for _ in 0..15 {
        slow.send(" ");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(slow.answer().status, 408);
}

#[tokio::test]
async fn one_principal_does_not_hold_all_memory_for_bodies() {
    let (server, _tokens) = with_tokens(&["--max-body", "1MiB", "--body-memory", "4MiB"]);
    let [ada, bob] = ["ada", "bob"].map(|name| Somebody {
        server: &server,
        name,
    });
    let begin_two = || -> Vec<Raw> {
        let begin = |_| {
            let mut half = begins(&server, "ada", 1 << 20);
            half.send(" ".repeat(700 << 10));
            half
        };
        (0..2).map(begin).collect()
    };
    let mut halves = begin_two();
    // One of the two is refused, whichever came second.
    let refused = until("there is no room for both".to_owned(), async || {
        let body = padded(900 << 10);
        let request = ada.calls("list_workspaces").body(body.clone());
        let answer = request.send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            return Some(answer);
        }
        // It may have come before them and taken the room, so that both were refused.
        halves = begin_two();
        None
    })
    .await;
    assert!(refused.headers().contains_key("retry-after"));
    let told = message(refused).await["error"]["message"].to_string();
    assert!(told.contains("bodies"), "{told}");
    // What everybody sends all the time is small, and there is always room for that.
    assert_eq!(status(ada.calls("list_workspaces")).await, StatusCode::OK);
    let large = server
        .modern("tools/list", json!({}))
        .body(padded(900 << 10));
    let large = large.bearer_auth(token(bob.name));
    assert_eq!(status(large).await, StatusCode::OK);
    halves.clear();
    until("the room is free again".to_owned(), async || {
        let request = server
            .modern("tools/list", json!({}))
            .body(padded(900 << 10));
        let status = status(request.bearer_auth(token("ada"))).await;
        (status == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_body_counts_by_what_it_becomes() {
    let server = Served::on_sandbox(&[]);
    let arguments = format!("[{}0]", "0,".repeat(1_900_000));
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{arguments}}}"#);
    let refused = server.modern("tools/list", json!({})).body(body);
    let refused = refused.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let told = message(refused).await["error"]["message"].to_string();
    assert!(told.contains("values"), "{told}");
    // Commas within texts are no values.
    let text = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"_meta":{{"a":"{}\""}}}}}}"#,
        ",".repeat(3 << 20)
    );
    let taken = server.post(&json!({})).body(text);
    assert_ne!(status(taken).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn a_body_that_is_malformed_or_breaks_off_is_no_large_one() {
    let server = Served::on_sandbox(&[]);
    let chunked = post(&server, &["transfer-encoding: chunked"]);
    for wrong in ["zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}x\r\n", "-1\r\n{}\r\n"] {
        let answer = Raw::connect(&server).send(&chunked).send(wrong).answer();
        assert_eq!(answer.status, 400, "{wrong:?}: {answer:?}");
        assert!(answer.body.contains("-32700"), "{answer:?}");
    }
    for (head, part) in [
        (post(&server, &["content-length: 100"]), "{".to_owned()),
        (chunked.clone(), chunk("{")),
    ] {
        let answer = Raw::connect(&server)
            .send(head)
            .send(part)
            .finish()
            .answer();
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    let good = chunk(&list()) + "0\r\n\r\n";
    let answer = Raw::connect(&server).send(&chunked).send(good).answer();
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn a_large_body_is_refused_whether_its_length_is_told_or_not() {
    let server = Served::on_sandbox(&["--max-body", "1KiB"]);
    let long = "x".repeat(3000);
    let told = post(&server, &["content-length: 3000"]) + &long;
    let chunked = post(&server, &["transfer-encoding: chunked"]) + &chunk(&long) + "0\r\n\r\n";
    // Nobody waits for what is too long anyway.
    let only_told = post(&server, &["content-length: 3000"]);
    for request in [told, chunked, only_told] {
        let answer = Raw::connect(&server).send(request).answer();
        assert_eq!(answer.status, 413, "{answer:?}");
    }
}

#[test]
fn a_refusal_before_the_body_arrives_and_says_that_it_closes() {
    let (server, _tokens) = with_tokens(&[]);
    let long = "x".repeat(3 << 20);
    for head in [
        post(&server, &[&format!("content-length: {}", long.len())]),
        post(&server, &["host: evil.example", "content-length: 3145728"]).replacen(
            "host: 127",
            "x-other: 127",
            1,
        ),
        post(&server, &["content-length: 3145728"]).replace("/mcp", "/nowhere"),
    ] {
        let mut raw = Raw::connect(&server);
        // All of it is sent before anything is read.
        raw.send(&head).send(&long);
        let answer = raw.answer();
        assert!([401, 403, 404].contains(&answer.status), "{answer:?}");
        assert!(answer.head.contains("connection: close"), "{answer:?}");
        assert!(raw.ends());
    }
}

#[test]
fn a_refused_request_with_a_short_body_keeps_its_connection() {
    let (server, _tokens) = with_tokens(&[]);
    let mut raw = Raw::connect(&server);
    let body = list();
    let length = format!("content-length: {}", body.len());
    for _ in 0..3 {
        raw.send(post(&server, &[&length]) + &body);
        let answer = raw.answer();
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(!answer.head.contains("connection: close"), "{answer:?}");
    }
}

#[test]
fn whoever_asks_before_sending_is_refused_before_sending() {
    let (server, _tokens) = with_tokens(&[]);
    let more = ["expect: 100-continue", "content-length: 3145728"];
    let mut raw = Raw::connect(&server);
    let answer = raw.send(post(&server, &more)).answer();
    assert_eq!(answer.status, 401, "{answer:?}");
    assert!(answer.head.contains("connection: close"), "{answer:?}");
    assert!(raw.ends());
}
