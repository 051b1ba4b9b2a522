//! `portkey-mcp doctor`: what it finds, and that each finding comes with what to do.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{SandboxProcess, Wire, portkey_mcp, program, text};

/// Somebody's machine.
struct Machine {
    home: TempDir,
}

impl Machine {
    fn new() -> Self {
        Self {
            home: TempDir::new().unwrap(),
        }
    }

    fn run(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
        let project = self.home.path().join("project");
        fs::create_dir_all(&project).unwrap();
        portkey_mcp(&self.home)
            .env_remove("XDG_CONFIG_HOME")
            .args(["doctor"])
            .args(arguments)
            .envs(settings.iter().copied())
            .current_dir(project)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What is found, and the exit code.
    fn found(&self, arguments: &[&str], settings: &[(&str, &str)]) -> (Vec<Value>, Option<i32>) {
        let output = self.run(&[&["--json"], arguments].concat(), settings);
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let report: Value =
            serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stdout}{stderr}"));
        let findings = report["findings"].as_array().unwrap().clone();
        for finding in &findings {
            let is_ok = finding["verdict"] == "ok";
            assert_eq!(finding["remedy"].is_null(), is_ok, "{finding}");
        }
        (findings, output.status.code())
    }

    /// Makes Cursor have these settings.
    fn cursor(&self, settings: &str) -> PathBuf {
        let path = self.home.path().join(".cursor/mcp.json");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, settings).unwrap();
        path
    }
}

/// The findings of one check, as text.
fn of(findings: &[Value], check: &str) -> String {
    let found = findings.iter().filter(|finding| finding["check"] == check);
    found.map(Value::to_string).collect::<Vec<_>>().join("\n")
}

fn verdict<'f>(findings: &'f [Value], check: &str) -> &'f str {
    let mut found = findings.iter().filter(|finding| finding["check"] == check);
    found.next().unwrap()["verdict"].as_str().unwrap()
}

fn problems(findings: &[Value]) -> Vec<&str> {
    let bad = findings
        .iter()
        .filter(|finding| finding["verdict"] == "problem");
    bad.map(|finding| finding["check"].as_str().unwrap())
        .collect()
}

#[test]
fn the_sandbox_is_well() {
    let (findings, code) = Machine::new().found(&["--sandbox", "--toolsets", "essentials"], &[]);
    assert_eq!(code, Some(0), "{findings:?}");
    assert_eq!(problems(&findings), [""; 0]);
    for check in [
        "portkey",
        "clock",
        "key",
        "plan",
        "workspaces",
        "tools",
        "scopes",
        "settings",
        "journal",
        "audit",
        "secrets",
        "state",
        "client",
    ] {
        assert!(!of(&findings, check).is_empty(), "{check}: {findings:?}");
    }
    let settings = of(&findings, "settings");
    for part in ["sandbox = true (flag)", "toolsets = essentials (flag)"] {
        assert!(settings.contains(part), "{settings}");
    }
    assert!(!settings.contains("max-retries"), "{settings}");
    assert!(of(&findings, "plan").contains("as Enterprise does"));
}

#[test]
fn for_people_each_finding_is_a_line() {
    let output = Machine::new().run(&["--sandbox"], &[]);
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("ok       key "), "{shown}");
}

#[test]
fn a_key_that_portkey_refuses_is_a_problem_and_is_not_shown() {
    let sandbox = SandboxProcess::start();
    let wrong = "c4n4ry-0123456789-7f3a";
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", wrong),
    ];
    let (findings, code) = Machine::new().found(&[], &settings);
    assert_eq!((code, problems(&findings)), (Some(1), vec!["key"]));
    let key = of(&findings, "key");
    for part in ["does not accept PORTKEY_API_KEY", "*****7f3a", "dashboard"] {
        assert!(key.contains(part), "{key}");
    }
    assert!(!format!("{findings:?}").contains("c4n4ry"), "{findings:?}");
}

#[test]
fn a_key_that_is_none_is_told_without_asking() {
    for (key, part) in [
        ("your-key", "is a placeholder"),
        ("\"abcdefgh0123\"", "has quotes around it"),
        ("", "is not set"),
    ] {
        let settings = [
            ("PORTKEY_BASE_URL", "http://127.0.0.1:9"),
            ("PORTKEY_API_KEY", key),
        ];
        let (findings, code) = Machine::new().found(&[], &settings);
        assert_eq!(code, Some(1));
        assert!(of(&findings, "key").contains(part), "{key}: {findings:?}");
    }
}

