//! Clients over HTTP, one connection each, as cheap as a client can be.

use std::{io, net::SocketAddr, time::Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Method, Request, Response, Uri,
    body::{Bytes, Incoming},
    client::conn::http1::{SendRequest, handshake},
    header::{ACCEPT, CONTENT_TYPE, HOST, HeaderName, HeaderValue},
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const REVISION: HeaderName = HeaderName::from_static("mcp-protocol-version");
/// The revisions that are spoken with sessions and without.
const WITH_SESSIONS: &str = "2025-11-25";
const STATELESS: &str = "2026-07-28";

/// How a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// A handshake first, and a session.
    Sessions,
    /// Every request by itself, as of revision 2026-07-28.
    Stateless,
    /// Every request by itself, in the form of before.
    Bare,
}

/// One client with a connection of its own.
pub struct Client {
    connection: SendRequest<Full<Bytes>>,
    era: Era,
    /// Of every request.
    headers: HeaderMap,
}

impl Client {
    /// Connects, and opens a session where the era has them.
    pub async fn connect(address: SocketAddr, era: Era) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (requests, driver) = handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        tokio::spawn(driver);
        let mut client = Self {
            connection: requests,
            era,
            headers: headers(address, era)?,
        };
        if era == Era::Sessions {
            client.open_session().await?;
        }
        Ok(client)
    }

    /// Opens a session; the server keeps the one before, which this client forgets.
    pub async fn open_session(&mut self) -> io::Result<()> {
        self.headers.remove(SESSION);
        let parameters = json!({
            "protocolVersion": WITH_SESSIONS, "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"},
        });
        let opening =
            json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": parameters});
        let answer = self.send(bytes(&opening)).await?;
        let session = answer.headers().get(SESSION).cloned();
        checked(answer).await?;
        let session = session.ok_or_else(|| io::Error::other("the server opened no session"))?;
        self.headers.insert(SESSION, session);
        let opened = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        checked(self.send(bytes(&opened)).await?).await?;
        Ok(())
    }

    /// Calls a tool again and again until a point in time, and says how many seconds each call took.
    pub async fn call_until(&mut self, tool: &str, until: Instant) -> io::Result<Vec<f64>> {
        let message = self.message(tool)?;
        let mut seconds = Vec::new();
        while Instant::now() < until {
            let begun = Instant::now();
            checked(self.send(message.clone()).await?).await?;
            seconds.push(begun.elapsed().as_secs_f64());
        }
        Ok(seconds)
    }

    /// Calls a tool once.
    pub async fn call(&mut self, tool: &str) -> io::Result<Bytes> {
        let message = self.message(tool)?;
        checked(self.send(message).await?).await
    }

    /// A call without arguments, whose headers are set for all that follows.
    fn message(&mut self, tool: &str) -> io::Result<Bytes> {
        let mut parameters = json!({"name": tool, "arguments": {}});
        if self.era == Era::Stateless {
            parameters["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": STATELESS,
                "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            self.headers
                .insert("mcp-method", HeaderValue::from_static("tools/call"));
            let name = tool.parse().map_err(io::Error::other)?;
            self.headers.insert("mcp-name", name);
        }
        Ok(bytes(
            &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": parameters}),
        ))
    }

    async fn send(&mut self, message: Bytes) -> io::Result<Response<Incoming>> {
        let mut request = Request::new(Full::new(message));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from_static("/mcp");
        *request.headers_mut() = self.headers.clone();
        self.connection.ready().await.map_err(io::Error::other)?;
        self.connection
            .send_request(request)
            .await
            .map_err(io::Error::other)
    }
}

fn headers(address: SocketAddr, era: Era) -> io::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(HOST, address.to_string().parse().map_err(io::Error::other)?);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let both = HeaderValue::from_static("application/json, text/event-stream");
    headers.insert(ACCEPT, both);
    match era {
        Era::Sessions => headers.insert(REVISION, HeaderValue::from_static(WITH_SESSIONS)),
        Era::Stateless => headers.insert(REVISION, HeaderValue::from_static(STATELESS)),
        Era::Bare => None,
    };
    Ok(headers)
}

fn bytes(message: &Value) -> Bytes {
    Bytes::from(message.to_string())
}

/// The body of an answer that is none of an error.
async fn checked(answer: Response<Incoming>) -> io::Result<Bytes> {
    let status = answer.status();
    let body = answer
        .into_body()
        .collect()
        .await
        .map_err(io::Error::other)?
        .to_bytes();
    if status.is_success() && !is_error(&body) {
        return Ok(body);
    }
    let body: String = String::from_utf8_lossy(&body).chars().take(300).collect();
    Err(io::Error::other(format!(
        "the server answered {status}: {body}"
    )))
}

/// Whether a message says that a call failed, at its beginning or at its end.
fn is_error(body: &[u8]) -> bool {
    const EDGE: usize = 200;
    let head = body.get(..EDGE).unwrap_or(body);
    let tail = body.get(body.len().saturating_sub(EDGE)..).unwrap_or(body);
    [head, tail].iter().any(|part| {
        let holds = |text: &[u8]| part.windows(text.len()).any(|window| window == text);
        holds(b"\"isError\":true") || holds(b"\"error\":{")
    })
}

#[cfg(test)]
mod tests {
    use super::is_error;

    #[test]
    fn errors_are_found_at_both_ends() {
        let long = "x".repeat(5_000);
        assert!(is_error(br#"{"jsonrpc":"2.0","error":{"code":-32602}}"#));
        assert!(is_error(
            format!(r#"{{"text":"{long}"}}],"isError":true}}}}"#).as_bytes()
        ));
        assert!(!is_error(
            format!(r#"{{"text":"{long}"}}],"isError":false}}}}"#).as_bytes()
        ));
    }
}
