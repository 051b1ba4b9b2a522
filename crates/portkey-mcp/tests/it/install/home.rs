//! A user's home, in which clients have their settings.

use std::{
    fs,
    path::PathBuf,
    process::{Output, Stdio},
};

use tempfile::TempDir;

use crate::process::{portkey_mcp, text};

/// The clients, each with settings that somebody has, and a broken version of them.
pub(super) const CLIENTS: [(&str, &str, &str); 11] = [
    (
        "claude-code",
        include_str!("claude-code.json"),
        "{ \"mcpServers\": { // none\n} }",
    ),
    (
        "claude-desktop",
        include_str!("claude-desktop.json"),
        "{ \"mcpServers\": ",
    ),
    (
        "cursor",
        include_str!("cursor.json"),
        "{\n  \"mcpServers\": {,}\n}",
    ),
    (
        "vscode",
        include_str!("vscode.json"),
        "{\n  \"servers\" {}\n}",
    ),
    (
        "windsurf",
        include_str!("windsurf.json"),
        "{\n  \"mcpServers\": {},\n}",
    ),
    (
        "codex",
        include_str!("codex.toml"),
        "[mcp_servers.docs]\nurl =\n",
    ),
    ("gemini", include_str!("gemini.json"), "{ 'ui': 1 }"),
    ("zed", include_str!("zed.json"), "{ \"theme\": One }"),
    (
        "goose",
        include_str!("goose.yaml"),
        "extensions:\n  developer: [\n",
    ),
    ("opencode", include_str!("opencode.json"), "{}}"),
    (
        "copilot",
        include_str!("copilot.json"),
        "{ \"mcpServers\": {} \"a\": 1 }",
    ),
];

/// Variables by which clients move their files.
const MOVES: [&str; 5] = [
    "XDG_CONFIG_HOME",
    "CLAUDE_CONFIG_DIR",
    "CODEX_HOME",
    "COPILOT_HOME",
    "GEMINI_CLI_HOME",
];

/// A user's home, and a project in it.
pub(super) struct Home {
    pub(super) folder: TempDir,
}

impl Home {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("project")).unwrap();
        Self { folder }
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[])
    }

    pub(super) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = portkey_mcp(&self.folder);
        for name in MOVES {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .envs(variables.iter().copied())
            .current_dir(self.folder.path().join("project"))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs a command that succeeds, and returns what it prints, with `~` for the home.
    pub(super) fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        self.without_home(&output.stdout)
    }

    /// Runs a command that is refused, and returns what it says about that.
    pub(super) fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        self.without_home(&output.stderr)
    }

    pub(super) fn without_home(&self, bytes: &[u8]) -> String {
        text(bytes).replace(self.folder.path().to_str().unwrap(), "~")
    }

    /// The file of a client, which a dry run names.
    pub(super) fn file(&self, client: &str) -> PathBuf {
        let told = self.succeeds(&["install", client, "--name", "any", "--dry-run"]);
        let path = told.lines().next().unwrap().strip_prefix("~/").unwrap();
        self.folder.path().join(path)
    }

    /// Makes a client have settings, and returns their file.
    pub(super) fn hold(&self, client: &str, settings: &str) -> PathBuf {
        let file = self.file(client);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, settings).unwrap();
        file
    }
}

pub(super) fn install<'a>(client: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["install", client, "--command", "portkey-mcp"], more].concat()
}

/// What a client's file holds after a command, in a home where it held `before`.
pub(super) fn written(client: &str, before: Option<&str>, arguments: &[&str]) -> String {
    let home = Home::new();
    let file = home.file(client);
    if let Some(before) = before {
        home.hold(client, before);
    }
    home.succeeds(arguments);
    fs::read_to_string(file).unwrap()
}
