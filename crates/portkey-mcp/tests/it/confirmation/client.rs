//! Clients of both eras on both transports, with a user behind them.

use serde_json::{Value, json};

use crate::{
    process::Wire,
    served::{Served, initialize_with, message, modern_meta},
};

/// What a user does who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    Accept,
    /// Sends the form off without the tick.
    Blank,
    Decline,
    Cancel,
    Silence,
}

/// What came of a call.
#[derive(Debug)]
pub(super) struct Ended {
    /// What the user was asked, if anything.
    pub(super) question: Option<String>,
    /// The result; nothing where the user never answered and the client never asked again.
    pub(super) result: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Era {
    Handshake,
    Modern,
}

/// A client of one server; `reply` is its user's, if it can ask them.
pub(super) struct Client<'a> {
    pub(super) era: Era,
    pub(super) reply: Option<Reply>,
    way: Way<'a>,
}

enum Way<'a> {
    Stdio(Wire),
    Http {
        server: &'a Served,
        session: Option<String>,
    },
}

impl<'a> Client<'a> {
    pub(super) fn on_stdio(mut wire: Wire, era: Era, reply: Option<Reply>) -> Self {
        if era == Era::Handshake {
            wire.initialise_with("2025-11-25", capabilities(reply));
        }
        Self {
            era,
            reply,
            way: Way::Stdio(wire),
        }
    }

    pub(super) async fn on_http(server: &'a Served, era: Era, reply: Option<Reply>) -> Self {
        let session = match era {
            Era::Handshake => Some(open(server, capabilities(reply)).await),
            Era::Modern => None,
        };
        Self {
            era,
            reply,
            way: Way::Http { server, session },
        }
    }

    /// Calls a tool, and lets the user answer what they are asked.
    pub(super) async fn calls(&mut self, tool: &str, arguments: &Value) -> Ended {
        let params = json!({ "name": tool, "arguments": arguments });
        match self.era {
            Era::Handshake => self.calls_once(params).await,
            Era::Modern => self.calls_twice(params).await,
        }
    }

    /// The server asks while the call waits.
    async fn calls_once(&mut self, params: Value) -> Ended {
        let mut question = None;
        let reply = self.reply;
        let answer = |asked: &Value| {
            assert_eq!(asked["method"], "elicitation/create", "{asked}");
            question = Some(asked_in(&asked["params"]));
            reply.and_then(replied)
        };
        let message = match &mut self.way {
            Way::Stdio(wire) => wire.request_asked("tools/call", params, answer),
            Way::Http { server, session } => {
                let session = session.as_deref().unwrap();
                stream(server, session, params, answer).await
            }
        };
        Ended {
            question,
            result: Some(message["result"].clone()),
        }
    }

    /// The result asks, and a second request brings the answer.
    async fn calls_twice(&mut self, mut params: Value) -> Ended {
        params["_meta"] = modern_meta(&capabilities(self.reply));
        let first = self.modern(params.clone()).await;
        if first["resultType"] != "input_required" {
            return Ended {
                question: None,
                result: Some(first),
            };
        }
        let asked = &first["inputRequests"]["confirm"];
        assert_eq!(asked["method"], "elicitation/create", "{first}");
        let question = Some(asked_in(&asked["params"]));
        let Some(answer) = self.reply.and_then(replied) else {
            return Ended {
                question,
                result: None,
            };
        };
        params["inputResponses"] = json!({ "confirm": answer });
        params["requestState"] = first["requestState"].clone();
        Ended {
            question,
            result: Some(self.modern(params).await),
        }
    }

    /// One request of 2026-07-28 to call a tool.
    pub(super) async fn modern(&mut self, params: Value) -> Value {
        let message = match &mut self.way {
            Way::Stdio(wire) => wire.request("tools/call", params),
            Way::Http { server, .. } => {
                message(server.modern("tools/call", params).send().await.unwrap()).await
            }
        };
        assert!(message["error"].is_null(), "{message}");
        message["result"].clone()
    }
}

fn capabilities(reply: Option<Reply>) -> Value {
    match reply {
        Some(_) => json!({ "elicitation": {} }),
        None => json!({}),
    }
}

fn replied(reply: Reply) -> Option<Value> {
    match reply {
        Reply::Accept => Some(json!({ "action": "accept", "content": { "agreed": true } })),
        Reply::Blank => Some(json!({ "action": "accept", "content": {} })),
        Reply::Decline => Some(json!({ "action": "decline" })),
        Reply::Cancel => Some(json!({ "action": "cancel" })),
        Reply::Silence => None,
    }
}

/// The question in the parameters of an elicitation.
fn asked_in(params: &Value) -> String {
    let schema = &params["requestedSchema"];
    assert_eq!(
        schema["properties"]["agreed"]["type"], "boolean",
        "{params}"
    );
    assert_eq!(schema["required"], json!(["agreed"]));
    params["message"].as_str().unwrap().to_owned()
}

async fn open(server: &Served, capabilities: Value) -> String {
    let opening = initialize_with("2025-11-25", capabilities);
    let opened = server.post(&opening).send().await.unwrap();
    let session = opened.headers()["mcp-session-id"].to_str().unwrap();
    let session = session.to_owned();
    opened.bytes().await.unwrap();
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    send(server, &session, &ready).await;
    session
}

async fn send(server: &Served, session: &str, message: &Value) -> reqwest::Response {
    let request = server.post(message).header("mcp-session-id", session);
    let request = request.header("mcp-protocol-version", "2025-11-25");
    let sent = request.send().await.unwrap();
    assert!(sent.status().is_success(), "{sent:?}");
    sent
}

/// Calls a tool in a session, where the answer comes as a stream and may bring questions before.
async fn stream(
    server: &Served,
    session: &str,
    params: Value,
    mut answer: impl FnMut(&Value) -> Option<Value>,
) -> Value {
    let call = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params });
    let mut events = send(server, session, &call).await;
    let mut text = String::new();
    while let Some(chunk) = events.chunk().await.unwrap() {
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        while let Some((line, rest)) = text.split_once('\n') {
            let (line, rest) = (line.to_owned(), rest.to_owned());
            text = rest;
            let data = line.strip_prefix("data:").unwrap_or_default().trim();
            let Ok(message) = serde_json::from_str::<Value>(data) else {
                continue;
            };
            if message["id"] == 7 && message["method"].is_null() {
                return message;
            }
            if message["method"].is_string()
                && !message["id"].is_null()
                && let Some(result) = answer(&message)
            {
                let reply = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
                send(server, session, &reply).await;
            }
        }
    }
    panic!("the stream ended without an answer");
}
