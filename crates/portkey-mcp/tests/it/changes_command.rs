//! The commands around calls: changes and their undo, the end of the audit log, the profiles.

use std::{fs, process::Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{SandboxProcess, portkey_mcp, run, text};

#[test]
fn changes_are_listed_and_undone_from_the_shell() {
    let sandbox = SandboxProcess::start();
    let home = TempDir::new().unwrap();
    let command = |arguments: &[&str]| {
        let output = portkey_mcp(&home)
            .args(arguments)
            .envs(sandbox.settings())
            .stdin(Stdio::null())
            .output();
        let output = output.unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        output
    };
    let named = |name: &str| {
        let found = command(&[
            "call",
            "list_workspaces",
            "--exact-name",
            name,
            "-q",
            ".total",
        ]);
        text(&found.stdout).trim().to_owned()
    };
    command(&["call", "create_workspace", "--name", "Mistaken"]);
    let listed = command(&["changes", "--tool", "create_workspace"]);
    let changes: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let id = changes["data"][0]["id"].as_str().unwrap();
    let told = command(&["undo", "-o", "csv"]);
    assert!(text(&told.stdout).contains(id), "{}", text(&told.stdout));
    assert!(
        text(&told.stderr).contains("portkey-mcp undo ID"),
        "{}",
        text(&told.stderr)
    );
    command(&["undo", id, "--dry-run"]);
    assert_eq!(named("Mistaken"), "1");
    command(&["undo", id, "--yes"]);
    assert_eq!(named("Mistaken"), "0");
}

#[test]
fn the_audit_log_is_shown_from_its_end() {
    let sandbox = SandboxProcess::start();
    let home = TempDir::new().unwrap();
    let command = |arguments: &[&str]| {
        let output = portkey_mcp(&home)
            .args(arguments)
            .envs(sandbox.settings())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    };
    command(&["call", "list_workspaces"]);
    command(&["call", "list_configs"]);
    command(&["call", "list_api_keys"]);
    let table = command(&["audit", "show", "--last", "2", "-o", "table"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(
        lines[1].contains("list_configs") && lines[2].contains("list_api_keys"),
        "{table}"
    );
    let all: Value = serde_json::from_str(&command(&["audit", "show"])).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(all[0]["tool"], "list_workspaces");
    assert!(all[0]["hash"].is_string(), "{all}");
}

#[test]
fn profiles_are_listed_without_their_keys() {
    let folder = TempDir::new().unwrap();
    let key = folder.path().join("west.key");
    fs::write(&key, "pk-secret-of-the-west\n").unwrap();
    let file = folder.path().join("portkey.toml");
    let content = format!(
        "[profiles.east]\nbase-url = 'https://east.example/v1'\napi-key = 'env:EAST_KEY'\norganisation = 'East'\n\
         [profiles.west]\napi-key = 'file:{}'\n",
        key.display()
    );
    fs::write(&file, content).unwrap();
    let arguments = [
        "--config",
        file.to_str().unwrap(),
        "--profile",
        "west",
        "profiles",
    ];
    let settings = [("PORTKEY_API_KEY", "pk-secret-of-mine")];
    let output = run(&arguments, &settings);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(!shown.contains("pk-secret"), "{shown}");
    let profiles: Value = serde_json::from_str(&shown).unwrap();
    let names: Vec<_> = profiles
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["default", "east", "west"]);
    assert_eq!(profiles[0]["api_key"], "env:PORTKEY_API_KEY");
    assert_eq!(profiles[1]["api_key"], "env:EAST_KEY");
    assert_eq!(profiles[1]["organisation"], "East");
    assert_eq!(profiles[2]["chosen"], true);
}
