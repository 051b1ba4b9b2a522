//! What is published, described once.

use std::{fs, path::Path};

use portkey_engine::catalog::Tool;
use portkey_mcp::reference;
use portkey_workflows::catalog;
use serde_json::Value;

use crate::{Broken, root};

/// The program, the packages and the image.
pub(super) const NAME: &str = "portkey-mcp";
/// The server in the settings of a client, and the plugin.
pub(super) const SERVER: &str = "portkey";
pub(super) const TITLE: &str = "Portkey Admin";
pub(super) const AUTHOR: &str = "The portkey-mcp authors";
pub(super) const LICENSE: &str = "MIT";
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Where the project lives: `repository` in the `Cargo.toml` of the workspace.
pub(super) const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
pub(super) const KEYWORDS: [&str; 5] = ["portkey", "mcp", "ai-gateway", "llm", "administration"];
/// Of the service that the program talks to.
pub(super) const PRIVACY_POLICY: &str = "https://portkey.ai/privacy-policy";

/// Settings that a client can ask its user for, besides the keys: their names, and how a form labels them.
const SETTINGS: [(&str, &str); 3] = [
    ("toolsets", "Tools to offer"),
    ("read-only", "Read only"),
    ("base-url", "Address of Portkey"),
];

/// What is said of the program everywhere.
pub(super) struct Product {
    pub(super) description: String,
    pub(super) variables: Vec<Variable>,
}

/// An environment variable that the program reads.
pub(super) struct Variable {
    pub(super) name: String,
    /// How a form labels it.
    pub(super) title: &'static str,
    pub(super) description: String,
    pub(super) required: bool,
    pub(super) secret: bool,
}

impl Product {
    pub(super) fn read() -> Result<Self, Broken> {
        Ok(Self {
            description: description(&root().join("crates/portkey-mcp/Cargo.toml"))?,
            variables: keys().into_iter().chain(settings()).collect(),
        })
    }
}

/// What a crate's manifest says that it is.
fn description(manifest: &Path) -> Result<String, Broken> {
    let broken = |why: String| Broken::File(manifest.to_owned(), why);
    let text = fs::read_to_string(manifest).map_err(|error| broken(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error| broken(format!("{error}")))?;
    let description = table.get("package").and_then(|all| all.get("description"));
    let description = description.and_then(toml::Value::as_str);
    Ok(description
        .ok_or_else(|| broken("has no description".to_owned()))?
        .to_owned())
}

/// Keys are no settings: no flag takes one.
fn keys() -> [Variable; 2] {
    [
        Variable {
            name: "PORTKEY_API_KEY".to_owned(),
            title: "Portkey API key",
            description:
                "API key of your Portkey organisation, or of a workspace for the tools that accept one"
                    .to_owned(),
            required: true,
            secret: true,
        },
        Variable {
            name: "PORTKEY_WORKSPACE_API_KEY".to_owned(),
            title: "Portkey workspace API key",
            description: "Workspace key for the tools that refuse organisation keys: those that render or run a prompt"
                .to_owned(),
            required: false,
            secret: true,
        },
    ]
}

fn settings() -> impl Iterator<Item = Variable> {
    SETTINGS.into_iter().filter_map(|(setting, title)| {
        let (name, description) = reference::variable_of(setting)?;
        Some(Variable {
            name,
            title,
            description: description.replace('`', ""),
            required: false,
            secret: false,
        })
    })
}

/// Who owns the repository.
pub(super) fn owner() -> &'static str {
    REPOSITORY.rsplit('/').nth(1).unwrap_or_default()
}

/// The name in the registry of MCP servers, which the owner of the repository may publish under.
pub(super) fn registered_name() -> String {
    format!("io.github.{}/{NAME}", owner())
}

/// The image of this version.
pub(super) fn image() -> String {
    format!("ghcr.io/{}/{NAME}:{VERSION}", owner().to_lowercase())
}

/// Where a file of this version's release is.
pub(super) fn download(file: &str) -> String {
    format!("{REPOSITORY}/releases/download/v{VERSION}/{file}")
}

/// The tools that are offered by default.
pub(super) fn tools() -> impl Iterator<Item = Tool> {
    catalog().tools().filter(Tool::is_default)
}

/// How a client has the server in its settings; null for a client that `portkey-mcp install` does not know.
pub(super) fn entry(client: &str) -> Value {
    let entry = reference::client_entry(client);
    entry.map_or(Value::Null, |(entry, _)| entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_that_is_asked_for_exists() {
        assert_eq!(settings().count(), SETTINGS.len());
    }

    #[test]
    fn the_description_fits_where_it_is_shown() {
        let product = Product::read().unwrap();
        assert!((1..=100).contains(&product.description.len()));
    }

    #[test]
    fn names_follow_from_the_repository() {
        assert_eq!(
            registered_name(),
            format!("io.github.{}/portkey-mcp", owner())
        );
        assert!(
            REPOSITORY.starts_with("https://github.com/") && REPOSITORY.ends_with("/portkey-mcp")
        );
    }
}
