//! Configuration of known clients, as text to copy.

use serde_json::{Value, json};

use crate::auth::Credential;

/// How to add this server to one client.
pub(super) struct Snippet {
    pub(super) client: &'static str,
    /// Where the text goes.
    pub(super) place: &'static str,
    pub(super) text: String,
    pub(super) is_first: bool,
}

/// The header of a token, with a placeholder.
const HEADER: (&str, &str) = ("Authorization", "Bearer YOUR_TOKEN");

pub(super) fn all(endpoint: &str, credential: Credential) -> Vec<Snippet> {
    let token = credential == Credential::Token;
    let snippet = |client, place, text| Snippet {
        client,
        place,
        text,
        is_first: client == "Claude Code",
    };
    vec![
        snippet("Claude Code", "in a shell", claude_code(endpoint, token)),
        snippet(
            "Cursor",
            "~/.cursor/mcp.json",
            pretty(&json!({ "mcpServers": { "portkey": remote(endpoint, token, false) } })),
        ),
        snippet(
            "VS Code",
            ".vscode/mcp.json",
            pretty(&json!({ "servers": { "portkey": remote(endpoint, token, true) } })),
        ),
        snippet("MCP Inspector", "in a shell", inspector(endpoint, token)),
    ]
}

fn claude_code(endpoint: &str, token: bool) -> String {
    let add = format!("claude mcp add --transport http portkey {endpoint}");
    if token {
        format!("{add} \\\n  --header \"{}: {}\"", HEADER.0, HEADER.1)
    } else {
        add
    }
}

fn inspector(endpoint: &str, token: bool) -> String {
    let list = format!(
        "npx @modelcontextprotocol/inspector --cli {endpoint} --transport http --method tools/list"
    );
    if token {
        format!("{list} \\\n  --header \"{}: {}\"", HEADER.0, HEADER.1)
    } else {
        list
    }
}

/// A server by its address, as the configuration files of clients have it.
fn remote(endpoint: &str, token: bool, typed: bool) -> Value {
    let kind = typed.then(|| ("type", "http".into()));
    let headers = token.then(|| ("headers", json!({ HEADER.0: HEADER.1 })));
    let members = kind
        .into_iter()
        .chain([("url", endpoint.into())])
        .chain(headers);
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
