//! A server as a client has it in its settings.

use serde_json::{Map, Value, json};
use url::Url;

use super::clients::{Client, Remote, SecretReference, Shape};

/// The program that an entry of ours starts.
pub(super) const PROGRAM: &str = "portkey-mcp";

/// The variable with the user's key.
pub(super) const KEY: &str = "PORTKEY_API_KEY";

/// How long Goose waits for an answer, in seconds: what it writes itself.
const GOOSE_TIMEOUT: u32 = 300;

/// What is to be installed.
#[derive(Debug)]
pub(super) enum Server {
    /// A program that the client starts.
    Program {
        /// The command.
        command: String,
        /// Its arguments.
        arguments: Vec<String>,
        /// The variable with the secret that it needs.
        secret: Option<String>,
    },
    /// A server that runs already.
    Remote {
        /// Its address.
        url: Url,
        /// The variable with the token to send.
        secret: Option<String>,
    },
}

/// What is added to the settings of a client.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Addition {
    /// The server's entry.
    pub(super) entry: Value,
    /// What the client is to ask its user for.
    pub(super) inputs: Vec<Value>,
}

impl Server {
    /// The variable with the secret that it needs.
    pub(super) fn secret(&self) -> Option<&str> {
        match self {
            Self::Program { secret, .. } | Self::Remote { secret, .. } => secret.as_deref(),
        }
    }
}

impl Client {
    /// What to add for a server; `None` if this client has no remote servers in its file.
    pub(super) fn addition(&self, server: &Server) -> Option<Addition> {
        let members = match &self.shape {
            Shape::Plain {
                program,
                remote,
                lists_tools,
            } => {
                let mut members = self.plain(server, *program, remote.as_ref())?;
                if *lists_tools {
                    members.push(("tools", json!(["*"])));
                }
                members
            }
            Shape::Codex => codex(server),
            Shape::Goose => goose(server),
            Shape::Opencode => self.opencode(server),
        };
        let members = members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Some(Addition {
            entry: Value::Object(members.collect()),
            inputs: self.inputs(server),
        })
    }

    fn plain(
        &self,
        server: &Server,
        program: Option<&str>,
        remote: Option<&Remote>,
    ) -> Option<Members> {
        let mut members = Members::new();
        match server {
            Server::Program {
                command,
                arguments,
                secret,
            } => {
                members.extend(program.map(|kind| ("type", json!(kind))));
                members.push(("command", json!(command)));
                members.push(("args", json!(arguments)));
                members.extend(self.variables(secret.as_deref()).map(|all| ("env", all)));
            }
            Server::Remote { url, secret } => {
                let remote = remote?;
                members.extend(remote.kind.map(|kind| ("type", json!(kind))));
                members.push((remote.url, json!(url.as_str())));
                members.extend(self.headers(secret.as_deref()).map(|all| ("headers", all)));
            }
        }
        Some(members)
    }

    fn opencode(&self, server: &Server) -> Members {
        let mut members = Members::new();
        match server {
            Server::Program {
                command,
                arguments,
                secret,
            } => {
                let words: Vec<_> = [command].into_iter().chain(arguments).collect();
                members.push(("type", json!("local")));
                members.push(("command", json!(words)));
                members.extend(
                    self.variables(secret.as_deref())
                        .map(|all| ("environment", all)),
                );
            }
            Server::Remote { url, secret } => {
                members.push(("type", json!("remote")));
                members.push(("url", json!(url.as_str())));
                members.extend(self.headers(secret.as_deref()).map(|all| ("headers", all)));
                if secret.is_some() {
                    // The token is all there is; without this it would try to register itself.
                    members.push(("oauth", json!(false)));
                }
            }
        }
        members.push(("enabled", json!(true)));
        members
    }

    fn variables(&self, name: Option<&str>) -> Option<Value> {
        let name = name?;
        let reference = self.secrets.to(name)?;
        Some(json!({ name: reference }))
    }

    fn headers(&self, name: Option<&str>) -> Option<Value> {
        let reference = self.secrets.to(name?)?;
        Some(json!({ "Authorization": format!("Bearer {reference}") }))
    }

    fn inputs(&self, server: &Server) -> Vec<Value> {
        let Some(name) = server.secret() else {
            return Vec::new();
        };
        if self.secrets != SecretReference::Input {
            return Vec::new();
        }
        let description = match server {
            Server::Program { .. } => "Portkey API key",
            Server::Remote { .. } => "Token of the Portkey MCP server",
        };
        vec![json!({
            "type": "promptString",
            "id": input_id(name),
            "description": description,
            "password": true,
        })]
    }
}

