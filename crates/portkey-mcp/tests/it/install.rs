//! The server in the settings of MCP clients, written by the built binary into homes of their own.

mod home;
mod real_clients;

use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use serde_json::{Value, json};

use crate::process::{program, text};
use home::{CLIENTS, Home, install, written};

/// What is written for a client, from every state that its file can be in.
fn story(client: &str, others: &str, broken: &str) -> String {
    let mut story = String::new();
    let mut tell = |title: &str, text: &str| {
        _ = write!(story, "=== {title}\n{}\n", text.trim_end());
    };
    tell("new file", &written(client, None, &install(client, &[])));
    let settings = [
        "--sandbox",
        "--surface",
        "compact",
        "--toolsets",
        "cost,-get_log",
    ];
    tell(
        "sandbox",
        &written(client, None, &install(client, &settings)),
    );
    let remote = [
        "install",
        client,
        "--http",
        "https://mcp.example.com/mcp",
        "--token-env",
        "TEAM_TOKEN",
    ];
    if client == "claude-desktop" {
        tell("remote", &Home::new().refused(&remote));
    } else {
        tell("remote", &written(client, None, &remote));
    }
    tell(
        "beside others",
        &written(client, Some(others), &install(client, &[])),
    );

    let home = Home::new();
    let file = home.hold(client, others);
    tell("told", &home.succeeds(&install(client, &["--read-only"])));
    tell(
        "replaced",
        &home.succeeds(&install(client, &["--timeout", "30"])),
    );
    assert_eq!(
        home.succeeds(&install(client, &["--timeout", "30"]))
            .lines()
            .last()
            .unwrap()
            .split_once(' ')
            .unwrap()
            .1,
        "has this server already."
    );
    tell("uninstalled", &home.succeeds(&["uninstall", client]));
    fs::write(&file, broken).unwrap();
    tell("broken", &home.refused(&install(client, &[])));
    assert_eq!(fs::read_to_string(&file).unwrap(), broken);
    story
}

#[test]
fn each_client_has_the_server_in_its_own_form() {
    for (client, others, broken) in CLIENTS {
        let story = story(client, others, broken);
        insta::with_settings!({ snapshot_path => "install", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(client, story);
        });
    }
}

#[test]
fn the_documentation_shows_what_is_written() {
    let page = include_str!("../../../../docs/clients.md");
    for (client, ..) in CLIENTS {
        let settings = written(client, None, &install(client, &[]));
        assert!(page.contains(&settings), "{client}:\n{settings}");
    }
}

#[test]
fn what_was_there_comes_back_to_the_letter() {
    for (client, others, _) in CLIENTS {
        let home = Home::new();
        let file = home.hold(client, others);
        home.succeeds(&install(client, &[]));
        assert_ne!(fs::read_to_string(&file).unwrap(), others);
        home.succeeds(&["uninstall", client]);
        assert_eq!(fs::read_to_string(&file).unwrap(), others, "{client}");
        let again = home.run(&["uninstall", client]);
        assert!(again.status.success());
        assert!(text(&again.stderr).contains("has no server `portkey`"));
    }
}

#[test]
fn no_key_is_written_or_shown() {
    for (client, others, _) in CLIENTS {
        let home = Home::new();
        let file = home.hold(client, others);
        let key = [
            ("PORTKEY_API_KEY", "pk-c4n4ry"),
            ("TEAM_TOKEN", "pk-c4n4ry"),
        ];
        let output = home.run_with(&["install", client], &key);
        assert!(output.status.success(), "{output:?}");
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!said.contains("c4n4ry"), "{said}");
        let settings = fs::read_to_string(file).unwrap();
        assert!(!settings.contains("pk-c4n4ry"), "{settings}");
    }
    let output = Home::new().run(&[
        "install",
        "cursor",
        "--http",
        "http://a/mcp",
        "--token-env",
        "pkmcp-x",
    ]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_server_of_others_is_only_replaced_by_force() {
    for (client, ..) in CLIENTS {
        let home = Home::new();
        home.succeeds(&["install", client, "--command", "npx"]);
        let file = home.file(client);
        let theirs = fs::read_to_string(&file).unwrap();
        let refused = home.refused(&install(client, &[]));
        assert!(refused.contains("--force"), "{refused}");
        assert_eq!(fs::read_to_string(&file).unwrap(), theirs);
        let refused = home.refused(&["uninstall", client]);
        assert!(refused.contains("--force"), "{refused}");
        home.succeeds(&install(client, &["--name", "mine"]));
        home.succeeds(&install(client, &["--force"]));
        let ours = fs::read_to_string(&file).unwrap();
        assert!(!ours.contains("npx"), "{ours}");
    }
}

#[test]
fn a_dry_run_changes_nothing() {
    let home = Home::new();
    let (client, others, _) = CLIENTS[0];
    let file = home.hold(client, others);
    let told = home.succeeds(&install(client, &["--dry-run"]));
    assert!(told.contains("+    \"portkey\": {"), "{told}");
    assert_eq!(fs::read_to_string(&file).unwrap(), others);
    let around = fs::read_dir(home.folder.path()).unwrap();
    let names: Vec<_> = around.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        !names
            .iter()
            .any(|name| name.to_string_lossy().contains("bak")),
        "{names:?}"
    );
}

