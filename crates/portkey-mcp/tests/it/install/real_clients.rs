//! The command line clients that npm has, with the server as it was installed for them. They come from outside, and are
//! too large for every run of the tests: `TEST_AGENTS` names a folder of packages.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use portkey_testing::outside;
use serde_json::json;

use super::home::Home;
use crate::process::{program, text};

/// Runs a client in the home and returns what it says.
fn told(home: &Home, modules: &Path, client: &str) -> String {
    let node = format!(
        "{}:{}",
        modules.join(".bin").display(),
        env::var("PATH").unwrap()
    );
    let output = Command::new(modules.join(".bin").join(client))
        .args(["mcp", "list"])
        .env("HOME", home.folder.path())
        .env("PATH", node)
        .env_remove("XDG_CONFIG_HOME")
        .current_dir(home.folder.path().join("project"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
#[ignore = "the clients have 760 MB; CONTRIBUTING.md says how to run it"]
fn the_command_line_clients_of_npm_connect() {
    let Some(modules) = outside(
        "TEST_AGENTS",
        "the `node_modules` of the command line clients",
    ) else {
        return;
    };
    let home = Home::new();
    let path = program();
    let command = path.to_str().unwrap();
    for client in ["claude-code", "codex", "gemini"] {
        home.succeeds(&["install", client, "--sandbox", "--command", command]);
    }
    let trusted = home.folder.path().join(".gemini/trustedFolders.json");
    let project = home.folder.path().join("project").canonicalize().unwrap();
    let trust = json!({ project.to_str().unwrap(): "TRUST_FOLDER" });
    fs::write(trusted, trust.to_string()).unwrap();
    for (client, state) in [
        ("claude", "✔ Connected"),
        ("codex", "enabled"),
        ("gemini", "Connected"),
    ] {
        let told = told(&home, &modules, client);
        let line = told.lines().find(|line| line.contains("portkey-sandbox"));
        assert!(
            line.is_some_and(|line| line.contains(state)),
            "{client}: {told}"
        );
    }
}
