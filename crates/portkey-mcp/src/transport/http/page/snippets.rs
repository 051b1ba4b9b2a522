//! How known clients are told of this server: a text to copy, and a link where the client takes one.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use portkey_api::JsonObject;
use serde_json::{Value, json};

use crate::auth::Credential;

/// How to add this server to one client.
pub(super) struct Snippet {
    pub(super) client: &'static str,
    /// Where the text goes.
    pub(super) place: &'static str,
    pub(super) text: String,
    /// An address that the client opens, and what it does.
    pub(super) link: Option<(String, &'static str)>,
}

const SHELL: &str = "in a shell";

/// The name of this server in clients.
const NAME: &str = "portkey";

/// What stands for the token.
const TOKEN: &str = "YOUR_TOKEN";
const BEARER: &str = "Bearer YOUR_TOKEN";
const HEADER: &str = "Authorization";

/// The header with a token that VS Code asks for.
const ASKED: &str = "Bearer ${input:portkey-token}";

/// The variable from which Codex takes the token.
const VARIABLE: &str = "TEAM_TOKEN";

/// Everything that is said of this server to a client.
struct Address<'a> {
    endpoint: &'a str,
    has_token: bool,
}

pub(super) fn all(endpoint: &str, credential: Credential) -> Vec<Snippet> {
    let has_token = credential == Credential::Token;
    let address = Address {
        endpoint,
        has_token,
    };
    let snippet = |client, place, text| Snippet {
        client,
        place,
        text,
        link: None,
    };
    let linked = |snippet: Snippet, link: String, does| Snippet {
        link: Some((link, does)),
        ..snippet
    };
    let cursor = snippet("Cursor", "~/.cursor/mcp.json", address.cursor());
    let code = snippet("VS Code", ".vscode/mcp.json", address.vs_code());
    vec![
        snippet("Claude Code", SHELL, address.claude_code()),
        snippet("Codex", SHELL, address.codex()),
        snippet("Gemini CLI", SHELL, address.gemini()),
        linked(cursor, address.cursor_link(), "Add to Cursor"),
        linked(code, address.vs_code_link(), "Add to VS Code"),
        snippet(
            "Claude Desktop",
            "claude_desktop_config.json",
            address.claude_desktop(),
        ),
        snippet(
            "Copilot CLI",
            "~/.copilot/mcp-config.json",
            address.copilot(),
        ),
        snippet("opencode", "opencode.json", address.opencode()),
        snippet("MCP Inspector", SHELL, address.inspector()),
    ]
}

