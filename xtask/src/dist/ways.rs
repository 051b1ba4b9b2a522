//! The ways to get the program and the plugins, as tables of the documentation: their commands name the repository.

use std::fmt::Write as _;

use super::product::{NAME, REPOSITORY, SERVER, image, owner};

/// How the program gets onto a machine.
pub fn programs() -> String {
    let (owner, image) = (owner(), image());
    let image = image.split(':').next().unwrap_or_default();
    table(&[
        (
            "a shell on Linux or macOS",
            format!("curl -fsSL {REPOSITORY}/releases/latest/download/install.sh \\| sh"),
        ),
        ("npm", format!("npm install --global {NAME}")),
        ("uv or pipx", format!("uv tool install {NAME}")),
        ("Homebrew", format!("brew install {owner}/tap/{NAME}")),
        (
            "cargo-binstall",
            format!("cargo binstall --git {REPOSITORY} {NAME}"),
        ),
        (
            "Cargo",
            format!("cargo install --locked --git {REPOSITORY} {NAME}"),
        ),
        ("Docker", format!("docker pull {image}")),
    ])
}

/// How the plugin gets into an agent.
pub fn plugins() -> String {
    let from = format!("{}/{NAME}", owner());
    let plugin = format!("{SERVER}@{NAME}");
    table(&[
        (
            "Claude Code",
            format!("claude plugin marketplace add {from} && claude plugin install {plugin}"),
        ),
        (
            "Codex",
            format!("codex plugin marketplace add {from} && codex plugin add {plugin}"),
        ),
        (
            "Copilot CLI",
            format!("copilot plugin marketplace add {from} && copilot plugin install {plugin}"),
        ),
        (
            "Gemini CLI",
            format!("gemini extensions install {REPOSITORY}"),
        ),
        ("Cursor, in its chat", format!("/add-plugin {REPOSITORY}")),
    ])
}

fn table(rows: &[(&str, String)]) -> String {
    let mut table = "| with | command |\n|---|---|\n".to_owned();
    for (with, command) in rows {
        _ = writeln!(table, "| {with} | `{command}` |");
    }
    table
}
