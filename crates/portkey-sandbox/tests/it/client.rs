//! A running sandbox and a client of it, for the stories in this folder.

use portkey_sandbox::{Options, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

/// A caller with a key.
pub(crate) struct Client {
    pub(crate) sandbox: std::sync::Arc<Sandbox>,
    key: String,
    http: reqwest::Client,
}

/// A fresh sandbox, and the organisation key to it.
pub(crate) async fn sandbox() -> Client {
    start(Options::default()).await
}

pub(crate) async fn start(options: Options) -> Client {
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
    pub(crate) fn with_key(&self, key: impl Into<String>) -> Self {
        Self {
            sandbox: self.sandbox.clone(),
            key: key.into(),
            http: self.http.clone(),
        }
    }

    /// The same sandbox with the key of its default workspace.
    pub(crate) fn in_workspace(&self) -> Self {
        self.with_key(&self.sandbox.keys().workspace)
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// A call that is yet to be sent, with the key.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let root = self.sandbox.url().strip_suffix("/v1").unwrap();
        let elsewhere = ["/_sandbox", "/model-configs", "/v0.1", "/v2"];
        let base = if elsewhere.iter().any(|start| path.starts_with(start)) {
            root
        } else {
            self.sandbox.url()
        };
        let request = self.http.request(method, format!("{base}{path}"));
        if self.key.is_empty() {
            return request;
        }
        request.header("x-portkey-api-key", &self.key)
    }

    /// What is there. Fails the test if it is refused.
    pub(crate) async fn get(&self, path: &str) -> Value {
        done(self.send(Method::GET, path, None).await)
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        done(self.send(Method::POST, path, Some(body)).await)
    }

    /// Status, headers and answer of a call with headers of its own; an answer that is not JSON as text.
    pub(crate) async fn post_with(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> (u16, reqwest::header::HeaderMap, Value) {
        let url = format!("{}{path}", self.sandbox.url());
        let mut request = self.http.post(url).header("x-portkey-api-key", &self.key);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.json(&body).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let answer = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (status, headers, answer)
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Value {
        done(self.send(Method::PUT, path, Some(body)).await)
    }

    pub(crate) async fn delete(&self, path: &str) -> Value {
        done(self.send(Method::DELETE, path, None).await)
    }

    /// Status, code and message of a refusal. Fails the test if there is none.
    pub(crate) async fn refusal(&self, method: &str, path: &str, body: Value) -> Refused {
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
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refused {
    /// Asserts status, code and that the message names something.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, code: &str, names: &str) {
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
pub(crate) fn each<'a>(listing: &'a Value, name: &str) -> Vec<&'a Value> {
    let entries = listing["data"].as_array().unwrap();
    entries.iter().map(|entry| &entry[name]).collect()
}