#[test]
fn a_host_that_cannot_be_reached_is_a_problem() {
    let settings = [
        ("PORTKEY_BASE_URL", "http://127.0.0.1:9"),
        ("PORTKEY_API_KEY", "aB3dEfGh1jKlMn0p"),
    ];
    let (findings, code) = Machine::new().found(&[], &settings);
    assert_eq!(code, Some(1));
    assert!(problems(&findings).contains(&"portkey"), "{findings:?}");
    let portkey = of(&findings, "portkey");
    for part in ["connection refused", "Check the port"] {
        assert!(portkey.contains(part), "{portkey}");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_a_problem() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let below = |name: &str| file.join(name).display().to_string();
    let journal = format!("--journal=sqlite:{}", below("journal.sqlite"));
    let audit = format!("--audit=file:{}", below("audit.jsonl"));
    let secrets = format!("--secrets=file:{}", below("secrets.jsonl"));
    let arguments = ["--sandbox", &journal, &audit, &secrets];
    let (findings, code) = Machine::new().found(&arguments, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(problems(&findings), ["journal", "audit", "secrets"]);
    assert!(of(&findings, "journal").contains("--journal"));
}

#[test]
fn a_narrow_key_is_told_what_it_lacks() {
    let sandbox = SandboxProcess::start();
    let mut admin = Wire::initialised(&["--secrets", "inline"], &sandbox.settings());
    let scopes = ["organisation_service_api_keys.list", "configs.list"];
    let made = admin.answer(
        "create_api_key",
        json!({ "type": "organisation", "sub_type": "service", "name": "narrow", "scopes": scopes }),
    );
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", made["key"].as_str().unwrap()),
    ];
    let arguments = ["--toolsets", "list_configs,get_config,render_prompt"];
    let (findings, code) = Machine::new().found(&arguments, &settings);
    assert_eq!(code, Some(0), "{findings:?}");
    let key = of(&findings, "key");
    assert!(key.contains("the organisation key `narrow`"), "{key}");
    assert_eq!(verdict(&findings, "workspaces"), "warning");
    let tools = of(&findings, "tools");
    for part in [
        "cannot use 2 of the 3 offered tools",
        "need scopes that the key lacks: get_config",
        "need a workspace key (PORTKEY_WORKSPACE_API_KEY): render_prompt",
    ] {
        assert!(tools.contains(part), "{tools}");
    }
    let least = of(&findings, "scopes");
    assert!(
        least.contains("configs.list configs.read prompts.render"),
        "{least}"
    );
}

#[test]
fn a_plan_without_enterprise_is_told_by_what_it_refuses() {
    let sandbox = SandboxProcess::start_with(&["--plan", "pro"]);
    let (findings, code) = Machine::new().found(&[], &sandbox.settings());
    assert_eq!(code, Some(0), "{findings:?}");
    assert_eq!(verdict(&findings, "plan"), "warning");
    let tools = of(&findings, "tools");
    assert!(tools.contains("need the Enterprise plan: "), "{tools}");
}

#[test]
fn servers_of_clients_are_started_and_broken_files_are_told() {
    let machine = Machine::new();
    let entry = |command: &Path, arguments: Value, variables: Value| {
        let server = json!({ "command": command, "args": arguments, "env": variables });
        json!({ "mcpServers": { "portkey": server } }).to_string()
    };
    let sandbox = json!(["--sandbox", "--toolsets", "essentials"]);
    let named = machine.home.path().join("portkey-mcp");
    std::os::unix::fs::symlink(program(), &named).unwrap();

    machine.cursor(&entry(&named, sandbox.clone(), json!({})));
    let (findings, code) = machine.found(&["--sandbox"], &[]);
    assert_eq!(code, Some(0), "{findings:?}");
    let client = of(&findings, "client");
    assert!(client.contains("starts and lists 40 tools"), "{client}");

    machine.cursor(&entry(
        &named,
        json!([]),
        json!({ "PORTKEY_API_KEY": "your-key" }),
    ));
    let (findings, code) = machine.found(&["--sandbox"], &[]);
    assert_eq!((code, problems(&findings)), (Some(1), vec!["client"]));
    let client = of(&findings, "client");
    assert!(
        client.contains("PORTKEY_API_KEY is a placeholder"),
        "{client}"
    );

    machine.cursor(&entry(
        Path::new("/nowhere/portkey-mcp"),
        sandbox,
        json!({}),
    ));
    let (findings, code) = machine.found(&["--sandbox"], &[]);
    assert_eq!((code, problems(&findings)), (Some(1), vec!["client"]));
    assert!(of(&findings, "client").contains("cannot be run"));
    let (_, code) = machine.found(&["--sandbox", "--no-start"], &[]);
    assert_eq!(code, Some(0));

    let path = machine.cursor("{ \"mcpServers\": {");
    let (findings, code) = machine.found(&["--sandbox"], &[]);
    assert_eq!((code, problems(&findings)), (Some(1), vec!["client"]));
    let client = of(&findings, "client");
    assert!(client.contains(path.to_str().unwrap()), "{client}");
    assert!(client.contains("is broken: line 1"), "{client}");
}

#[test]
fn what_a_client_says_is_wrong_with_a_server_is_told() {
    let machine = Machine::new();
    let named = machine.home.path().join("portkey-mcp");
    std::os::unix::fs::symlink(program(), &named).unwrap();
    let server = json!({ "command": named, "args": ["--read-onyl"] });
    machine.cursor(&json!({ "mcpServers": { "portkey": server } }).to_string());
    let (findings, _) = machine.found(&["--sandbox"], &[]);
    let client = of(&findings, "client");
    assert!(client.contains("does not start: it ended: "), "{client}");
}
