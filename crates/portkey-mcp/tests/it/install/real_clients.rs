//! The command line clients that npm has, with the server as it was installed for them. They come from outside, and are
//! too large for every run of the tests: `TEST_AGENTS` names a folder of packages.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use portkey_testing::outside;
use serde_json::json;

use super::home::Home;
use crate::process::{program, text};

/// Runs a client in the home, where `portkey-mcp` may be in `bin`, and returns what it says.
fn told(home: &Home, modules: &Path, client: &str, arguments: &[&str]) -> String {
    let node = format!(
        "{}:{}:{}",
        home.folder.path().join("bin").display(),
        modules.join(".bin").display(),
        env::var("PATH").unwrap()
    );
    let output = Command::new(modules.join(".bin").join(client))
        .args(arguments)
        .env("PORTKEY_API_KEY", "any")
        .env("HOME", home.folder.path())
        .env("PATH", node)
        .env_remove("XDG_CONFIG_HOME")
        .current_dir(home.folder.path().join("project"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    text(&output.stdout) + &text(&output.stderr)
}

/// Lets Gemini CLI start what a folder names.
fn trust(home: &Home, folder: &Path) {
    let settings = home.folder.path().join(".gemini");
    fs::create_dir_all(&settings).unwrap();
    let folder = folder.canonicalize().unwrap();
    let trust = json!({ folder.to_str().unwrap(): "TRUST_FOLDER" });
    fs::write(settings.join("trustedFolders.json"), trust.to_string()).unwrap();
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
    trust(&home, &home.folder.path().join("project"));
    for (client, state) in [
        ("claude", "✔ Connected"),
        ("codex", "enabled"),
        ("gemini", "Connected"),
    ] {
        let told = told(&home, &modules, client, &["mcp", "list"]);
        let line = told.lines().find(|line| line.contains("portkey-sandbox"));
        assert!(
            line.is_some_and(|line| line.contains(state)),
            "{client}: {told}"
        );
    }
}

/// What a client takes of the repository, in a folder of the home.
fn plugin(home: &Home) -> PathBuf {
    let folder = home.folder.path().join("plugin");
    fs::create_dir(&folder).unwrap();
    let parts = [
        ".claude-plugin",
        ".codex-plugin",
        "deploy/gemini",
        "gemini-extension.json",
        "skills",
    ];
    let copied = Command::new("cp")
        .args(["-R", "--parents"])
        .args(parts)
        .arg(&folder)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .status();
    assert!(copied.unwrap().success());
    let bin = home.folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(program(), bin.join("portkey-mcp")).unwrap();
    folder
}

#[test]
#[ignore = "the clients have 760 MB; CONTRIBUTING.md says how to run it"]
fn the_plugin_brings_the_server_and_the_skills() {
    let Some(modules) = outside(
        "TEST_AGENTS",
        "the `node_modules` of the command line clients",
    ) else {
        return;
    };
    let home = Home::new();
    let plugin = plugin(&home);
    trust(&home, home.folder.path());
    let path = plugin.to_str().unwrap();
    let asked = |client, arguments: &[&str]| told(&home, &modules, client, arguments);
    let validated = asked("claude", &["plugin", "validate", "--strict", path]);
    assert!(validated.contains("Validation passed"), "{validated}");

    asked("claude", &["plugin", "marketplace", "add", path]);
    asked("claude", &["plugin", "install", "portkey@portkey-mcp"]);
    let details = asked("claude", &["plugin", "details", "portkey"]);
    assert!(details.contains("Skills (5)"), "{details}");
    let servers = asked("claude", &["mcp", "list"]);
    assert!(servers.contains("✔ Connected"), "{servers}");

    asked("codex", &["plugin", "marketplace", "add", path]);
    asked("codex", &["plugin", "add", "portkey@portkey-mcp"]);
    let servers = asked("codex", &["mcp", "list"]);
    let server = servers.lines().find(|line| line.contains("portkey-mcp"));
    assert!(
        server.is_some_and(|line| line.contains("PORTKEY_API_KEY")),
        "{servers}"
    );

    let install = [
        "extensions",
        "install",
        path,
        "--consent",
        "--skip-settings",
    ];
    let installed = asked("gemini", &install);
    assert!(installed.contains("installed successfully"), "{installed}");
    let extensions = asked("gemini", &["extensions", "list"]);
    for part in ["GEMINI.md", "rotate-keys", "portkey"] {
        assert!(extensions.contains(part), "{part}: {extensions}");
    }
}