#[test]
fn links_and_permissions_stay_and_a_backup_is_beside_the_file() {
    let home = Home::new();
    let (client, others, _) = CLIENTS[7];
    let file = home.hold(client, others);
    let kept = home.folder.path().join("dotfiles.json");
    fs::rename(&file, &kept).unwrap();
    symlink(&kept, &file).unwrap();
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o640)).unwrap();
    home.succeeds(&install(client, &[]));
    assert!(fs::symlink_metadata(&file).unwrap().is_symlink());
    assert!(fs::read_to_string(&kept).unwrap().contains("portkey-mcp"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&kept), 0o640);
    let backup = home.folder.path().join("dotfiles.json.portkey-mcp.bak");
    assert_eq!(fs::read_to_string(&backup).unwrap(), others);
    assert_eq!(mode(&backup), 0o640);
    let new = home.file("cursor");
    home.succeeds(&install("cursor", &[]));
    assert_eq!(mode(&new), 0o600);
}

#[test]
fn a_mark_at_the_beginning_stays() {
    let home = Home::new();
    let before = "\u{feff}{\r\n  \"mcpServers\": {}\r\n}\r\n";
    let file = home.hold("windsurf", before);
    home.succeeds(&install("windsurf", &[]));
    let installed = fs::read_to_string(&file).unwrap();
    assert!(installed.starts_with("\u{feff}{\r\n"), "{installed}");
    assert!(!installed.replace("\r\n", "").contains('\n'), "{installed}");
    home.succeeds(&["uninstall", "windsurf"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
}

#[test]
fn a_project_has_a_file_of_its_own() {
    let files = [
        ("claude-code", ".mcp.json"),
        ("cursor", ".cursor/mcp.json"),
        ("vscode", ".vscode/mcp.json"),
        ("codex", ".codex/config.toml"),
        ("gemini", ".gemini/settings.json"),
        ("zed", ".zed/settings.json"),
        ("opencode", "opencode.json"),
        ("copilot", ".github/mcp.json"),
    ];
    let home = Home::new();
    for (client, path) in files {
        home.succeeds(&install(client, &["--project"]));
        let file = home.folder.path().join("project").join(path);
        assert!(
            fs::read_to_string(&file).unwrap().contains("portkey"),
            "{client}"
        );
        home.succeeds(&["uninstall", client, "--project"]);
        assert!(
            !fs::read_to_string(&file).unwrap().contains("portkey"),
            "{client}"
        );
    }
    let refused = home.refused(&install("windsurf", &["--project"]));
    assert!(refused.contains("leave out --project"), "{refused}");
}

#[test]
fn without_a_client_the_clients_are_listed() {
    let home = Home::new();
    home.succeeds(&install("cursor", &[]));
    home.succeeds(&install("cursor", &["--sandbox"]));
    home.hold("codex", "[broken");
    let listed = home.succeeds(&["install"]);
    let line = |client: &str| {
        let mut lines = listed.lines();
        lines
            .find(|line| line.starts_with(client))
            .unwrap()
            .to_owned()
    };
    let cursor: Vec<_> = line("cursor")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    assert_eq!(
        cursor,
        [
            "cursor",
            "yes",
            "portkey,",
            "portkey-sandbox",
            "~/.cursor/mcp.json"
        ]
    );
    assert!(line("codex").contains("broken: line 1"), "{listed}");
    assert!(line("windsurf").contains(" no "), "{listed}");
    assert_eq!(listed.lines().count(), CLIENTS.len() + 1);
    let refused = home.refused(&["install", "cursr"]);
    assert!(refused.contains("did you mean `cursor`?"), "{refused}");
}

#[test]
fn the_client_finds_the_program() {
    let home = Home::new();
    let folder = home.folder.path().join("bin");
    fs::create_dir(&folder).unwrap();
    let command = |client: &str, path: &str| {
        let output = home.run_with(&["install", client, "--dry-run"], &[("PATH", path)]);
        let told = home.without_home(&output.stdout);
        let line = told
            .lines()
            .find(|line| line.contains("\"command\""))
            .unwrap();
        line.split('"').nth(3).unwrap().to_owned()
    };
    let path = folder.to_str().unwrap();
    let running = program().canonicalize().unwrap();
    assert_eq!(command("cursor", path), running.to_str().unwrap());
    symlink(program(), folder.join("portkey-mcp")).unwrap();
    assert_eq!(command("cursor", path), "portkey-mcp");
    assert_eq!(command("claude-desktop", path), "~/bin/portkey-mcp");
}

#[test]
fn settings_become_arguments_that_hold_everywhere() {
    let home = Home::new();
    let config = home.folder.path().join("project/portkey.toml");
    fs::write(&config, "[profiles.default]\napi-key = \"file:/run/key\"\n").unwrap();
    let more = [
        "--config",
        "portkey.toml",
        "--read-only",
        "--confirm",
        "always",
    ];
    home.succeeds(&install("claude-desktop", &more));
    let file = fs::read_to_string(home.file("claude-desktop")).unwrap();
    let settings: Value = serde_json::from_str(&file).unwrap();
    let absolute = config.canonicalize().unwrap();
    let config = format!("--config={}", absolute.display());
    let entry =
        json!({ "command": "portkey-mcp", "args": [config, "--confirm=always", "--read-only"] });
    assert_eq!(settings["mcpServers"]["portkey"], entry);

    let sandbox = home.succeeds(&install("cursor", &["--sandbox=demo.db", "--dry-run"]));
    assert!(
        sandbox.contains("\"--sandbox=~/project/demo.db\""),
        "{sandbox}"
    );
    let refused = home.refused(&["install", "cursor", "--http", "http://a/mcp", "--read-only"]);
    assert!(refused.contains("leave out --read-only"), "{refused}");
}
