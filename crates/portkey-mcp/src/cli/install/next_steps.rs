//! What a user does after a server was installed.

use super::{
    clients::{Client, SecretReference},
    entry::{KEY, Server},
};

/// What to do about the key or the token, and for the client to see the change: a line each.
pub(super) fn next_steps(client: &Client, server: &Server) -> String {
    let secret = match (server.secret(), server) {
        (Some(name), _) => secret(client, name),
        (None, Server::Program { arguments, .. }) => {
            let is_sandbox = arguments.iter().any(|word| word.starts_with("--sandbox"));
            let told = if is_sandbox {
                "The sandbox needs no key."
            } else {
                "The key comes from the configuration file."
            };
            told.to_owned()
        }
        (None, Server::Remote { .. }) => {
            "No token is sent. If the server wants one, add `--token-env` and the name of a variable.".to_owned()
        }
    };
    format!("{secret}\n{}: {}.", client.title, client.reload)
}

fn secret(client: &Client, name: &str) -> String {
    let title = client.title;
    match client.secrets {
        SecretReference::Between(..) | SecretReference::Listed => format!(
            "Set {name} in the environment in which {title} starts, such as in your shell's profile."
        ),
        SecretReference::Input => {
            format!("{title} asks for the value of {name} when the server starts, and keeps it.")
        }
        SecretReference::Inherited if name == KEY => format!(
            "{title} cannot refer to a key, so the entry has none: set {name} in the environment in which it starts."
        ),
        SecretReference::Inherited => format!(
            "{title} cannot refer to a token, so the entry has none: add the header `Authorization` to it by hand."
        ),
        SecretReference::Nowhere => format!(
            "{title} cannot refer to a key, so the entry has none: write `[profiles.default]` and \
             `api-key = \"file:PATH\"` into a file, and install again with `--config` and that file."
        ),
    }
}