type Members = Vec<(&'static str, Value)>;

impl SecretReference {
    /// How a value refers to a variable.
    fn to(self, name: &str) -> Option<String> {
        match self {
            Self::Between(before, after) => Some(format!("{before}{name}{after}")),
            Self::Input => Some(format!("${{input:{}}}", input_id(name))),
            Self::Listed | Self::Inherited | Self::Nowhere => None,
        }
    }
}

fn input_id(variable: &str) -> String {
    variable.to_lowercase().replace('_', "-")
}

fn codex(server: &Server) -> Members {
    let mut members = Members::new();
    match server {
        Server::Program {
            command,
            arguments,
            secret,
        } => {
            members.push(("command", json!(command)));
            members.push(("args", json!(arguments)));
            members.extend(secret.iter().map(|name| ("env_vars", json!([name]))));
        }
        Server::Remote { url, secret } => {
            members.push(("url", json!(url.as_str())));
            let token = secret.iter();
            members.extend(token.map(|name| ("bearer_token_env_var", json!(name))));
        }
    }
    members
}

fn goose(server: &Server) -> Members {
    let mut members: Members = vec![
        ("enabled", json!(true)),
        ("name", json!("Portkey")),
        ("description", json!("Administer a Portkey organisation")),
    ];
    match server {
        Server::Program {
            command, arguments, ..
        } => {
            members.push(("type", json!("stdio")));
            members.push(("cmd", json!(command)));
            members.push(("args", json!(arguments)));
        }
        Server::Remote { url, secret } => {
            members.push(("type", json!("streamable_http")));
            members.push(("uri", json!(url.as_str())));
            members.extend(secret.iter().map(|name| {
                let header = format!("Bearer ${{{name}}}");
                ("headers", json!({ "Authorization": header }))
            }));
        }
    }
    let secret = server.secret().into_iter();
    members.extend(secret.map(|name| ("env_keys", json!([name]))));
    members.push(("timeout", json!(GOOSE_TIMEOUT)));
    members
}

/// The program that an entry of whichever client starts, and its arguments as far as they stand beside it.
pub(super) fn command_of(entry: &Value) -> Option<(String, Vec<String>)> {
    let text = |word: &Value| word.as_str().map(str::to_owned);
    match entry.get("command").or_else(|| entry.get("cmd"))? {
        Value::Array(words) => {
            let (first, rest) = words.split_first()?;
            Some((text(first)?, rest.iter().filter_map(text).collect()))
        }
        command => Some((text(command)?, Vec::new())),
    }
}

/// Whether an entry, of whichever client, starts this program.
pub(super) fn starts_us(entry: &Value) -> bool {
    let command = command_of(entry).map(|(program, _)| program);
    let command = command.unwrap_or_default();
    let name = command.rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name) == PROGRAM
}

/// The address of an entry for a remote server.
pub(super) fn address(entry: &Value) -> Option<&str> {
    let members = ["url", "serverUrl", "httpUrl", "uri"];
    members
        .iter()
        .find_map(|name| entry.get(name).and_then(Value::as_str))
}

/// What of `inputs` an entry refers to.
pub(super) fn inputs_of(entry: &Value, settings: &Value) -> Vec<Value> {
    let text = entry.to_string();
    let inputs = settings.get("inputs").and_then(Value::as_array);
    let inputs = inputs.into_iter().flatten();
    let used = inputs.filter(|input| {
        let id = input.get("id").and_then(Value::as_str);
        id.is_some_and(|id| text.contains(&format!("${{input:{id}}}")))
    });
    used.cloned().collect()
}

/// The servers in the settings of a client.
pub(super) fn servers<'a>(
    settings: &'a Value,
    member: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let servers = settings.get(member).and_then(Value::as_object);
    servers.into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_known_by_what_it_starts() {
        for ours in [
            json!({ "command": "portkey-mcp" }),
            json!({ "command": "/usr/bin/portkey-mcp", "args": [] }),
            json!({ "command": "C:\\Tools\\portkey-mcp.exe" }),
            json!({ "command": ["portkey-mcp", "--sandbox"] }),
            json!({ "cmd": "portkey-mcp" }),
        ] {
            assert!(starts_us(&ours), "{ours}");
        }
        for other in [
            json!({ "command": "npx", "args": ["portkey-mcp"] }),
            json!({ "command": "portkey-mcp-server" }),
            json!({ "url": "http://localhost/portkey-mcp" }),
            json!(null),
        ] {
            assert!(!starts_us(&other), "{other}");
        }
    }
}
