//! A folder in which the commands of one page find what they speak of, and one session of a shell for all of them.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::page::Block;
use crate::process::{SandboxProcess, Wire, portkey_mcp, program, text};

/// What the commands of the documentation call besides what every machine has.
const STAND_INS: [&str; 6] = [
    "portkey-mcp",
    "claude",
    "docker",
    "kubectl",
    "helm",
    "cargo",
];

/// Before each script: what the one before it has set, and what keeps it for the next.
const SESSION: &str = "[ ! -f .session ] || . ./.session\ntrap 'export -p > .session' EXIT\n";

pub(super) struct Place {
    folder: TempDir,
    sandbox: SandboxProcess,
}

impl Place {
    pub(super) fn new() -> Self {
        let place = Self {
            folder: TempDir::new().unwrap(),
            sandbox: SandboxProcess::start(),
        };
        place.hold_program("bin/stand-ins", include_str!("stand_ins.sh"));
        for name in STAND_INS {
            symlink(place.path("bin/stand-ins"), place.path("bin").join(name)).unwrap();
        }
        place.hold("staging.key", "any");
        place.hold_program(
            "tests/one.sh",
            "#!/bin/sh\nportkey-mcp call list_workspaces\n",
        );
        // An audit log, where the commands that look at one find it.
        place.exits("portkey-mcp call list_workspaces", 0);
        symlink("portkey-mcp/audit.jsonl", place.path("audit.jsonl")).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn hold(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Another process writes it: a file cannot be run while it is open for writing, and what is open here is open for
    /// a moment in every process that other tests start meanwhile.
    fn hold_program(&self, name: &str, content: &str) {
        self.hold("to-install", content);
        self.exits(&format!("install -D -m 755 to-install {name}"), 0);
    }

    /// Executes a block, and returns what it printed, also on standard error.
    pub(super) fn execute(&self, block: &Block) -> String {
        let Block {
            language,
            text,
            exits_with,
            ..
        } = block;
        match language.as_str() {
            "sh" => return self.exits(text, *exits_with),
            "console" => return self.transcript(text, *exits_with),
            "json" => self.json(text),
            "toml" => return self.toml(block),
            "yaml" => self.yaml(text),
            "js" => script(text),
            // The documents' own check knows the metrics in it.
            "promql" => {}
            other => panic!("no way to execute a block of `{other}`:\n{text}"),
        }
        String::new()
    }

    fn shell(&self, script: &str) -> Output {
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", self.path("bin").display());
        let script = format!("{SESSION}{script}");
        portkey_mcp_environment(&self.folder)
            .args(["-eu", "-o", "pipefail", "-c", &script])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .env("PROGRAM", program())
            .env("ROOT", root())
            .env("PRODUCTION_KEY", "any")
            .envs(self.sandbox.settings())
            .env("PORTKEY_WORKSPACE_API_KEY", &self.sandbox.workspace_key)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs a script to this end, and returns what it printed.
    fn exits(&self, script: &str, code: i32) -> String {
        let output = self.shell(script);
        let told = text_of(&output);
        assert_eq!(output.status.code(), Some(code), "{script}\n{told}");
        told
    }

    /// Commands after `$`, each before what it prints.
    fn transcript(&self, text: &str, code: i32) -> String {
        let mut all = String::new();
        for (command, expected) in commands(text) {
            let told = self.exits(command, code);
            says(command, expected, &told);
            all += &told;
        }
        all
    }

    /// The same, whatever the commands exit with.
    pub(super) fn session(&self, text: &str) {
        for (command, expected) in commands(text) {
            let output = self.shell(command);
            let told = text_of(&output);
            says(command, expected, &told);
        }
    }

    /// The configuration of a client starts the server; anything else is what an answer looks like.
    fn json(&self, text: &str) {
        let values: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text)
            .into_iter()
            .collect();
        for value in values.unwrap_or_else(|error| panic!("{error}:\n{text}")) {
            for servers in ["mcpServers", "servers", "context_servers", "mcp"] {
                self.servers(&value[servers]);
            }
        }
    }

    fn servers(&self, servers: &Value) {
        for server in servers
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, server)| server)
        {
            let environment = ["env", "environment"].map(|name| server[name].as_object());
            let environment = environment.into_iter().flatten().flatten();
            let environment =
                environment.map(|(name, value)| format!("{name}='{}' ", value.as_str().unwrap()));
            // A command alone, or with its arguments.
            let words = ["command", "args"].map(|name| match &server[name] {
                Value::Array(words) => words.clone(),
                Value::Null => Vec::new(),
                word => vec![word.clone()],
            });
            let words = words.into_iter().flatten();
            let words = words.map(|word| format!(" '{}'", word.as_str().unwrap()));
            let environment: String = environment.collect();
            let words: String = words.collect();
            self.exits(&format!("{environment}{words}"), 0);
        }
    }

