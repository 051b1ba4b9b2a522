//! Links that add the server to a client when they are opened.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use portkey_mcp::reference;
use serde_json::json;

use super::product::{NAME, SERVER, TITLE, entry};

/// What stands for itself in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A link, and the client that opens it.
pub struct Link {
    /// The client.
    pub client: &'static str,
    /// The address.
    pub url: String,
}

/// One for each client that knows such links.
pub fn links() -> [Link; 3] {
    [
        Link {
            client: "Cursor",
            url: cursor(),
        },
        Link {
            client: "VS Code",
            url: vscode(),
        },
        Link {
            client: "Goose",
            url: goose(),
        },
    ]
}

/// The same as a list in Markdown.
pub fn list() -> String {
    let lines = links().map(|Link { client, url }| {
        if url.starts_with("https:") {
            format!("- {client}: [add the server]({url})\n")
        } else {
            format!("- {client}: `{url}`\n")
        }
    });
    lines.concat()
}

fn cursor() -> String {
    let entry = STANDARD.encode(entry("cursor").to_string());
    format!(
        "cursor://anysphere.cursor-deeplink/mcp/install?name={SERVER}&config={}",
        escaped(&entry)
    )
}

/// By way of a page that hands the address over, since few places show links with a scheme of their own.
fn vscode() -> String {
    let (mut server, inputs) = reference::client_entry("vscode").unwrap_or_default();
    server["name"] = json!(SERVER);
    server["inputs"] = json!(inputs);
    let address = format!("vscode:mcp/install?{}", escaped(&server.to_string()));
    format!("https://vscode.dev/redirect?url={}", escaped(&address))
}

fn goose() -> String {
    let key = escaped("PORTKEY_API_KEY=Portkey API key");
    let [title, about] = [TITLE, "Administer a Portkey organisation"].map(escaped);
    format!("goose://extension?cmd={NAME}&id={SERVER}&name={title}&description={about}&env={key}")
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use serde_json::Value;

    use super::*;

    fn unescaped(text: &str) -> String {
        percent_decode_str(text).decode_utf8().unwrap().into_owned()
    }

    #[test]
    fn cursor_gets_the_entry_that_install_writes() {
        let url = cursor();
        let config = url.split("config=").nth(1).unwrap();
        let config = STANDARD.decode(unescaped(config)).unwrap();
        let config: Value = serde_json::from_slice(&config).unwrap();
        assert_eq!(config, entry("cursor"));
        assert_eq!(config["command"], "portkey-mcp");
    }

    #[test]
    fn vscode_asks_for_the_key() {
        let url = vscode();
        let address = unescaped(url.split("url=").nth(1).unwrap());
        let server = address.strip_prefix("vscode:mcp/install?").unwrap();
        let server: Value = serde_json::from_str(&unescaped(server)).unwrap();
        assert_eq!(server["name"], "portkey");
        assert_eq!(server["inputs"][0]["password"], true);
        let key = server["inputs"][0]["id"].as_str().unwrap();
        assert_eq!(
            server["env"]["PORTKEY_API_KEY"],
            format!("${{input:{key}}}")
        );
    }

    #[test]
    fn goose_asks_for_the_key() {
        let url = goose();
        assert!(
            url.ends_with("&env=PORTKEY_API_KEY%3DPortkey%20API%20key"),
            "{url}"
        );
    }
}