impl Address<'_> {
    /// A command, with the token as a header if one is needed.
    fn with_header(&self, command: &str) -> String {
        if self.has_token {
            format!("{command} \\\n  --header \"{HEADER}: {BEARER}\"")
        } else {
            command.to_owned()
        }
    }

    fn claude_code(&self) -> String {
        self.with_header(&format!(
            "claude mcp add --transport http {NAME} {}",
            self.endpoint
        ))
    }

    fn gemini(&self) -> String {
        self.with_header(&format!(
            "gemini mcp add --transport http {NAME} {}",
            self.endpoint
        ))
    }

    fn inspector(&self) -> String {
        self.with_header(&format!(
            "npx @modelcontextprotocol/inspector --cli {} --transport http --method tools/list",
            self.endpoint
        ))
    }

    /// Codex takes a token from a variable alone.
    fn codex(&self) -> String {
        let add = format!("codex mcp add {NAME} --url {}", self.endpoint);
        if self.has_token {
            format!("export {VARIABLE}={TOKEN}\n{add} \\\n  --bearer-token-env-var {VARIABLE}")
        } else {
            add
        }
    }

    fn cursor(&self) -> String {
        pretty(&json!({ "mcpServers": { NAME: self.entry(None, BEARER) } }))
    }

    fn cursor_link(&self) -> String {
        let entry = BASE64.encode(json!(self.entry(None, BEARER)).to_string());
        let entry = utf8_percent_encode(&entry, NON_ALPHANUMERIC);
        format!("cursor://anysphere.cursor-deeplink/mcp/install?name={NAME}&config={entry}")
    }

    fn vs_code(&self) -> String {
        let mut settings = JsonObject::new();
        let entry = self.entry(Some("http"), ASKED);
        settings.insert("servers".to_owned(), json!({ NAME: entry }));
        settings.extend(self.inputs());
        pretty(&settings.into())
    }

    fn vs_code_link(&self) -> String {
        let mut entry = self.entry(Some("http"), ASKED);
        entry.insert("name".to_owned(), NAME.into());
        entry.extend(self.inputs());
        let entry = Value::Object(entry).to_string();
        format!(
            "vscode:mcp/install?{}",
            utf8_percent_encode(&entry, NON_ALPHANUMERIC)
        )
    }

    /// What VS Code asks its user for, and keeps.
    fn inputs(&self) -> Option<(String, Value)> {
        let token = json!({
            "type": "promptString",
            "id": "portkey-token",
            "description": "Token for Portkey Admin",
            "password": true,
        });
        self.has_token
            .then(|| ("inputs".to_owned(), json!([token])))
    }

    /// Claude Desktop starts a program that passes messages on. A space in an argument would break it, so that the header is
    /// put together from a variable.
    fn claude_desktop(&self) -> String {
        let mut words = vec!["-y", "mcp-remote", self.endpoint];
        let is_safe = [
            "https://",
            "http://localhost",
            "http://127.0.0.1",
            "http://[::1]",
        ];
        if !is_safe.iter().any(|begin| self.endpoint.starts_with(begin)) {
            words.push("--allow-http");
        }
        let mut entry = JsonObject::new();
        entry.insert("command".to_owned(), "npx".into());
        if self.has_token {
            words.extend(["--header", "Authorization:${AUTHORIZATION}"]);
            entry.insert("env".to_owned(), json!({ "AUTHORIZATION": BEARER }));
        }
        entry.insert("args".to_owned(), json!(words));
        pretty(&json!({ "mcpServers": { NAME: entry } }))
    }

    fn copilot(&self) -> String {
        let mut entry = self.entry(Some("http"), BEARER);
        entry.insert("tools".to_owned(), json!(["*"]));
        pretty(&json!({ "mcpServers": { NAME: entry } }))
    }

    fn opencode(&self) -> String {
        let mut entry = self.entry(Some("remote"), BEARER);
        if self.has_token {
            // The token is all there is; without this it would try to register itself.
            entry.insert("oauth".to_owned(), false.into());
        }
        entry.insert("enabled".to_owned(), true.into());
        pretty(&json!({ "mcp": { NAME: entry } }))
    }

    /// A server by its address, as files of clients have it, with this as the header if a token is needed.
    fn entry(&self, kind: Option<&str>, header: &str) -> JsonObject {
        let kind = kind.map(|kind| ("type", kind.into()));
        let headers = self
            .has_token
            .then(|| ("headers", json!({ HEADER: header })));
        let members = kind
            .into_iter()
            .chain([("url", self.endpoint.into())])
            .chain(headers);
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;

    use super::*;

    const ENDPOINT: &str = "https://mcp.example.com/mcp";

    fn of(client: &str, credential: Credential) -> Snippet {
        let mut all = all(ENDPOINT, credential).into_iter();
        all.find(|snippet| snippet.client == client).unwrap()
    }

    #[test]
    fn links_hold_what_the_files_hold() {
        let (link, _) = of("Cursor", Credential::Token).link.unwrap();
        let (_, config) = link.split_once("&config=").unwrap();
        let config = percent_decode_str(config).decode_utf8().unwrap();
        let entry: Value = serde_json::from_slice(&BASE64.decode(&*config).unwrap()).unwrap();
        assert_eq!(
            entry,
            json!({ "url": ENDPOINT, "headers": { "Authorization": BEARER } })
        );
        let (link, _) = of("VS Code", Credential::Token).link.unwrap();
        let (_, config) = link.split_once('?').unwrap();
        let config = percent_decode_str(config).decode_utf8().unwrap();
        let entry: Value = serde_json::from_str(&config).unwrap();
        assert_eq!(
            (&entry["name"], &entry["url"]),
            (&json!(NAME), &json!(ENDPOINT))
        );
        assert_eq!(entry["inputs"][0]["password"], true);
        assert!(!config.contains(TOKEN), "{config}");
    }

    #[test]
    fn only_a_token_is_asked_for() {
        for snippet in all(ENDPOINT, Credential::Nothing) {
            assert!(snippet.text.contains(ENDPOINT), "{}", snippet.client);
            let said = format!("{}{:?}", snippet.text, snippet.link);
            assert!(!said.contains(TOKEN) && !said.contains(HEADER), "{said}");
        }
        for snippet in all(ENDPOINT, Credential::Token) {
            let asks = [TOKEN, "${input:portkey-token}"];
            assert!(
                asks.iter().any(|one| snippet.text.contains(one)),
                "{}",
                snippet.client
            );
        }
    }

    #[test]
    fn an_address_without_encryption_is_allowed_by_name() {
        let text = |endpoint: &str| {
            let all = all(endpoint, Credential::Nothing).into_iter();
            let mut of_desktop = all.filter(|snippet| snippet.client == "Claude Desktop");
            of_desktop.next().unwrap().text
        };
        assert!(text("http://portkey.internal:3000/mcp").contains("--allow-http"));
        assert!(!text("http://localhost:3000/mcp").contains("--allow-http"));
        assert!(!text(ENDPOINT).contains("--allow-http"));
    }
}