    /// The settings of Goose, which has its own words for a command, or a workflow, whose commands are run.
    fn yaml(&self, text: &str) {
        let value: Value =
            serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        let extensions = value["extensions"].as_object().into_iter().flatten();
        let servers = extensions.map(|(name, extension)| {
            let server = json!({ "command": extension["cmd"], "args": extension["args"] });
            (name.clone(), server)
        });
        self.servers(&Value::Object(servers.collect()));
        for (_, job) in value["jobs"].as_object().into_iter().flatten() {
            let environment = job["env"].as_object().into_iter().flatten();
            // What comes from the outside is what the page's commands have already.
            let own = environment.filter(|(_, value)| !value.as_str().unwrap().contains("${{"));
            let own = own.map(|(name, value)| format!("export {name}={value}\n"));
            let own: String = own.collect();
            for step in job["steps"].as_array().unwrap() {
                if let Some(script) = step["run"].as_str() {
                    self.exits(&format!("({own}{script}\n)"), 0);
                }
            }
        }
    }

    fn toml(&self, block: &Block) -> String {
        let Block {
            text, exits_with, ..
        } = block;
        let value: toml::Table =
            toml::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        if let Some(servers) = value.get("mcp_servers") {
            self.servers(&json!(servers));
            return String::new();
        }
        if value.get("tokens").is_some_and(toml::Value::is_array) {
            self.hold("printed.toml", &text.replace("4f0c…", &"4f".repeat(32)));
            return self.exits("portkey-mcp token list --file printed.toml", *exits_with);
        }
        self.hold("printed.toml", text);
        self.exits("portkey-mcp config check printed.toml", *exits_with)
    }
}

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Runs a script of an assistant, which must return something.
fn script(text: &str) {
    let mut wire = Wire::initialised(&["--sandbox", "--surface", "code"], &[]);
    let ran = wire.answer("run_script", json!({ "script": text }));
    assert!(!ran["returned"].is_null(), "{text}\n{ran}");
}

/// A shell with none of this machine's settings.
fn portkey_mcp_environment(home: &TempDir) -> Command {
    let clean = portkey_mcp(home);
    let mut shell = Command::new("bash");
    for (name, value) in clean.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

fn text_of(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

/// The commands of a transcript, each with what is printed of its answer.
fn commands(text: &str) -> Vec<(&str, &str)> {
    let mut commands = Vec::new();
    let mut starts: Vec<usize> = text.match_indices("$ ").map(|(start, _)| start).collect();
    starts.retain(|start| *start == 0 || text[..*start].ends_with('\n'));
    for (place, start) in starts.iter().enumerate() {
        let end = starts.get(place + 1).copied().unwrap_or(text.len());
        let part = &text[start + 2..end];
        commands.push(part.split_once('\n').unwrap_or((part, "")));
    }
    commands
}

/// Whether a command has printed these lines, where numbers differ and `…` stands for the rest of a line.
fn says(command: &str, expected: &str, told: &str) {
    let printed: Vec<String> = told.lines().map(form).collect();
    for line in expected.lines().map(form) {
        let is_there = match line.trim_end().strip_suffix('…') {
            Some(start) => printed.iter().any(|line| line.starts_with(start)),
            None => printed.contains(&line),
        };
        assert!(is_there, "{command}: {line} is not in {printed:#?}");
    }
}

/// A line without its numbers and hashes.
fn form(line: &str) -> String {
    let mut form = String::new();
    for word in line.split(' ') {
        let is_number = word.contains(|c: char| c.is_ascii_digit());
        form.push_str(if is_number { "#" } else { word });
        form.push(' ');
    }
    form
}
