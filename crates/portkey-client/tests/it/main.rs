//! The client against servers that answer well, badly, late and not at all. No test looks at the clock.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod answers;
mod ceilings;
mod faults;
mod raw;
mod retries;
mod sending;

use std::time::Duration;

use portkey_api::{Base, Keys, Method, Request};
use portkey_client::{Client, Settings};
use serde_json::json;

/// Settings for a server on this machine, with pauses and limits that keep tests short.
fn settings(url: &str) -> Settings {
    Settings {
        base_url: url.parse().unwrap(),
        api_key: Some("pk-test".into()),
        retry_pause: Duration::from_millis(1),
        max_retries: 2,
        ..Settings::default()
    }
}

fn client(url: &str) -> Client {
    Client::new(settings(url))
}

fn read() -> Request {
    Request {
        method: Method::Get,
        base: Base::Control,
        template: "/things",
        target: "/things".to_owned(),
        headers: Vec::new(),
        body: None,
        keys: Keys::Any,
        repeatable: true,
        projection: None,
    }
}

fn write() -> Request {
    Request {
        method: Method::Post,
        body: Some(json!({})),
        repeatable: false,
        ..read()
    }
}
