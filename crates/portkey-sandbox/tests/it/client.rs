//! A sandbox and someone who calls it.

use portkey_sandbox::{Options, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

/// A caller with a key.
pub struct Client {
    pub sandbox: std::sync::Arc<Sandbox>,
    key: String,
    http: reqwest::Client,
}

/// A fresh sandbox, and the organisation key to it.
pub async fn sandbox() -> Client {
    start(Options::default()).await
}

pub async fn start(options: Options) -> Client {
    let sandbox = Sandbox::start(options).await.unwrap();
    let key = sandbox.keys().admin.clone();
    // The client wants to know how it would encrypt, though it never does here.
    _ = rustls::crypto::ring::default_provider().install_default();
    Client {
        sandbox: sandbox.into(),
        key,
        http: reqwest::Client::new(),
    }
}

impl Client {
    /// The same sandbox with another key.
    pub fn with_key(&self, key: impl Into<String>) -> Self {
        Self {
            sandbox: self.sandbox.clone(),
            key: key.into(),
            http: self.http.clone(),
        }
    }

    /// The same sandbox with the key of its default workspace.
    pub fn in_workspace(&self) -> Self {
        self.with_key(&self.sandbox.keys().workspace)
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let root = self.sandbox.url().strip_suffix("/v1").unwrap();
        let base = if path.starts_with("/_sandbox") {
            root
        } else {
            self.sandbox.url()
        };
        let mut request = self.http.request(method, format!("{base}{path}"));
        if !self.key.is_empty() {
            request = request.header("x-portkey-api-key", &self.key);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// What is there. Fails the test if it is refused.
    pub async fn get(&self, path: &str) -> Value {
        done(self.send(Method::GET, path, None).await)
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        done(self.send(Method::POST, path, Some(body)).await)
    }

    pub async fn put(&self, path: &str, body: Value) -> Value {
        done(self.send(Method::PUT, path, Some(body)).await)
    }

    pub async fn delete(&self, path: &str) -> Value {
        done(self.send(Method::DELETE, path, None).await)
    }

    /// Status, code and message of a refusal. Fails the test if there is none.
    pub async fn refusal(&self, method: &str, path: &str, body: Value) -> Refused {
        let body = Some(body).filter(|body| *body != json!({}));
        let (status, answer) = self.send(method.parse().unwrap(), path, body).await;
        assert_eq!(
            answer["success"], false,
            "{method} {path}: {status} {answer}"
        );
        Refused {
            status,
            code: answer["data"]["errorCode"].as_str().unwrap().to_owned(),
            message: answer["data"]["message"].as_str().unwrap().to_owned(),
        }
    }
}

#[derive(Debug)]
pub struct Refused {
    pub status: u16,
    pub code: String,
    pub message: String,
}

impl Refused {
    /// Asserts status, code and that the message names something.
    #[track_caller]
    pub fn is(&self, status: u16, code: &str, names: &str) {
        assert_eq!(
            (self.status, self.code.as_str()),
            (status, code),
            "{}",
            self.message
        );
        assert!(
            self.message.contains(names),
            "{} doesn't name {names}",
            self.message
        );
    }
}

fn done((status, answer): (u16, Value)) -> Value {
    assert_eq!(status, 200, "{answer}");
    answer
}

/// One member of every entry of a listing.
pub fn each<'a>(listing: &'a Value, name: &str) -> Vec<&'a Value> {
    let entries = listing["data"].as_array().unwrap();
    entries.iter().map(|entry| &entry[name]).collect()
}
