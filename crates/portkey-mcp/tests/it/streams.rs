//! Streams that stay open: what they tell, and what ends them.

use std::fs;

use jiff::{Timestamp, ToSpan as _};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    process::{run, text},
    served::{Served, initialize, message},
};

const CHANGED: &str = "notifications/tools/list_changed";

/// What a stream tells, message by message.
struct Stream {
    response: Response,
    unread: String,
}

impl Stream {
    fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        Self {
            response,
            unread: String::new(),
        }
    }

    /// The next message; none at the end of the stream.
    async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some((line, rest)) = self.unread.split_once('\n') {
                let message = line.strip_prefix("data: ").map(serde_json::from_str);
                self.unread = String::from(rest);
                if let Some(Ok(message)) = message {
                    return Some(message);
                }
            }
            let part = self.response.chunk().await.unwrap()?;
            self.unread += str::from_utf8(&part).unwrap();
        }
    }

    async fn tells(&mut self, method: &str) -> Value {
        let message = self.next().await.expect("the stream ended");
        assert_eq!(message["method"], method, "{message}");
        message
    }
}

/// Opens the stream of a session, as older clients do.
async fn listens(server: &Served, session: &str, token: &str) -> Stream {
    let stream = server
        .client
        .get(server.url("/mcp"))
        .bearer_auth(token)
        .header("accept", "text/event-stream")
        .header("mcp-session-id", session);
    Stream::of(stream.send().await.unwrap())
}

async fn session(server: &Served, token: &str) -> String {
    let request = server.post(&initialize("2025-11-25")).bearer_auth(token);
    let opened = request.send().await.unwrap();
    let id = opened.headers()["mcp-session-id"].to_str().unwrap();
    id.to_owned()
}

async fn subscribes(server: &Served, token: &str) -> Stream {
    let wanted = json!({ "notifications": { "toolsListChanged": true } });
    let request = server.modern("subscriptions/listen", wanted);
    let mut stream = Stream::of(request.bearer_auth(token).send().await.unwrap());
    let granted = stream
        .tells("notifications/subscriptions/acknowledged")
        .await;
    assert_eq!(
        granted["params"]["notifications"]["toolsListChanged"], true,
        "{granted}"
    );
    stream
}

/// A file with these tokens, and their secrets.
fn tokens(entries: &[(&str, &str)]) -> (TempDir, String, Vec<(String, String)>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tokens.toml");
    let made: Vec<_> = entries
        .iter()
        .map(|(name, more)| {
            let output = run(&["token", "new", name], &[]);
            let secret = text(&output.stderr)
                .trim()
                .rsplit(' ')
                .next()
                .unwrap()
                .to_owned();
            (secret, format!("{}{more}\n", text(&output.stdout)))
        })
        .collect();
    fs::write(&path, join(&made)).unwrap();
    (folder, path.to_str().unwrap().to_owned(), made)
}

fn join(entries: &[(String, String)]) -> String {
    entries.iter().map(|(_, entry)| entry.as_str()).collect()
}

#[tokio::test]
async fn whoever_listens_hears_once_that_the_tools_have_changed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portkey.toml");
    fs::write(&path, "toolsets = 'get_user'\n").unwrap();
    let mut server = Served::on_sandbox(&["--log", "info", "--config", path.to_str().unwrap()]);
    let opened = server.post(&initialize("2025-11-25")).send().await.unwrap();
    let id = opened.headers()["mcp-session-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let capabilities = &message(opened).await["result"]["capabilities"];
    assert_eq!(capabilities["tools"]["listChanged"], true);
    let mut older = listens(&server, &id, "").await;
    let mut newer = subscribes(&server, "").await;

    // What leaves the tools as they are is no news.
    fs::write(&path, "toolsets = 'get_user'\ntimeout = 50\n").unwrap();
    server.says("the configuration is reloaded").await;
    fs::write(&path, "toolsets = 'get_user,get_workspace'\n").unwrap();
    older.tells(CHANGED).await;
    let told = newer.tells(CHANGED).await;
    let subscription = "io.modelcontextprotocol/subscriptionId";
    assert_eq!(told["params"]["_meta"][subscription], 1, "{told}");

    // Nobody waits for those who only listen.
    server.ask_to_end();
    let last = newer.next().await.unwrap();
    assert_eq!((&last["id"], newer.next().await), (&json!(1), None));
    assert_eq!(older.next().await, None);
    assert!(server.end().await.success());
}

#[tokio::test]
async fn where_it_cannot_be_told_nothing_is_promised() {
    let server = Served::on_sandbox(&["--sessions", "off"]);
    let opened = server.post(&initialize("2025-11-25")).send().await.unwrap();
    let capabilities = &message(opened).await["result"]["capabilities"];
    assert_eq!(capabilities["tools"], json!({}));
    let wanted = json!({ "notifications": { "toolsListChanged": true } });
    let refused = server.modern("subscriptions/listen", wanted).send().await;
    assert_eq!(message(refused.unwrap()).await["error"]["code"], -32601);
}

#[tokio::test]
async fn a_token_that_is_taken_back_ends_its_streams_and_no_others() {
    let (_folder, path, mut entries) = tokens(&[("stays", "toolsets = 'get_user'"), ("goes", "")]);
    let server = Served::on_sandbox(&["--tokens", &path]);
    let (stays, goes) = (entries[0].0.clone(), entries[1].0.clone());
    let mut kept = listens(&server, &session(&server, &stays).await, &stays).await;
    let id = session(&server, &goes).await;
    let mut cut = listens(&server, &id, &goes).await;
    let mut cut_too = subscribes(&server, &goes).await;
    entries.pop();
    fs::write(&path, join(&entries)).unwrap();
    assert_eq!((cut.next().await, cut_too.next().await), (None, None));
    let again = server.client.get(server.url("/mcp")).bearer_auth(&goes);
    let again = again.header("mcp-session-id", id).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);

    // The file says also which tools.
    fs::write(&path, join(&entries).replace("get_user", "get_workspace")).unwrap();
    kept.tells(CHANGED).await;
}

#[tokio::test]
async fn a_token_that_expires_ends_its_streams() {
    let expires = format!("expires = \"{}\"", Timestamp::now() + 8.seconds());
    let (_folder, path, entries) = tokens(&[("short", &expires)]);
    let server = Served::on_sandbox(&["--tokens", &path]);
    let token = &entries[0].0;
    let mut stream = listens(&server, &session(&server, token).await, token).await;
    assert_eq!(stream.next().await, None);
    let refused = server.modern("tools/list", json!({})).bearer_auth(token);
    assert_eq!(
        refused.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
}
