//! Plugins of agents: this repository is one, with the skills in `skills/` and the server. Each agent has a manifest of its
//! own for the same.
//!
//! The open standard for them, Agent Plugins 1.0, is left out on purpose: it has no way to hand a key to a server, and
//! agents that find its `plugin.json` do not look at their own manifest, which has one.

use serde_json::{Value, json};

use super::{
    pretty,
    product::{
        AUTHOR, KEYWORDS, LICENSE, NAME, Product, REPOSITORY, SERVER, TITLE, VERSION, entry,
    },
};

/// What agents may begin with, as suggestions.
const PROMPTS: [&str; 3] = [
    "Why did our cost on Portkey rise last week?",
    "Set up a workspace with a budget for a new team.",
    "Review who has access to our Portkey organisation.",
];

/// Every manifest, by its path.
pub(super) fn files(product: &Product) -> Vec<(&'static str, String)> {
    [
        (".claude-plugin/plugin.json", claude(product)),
        (".claude-plugin/marketplace.json", marketplace(product)),
        (".codex-plugin/plugin.json", codex(product)),
        (".cursor-plugin/plugin.json", cursor(product)),
        (".github/plugin/plugin.json", copilot(product)),
        ("gemini-extension.json", gemini(product)),
    ]
    .map(|(path, manifest)| (path, pretty(&manifest)))
    .to_vec()
}

/// What all plugins say of themselves, and these members.
fn manifest(product: &Product, members: &Value) -> Value {
    let mut manifest = json!({
        "name": SERVER,
        "version": VERSION,
        "description": product.description,
        "author": { "name": AUTHOR },
        "homepage": REPOSITORY,
        "repository": REPOSITORY,
        "license": LICENSE,
        "keywords": KEYWORDS,
    });
    for (name, value) in members.as_object().into_iter().flatten() {
        manifest[name] = value.clone();
    }
    manifest
}

/// The server as `portkey-mcp install` writes it for a client.
fn servers(client: &str) -> Value {
    json!({ SERVER: entry(client) })
}

fn claude(product: &Product) -> Value {
    manifest(product, &json!({ "mcpServers": servers("claude-code") }))
}

/// The list of plugins of this repository, which Codex and Copilot CLI read too.
fn marketplace(product: &Product) -> Value {
    json!({
        "name": NAME,
        "owner": { "name": AUTHOR },
        "description": product.description,
        "plugins": [{
            "name": SERVER,
            "source": "./",
            "description": product.description,
            "version": VERSION,
        }],
    })
}

fn codex(product: &Product) -> Value {
    let interface = json!({
        "displayName": TITLE,
        "shortDescription": product.description,
        "developerName": AUTHOR,
        "category": "Developer Tools",
        "capabilities": ["Interactive", "Write"],
        "websiteURL": REPOSITORY,
        "defaultPrompt": PROMPTS,
    });
    manifest(
        product,
        &json!({ "skills": "./skills/", "mcpServers": servers("codex"), "interface": interface }),
    )
}

fn cursor(product: &Product) -> Value {
    manifest(
        product,
        &json!({
            "displayName": TITLE,
            "skills": "./skills/",
            "mcpServers": servers("cursor"),
        }),
    )
}

fn copilot(product: &Product) -> Value {
    manifest(
        product,
        &json!({ "skills": ["skills/"], "mcpServers": servers("copilot") }),
    )
}

/// An extension of Gemini CLI, which asks for the keys when it is installed and keeps them.
fn gemini(product: &Product) -> Value {
    let secrets = product.variables.iter().filter(|variable| variable.secret);
    let settings: Vec<Value> = secrets
        .map(|variable| {
            json!({
                "name": variable.title,
                "description": variable.description,
                "envVar": variable.name,
                "sensitive": true,
            })
        })
        .collect();
    json!({
        "name": SERVER,
        "version": VERSION,
        "description": product.description,
        "contextFileName": "deploy/gemini/GEMINI.md",
        "mcpServers": servers("gemini"),
        "settings": settings,
    })
}
