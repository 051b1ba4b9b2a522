//! Servers that tell several principals apart, and what each of them sends.

use std::fmt::Write as _;

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::served::{Served, initialize};

/// A file of tokens, one for each name: the name and `-token`.
pub(crate) struct TokenFile {
    folder: TempDir,
}

impl TokenFile {
    pub(crate) fn of(names: &[&str]) -> Self {
        let mut content = String::new();
        for name in names {
            let mut hash = String::new();
            for byte in Sha256::digest(token(name)) {
                write!(hash, "{byte:02x}").unwrap();
            }
            writeln!(
                content,
                "[[tokens]]\nname = \"{name}\"\nsha256 = \"{hash}\""
            )
            .unwrap();
        }
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("tokens.toml"), content).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self) -> String {
        let path = self.folder.path().join("tokens.toml");
        path.to_str().unwrap().to_owned()
    }
}

pub(crate) fn token(name: &str) -> String {
    format!("{name}-token")
}

/// One principal on a server.
#[derive(Clone, Copy)]
pub(crate) struct Somebody<'a> {
    pub(crate) server: &'a Served,
    pub(crate) name: &'a str,
}

impl Somebody<'_> {
    /// Calls a tool as a client of 2026-07-28.
    pub(crate) fn calls(&self, tool: &str) -> RequestBuilder {
        let params = json!({ "name": tool, "arguments": {} });
        let request = self.server.modern("tools/call", params);
        request.bearer_auth(token(self.name))
    }

    /// Opens a session, and says its id.
    pub(crate) async fn opens(&self) -> String {
        let response = self.tries_to_open().await;
        assert!(response.status().is_success(), "{response:?}");
        let id = response.headers()["mcp-session-id"].to_str().unwrap();
        let id = id.to_owned();
        response.bytes().await.unwrap();
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let ready = self.sends(&id, &ready).send().await.unwrap();
        assert!(ready.status().is_success(), "{ready:?}");
        id
    }

    pub(crate) async fn tries_to_open(&self) -> Response {
        let request = self.server.post(&initialize("2025-11-25"));
        let request = request.bearer_auth(token(self.name));
        request.send().await.unwrap()
    }

    /// Calls a tool in a session.
    pub(crate) fn calls_in(&self, session: &str, tool: &str) -> RequestBuilder {
        let params = json!({ "name": tool, "arguments": {} });
        let call = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params });
        self.sends(session, &call)
    }

    /// Ends a session.
    pub(crate) fn ends(&self, session: &str) -> RequestBuilder {
        let request = self.server.client.delete(self.server.url("/mcp"));
        self.within(session, request)
    }

    /// Listens to what the server says by itself.
    pub(crate) fn listens(&self, session: &str) -> RequestBuilder {
        let request = self.server.client.get(self.server.url("/mcp"));
        let request = request.header("accept", "text/event-stream");
        self.within(session, request)
    }

    fn sends(&self, session: &str, message: &Value) -> RequestBuilder {
        self.within(session, self.server.post(message))
    }

    fn within(&self, session: &str, request: RequestBuilder) -> RequestBuilder {
        request
            .header("mcp-session-id", session)
            .header("mcp-protocol-version", "2025-11-25")
            .bearer_auth(token(self.name))
    }
}
