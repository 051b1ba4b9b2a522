//! The binary as an HTTP server.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::portkey_mcp;

/// A server on a port of its own, until it is dropped.
pub(crate) struct Served {
    child: Child,
    /// Such as `http://127.0.0.1:41234`.
    pub(crate) origin: String,
    /// What it said on standard error before it served.
    pub(crate) told: Vec<String>,
    /// What it said since.
    later: Arc<Mutex<Vec<String>>>,
    #[allow(dead_code, reason = "kept for as long as the server runs")]
    pub(crate) home: TempDir,
    pub(crate) client: Client,
    /// Files that must be there as long as the server.
    kept: Vec<TempDir>,
}

impl Served {
    /// On the embedded sandbox.
    pub(crate) fn on_sandbox(arguments: &[&str]) -> Self {
        Self::start(arguments, &[("PORTKEY_SANDBOX", "true")])
    }

    pub(crate) fn start(arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let home = TempDir::new().unwrap();
        let mut child = portkey_mcp(&home)
            .arg("http")
            .env("MCP_PORT", "0")
            .args(arguments)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut told = Vec::new();
        let origin = loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("the server ended: {told:?}"))
                .unwrap();
            let origin = line
                .split_once("serving MCP on ")
                .and_then(|(_, url)| url.strip_suffix("/mcp"))
                .map(str::to_owned);
            told.push(line);
            if let Some(origin) = origin {
                break origin;
            }
        };
        let later = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&later);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                heard.lock().unwrap().push(line);
            }
        });
        Self {
            child,
            origin,
            told,
            later,
            home,
            client: client(),
            kept: Vec::new(),
        }
    }

    /// Waits until it says something that holds `part` on standard error, and returns that.
    pub(crate) async fn says(&self, part: &str) -> String {
        until(format!("it says {part:?}"), async || {
            let later = self.later.lock().unwrap();
            self.told
                .iter()
                .chain(later.iter())
                .find(|line| line.contains(part))
                .cloned()
        })
        .await
    }

    /// The same of what it says from now on, or has said since it was last asked so.
    pub(crate) async fn says_anew(&self, part: &str) -> String {
        until(format!("it says {part:?} anew"), async || {
            let mut later = self.later.lock().unwrap();
            let place = later.iter().position(|line| line.contains(part))?;
            later.drain(..=place).next_back()
        })
        .await
    }

    /// Everything that it said so far.
    pub(crate) fn said(&self) -> Vec<String> {
        let later = self.later.lock().unwrap();
        self.told.iter().chain(later.iter()).cloned().collect()
    }

    /// Sends it a signal, such as `HUP`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Keeps files as long as the server.
    pub(crate) fn keep(&mut self, folder: TempDir) {
        self.kept.push(folder);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// A request to the endpoint with the headers that every client sends.
    pub(crate) fn post(&self, body: &Value) -> RequestBuilder {
        self.post_to("/mcp", body)
    }

    fn post_to(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client
            .post(self.url(path))
            .header("accept", "application/json, text/event-stream")
            .json(body)
    }

    /// Calls a method as a client of 2026-07-28.
    pub(crate) fn modern(&self, method: &str, params: Value) -> RequestBuilder {
        self.modern_to("/mcp", method, params)
    }

    /// The same by an address with wishes.
    pub(crate) fn modern_to(&self, path: &str, method: &str, params: Value) -> RequestBuilder {
        let name = params["name"].as_str().or(params["uri"].as_str());
        let name = name.map(str::to_owned);
        let request = self
            .post_to(path, &modern(method, params))
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", method);
        match name {
            Some(name) => request.header("mcp-name", name),
            None => request,
        }
    }

    /// Opens a session as a client of an older revision, and says its id.
    pub(crate) async fn session(&self) -> String {
        let response = self.post(&initialize("2025-11-25")).send().await.unwrap();
        assert!(response.status().is_success(), "{response:?}");
        let id = response.headers()["mcp-session-id"].to_str().unwrap();
        id.to_owned()
    }
}

#[cfg(unix)]
impl Served {
    /// Sends what orchestrators send.
    pub(crate) fn ask_to_end(&self) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end of the process.
    pub(crate) async fn end(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The message by which older clients begin.
pub(crate) fn initialize(version: &str) -> Value {
    initialize_with(version, json!({}))
}

/// The same of clients that can do these things.
pub(crate) fn initialize_with(version: &str, capabilities: Value) -> Value {
    json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": version,
            "capabilities": capabilities,
            "clientInfo": { "name": "test", "version": "1" },
        },
    })
}

/// What requests of 2026-07-28 carry in place of a handshake.
pub(crate) fn modern_meta(capabilities: &Value) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    })
}

fn modern(method: &str, mut params: Value) -> Value {
    if params["_meta"].is_null() {
        params["_meta"] = modern_meta(&json!({}));
    }
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

/// The message that an answer brings, as JSON or as the last event of a stream.
pub(crate) async fn message(response: Response) -> Value {
    let text = response.text().await.unwrap();
    let last = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("data: "));
    serde_json::from_str(last.unwrap_or(&text)).unwrap_or_else(|_| panic!("no message: {text}"))
}

pub(crate) fn client() -> Client {
    // The first test to come chooses; the others find it chosen.
    portkey_client::ensure_crypto_provider();
    Client::builder().tls_certs_only([]).build().unwrap()
}

/// Looks again and again until there is something to see.
pub(crate) async fn until<T>(what: String, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(seen) = look().await {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("waited in vain until {what}");
}
