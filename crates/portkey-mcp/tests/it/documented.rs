//! Every block of the documentation is executed as it is printed, or is known by a reason why it cannot be.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{SandboxProcess, Wire, portkey_mcp, program, text};

/// Blocks that are not executed: their page, how they begin, and why.
const NOT_EXECUTED: [(&str, &str, &str); 4] = [
    (
        "README.md",
        "cargo xtask ci",
        "it is the gate, which runs this test",
    ),
    (
        "docs/http/authentication.md",
        "claude mcp add --transport http portkey http://localhost:3000/mcp",
        "it is what a server prints; the token in it is made up at its start",
    ),
    (
        "docs/safety/confirmation.md",
        "Delete a config: \"Prod router\"",
        "it is what a user is asked",
    ),
    (
        "docs/safety/confirmation.md",
        "Undo a change. By this call:",
        "it is what a user is asked",
    ),
];

/// Blocks of settings that commands of their page find in files.
const FILES: [(&str, &str, &[&str]); 2] = [
    (
        "docs/http/authentication.md",
        "# portkey-mcp.toml",
        &["portkey-mcp.toml"],
    ),
    (
        "docs/http/configuration.md",
        "#:schema",
        &["portkey.toml", "new.toml"],
    ),
];

/// What the commands of the documentation call besides what every machine has.
const STAND_INS: [&str; 6] = [
    "portkey-mcp",
    "claude",
    "docker",
    "kubectl",
    "helm",
    "cargo",
];

/// A block between three backticks.
struct Block {
    language: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            continue;
        };
        let text = lines.by_ref().take_while(|line| line.trim_start() != "```");
        blocks.push(Block {
            language: language.to_owned(),
            text: text.flat_map(|line| [line, "\n"]).collect(),
        });
    }
    blocks
}

/// Runs a script of an assistant, which must return something.
fn script(text: &str) {
    let mut wire = Wire::initialised(&["--sandbox", "--surface", "code"], &[]);
    let ran = wire.answer("run_script", json!({ "script": text }));
    assert!(!ran["returned"].is_null(), "{text}\n{ran}");
}

/// A folder in which the commands of one page find what they speak of.
struct Place {
    folder: TempDir,
    sandbox: SandboxProcess,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            folder: TempDir::new().unwrap(),
            sandbox: SandboxProcess::start(),
        };
        let path = place.path("bin");
        fs::create_dir(&path).unwrap();
        let stand_ins = path.join("stand-ins");
        fs::write(&stand_ins, include_str!("documented/stand_ins.sh")).unwrap();
        fs::set_permissions(&stand_ins, fs::Permissions::from_mode(0o755)).unwrap();
        for name in STAND_INS {
            symlink(&stand_ins, path.join(name)).unwrap();
        }
        place.hold("staging.key", "any");
        place.hold(
            "tests/one.sh",
            "#!/bin/sh\nportkey-mcp call list_workspaces\n",
        );
        let test = fs::Permissions::from_mode(0o755);
        fs::set_permissions(place.path("tests/one.sh"), test).unwrap();
        // An audit log, where the commands that look at one find it.
        assert!(
            place
                .shell("portkey-mcp call list_workspaces")
                .status
                .success()
        );
        symlink("portkey-mcp/audit.jsonl", place.path("audit.jsonl")).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn hold(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn shell(&self, script: &str) -> Output {
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", self.path("bin").display());
        portkey_mcp_environment(&self.folder)
            .args(["-eu", "-o", "pipefail", "-c", script])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .env("PROGRAM", program())
            .env("ROOT", root())
            .env("PRODUCTION_KEY", "any")
            .envs(self.sandbox.settings())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs a script to its good end, and returns what it printed.
    fn succeeds(&self, script: &str) -> String {
        let output = self.shell(script);
        let told = text(&output.stderr);
        assert!(output.status.success(), "{script}\n{told}");
        text(&output.stdout)
    }

    fn execute(&self, block: &Block) {
        match block.language.as_str() {
            "sh" => drop(self.succeeds(&block.text)),
            "console" => self.transcript(&block.text),
            "json" => self.json(&block.text),
            "toml" => self.toml(&block.text),
            "yaml" => self.yaml(&block.text),
            "js" => script(&block.text),
            other => panic!("no way to execute a block of `{other}`:\n{}", block.text),
        }
    }

    /// Commands after `$`, each before what it prints, where numbers differ.
    fn transcript(&self, text: &str) {
        for part in text.split("$ ").filter(|part| !part.is_empty()) {
            let (command, expected) = part.split_once('\n').unwrap();
            let printed = self.succeeds(command);
            let forms = |text: &str| -> Vec<String> { text.lines().map(form).collect() };
            let printed = forms(&printed);
            for line in forms(expected) {
                assert!(
                    printed.contains(&line),
                    "{command}: {line} is not in {printed:?}"
                );
            }
        }
    }

    /// The configuration of a client starts the server; anything else is what an answer looks like.
    fn json(&self, text: &str) {
        let values: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text)
            .into_iter()
            .collect();
        for value in values.unwrap_or_else(|error| panic!("{error}:\n{text}")) {
            for servers in ["mcpServers", "servers", "context_servers"] {
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
            let environment = server["env"].as_object().into_iter().flatten();
            let environment =
                environment.map(|(name, value)| format!("{name}='{}' ", value.as_str().unwrap()));
            let arguments = server["args"].as_array().into_iter().flatten();
            let arguments = arguments.map(|word| format!(" '{}'", word.as_str().unwrap()));
            let command = server["command"].as_str().unwrap();
            let environment: String = environment.collect();
            let arguments: String = arguments.collect();
            self.succeeds(&format!("{environment}{command}{arguments}"));
        }
    }

    /// The settings of Goose, which has its own words for a command.
    fn yaml(&self, text: &str) {
        let value: Value =
            serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        let extensions = value["extensions"].as_object().unwrap();
        let servers = extensions.iter().map(|(name, extension)| {
            let server = json!({ "command": extension["cmd"], "args": extension["args"] });
            (name.clone(), server)
        });
        self.servers(&Value::Object(servers.collect()));
    }

    fn toml(&self, text: &str) {
        let value: toml::Table =
            toml::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        if let Some(servers) = value.get("mcp_servers") {
            self.servers(&json!(servers));
        } else if value.contains_key("tokens") {
            self.hold("printed.toml", &text.replace("4f0c…", &"4f".repeat(32)));
            self.succeeds("portkey-mcp token list --file printed.toml");
        } else {
            self.hold("printed.toml", text);
            self.succeeds("portkey-mcp config check printed.toml");
        }
    }
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

#[test]
fn every_block_is_executed_or_says_why_not() {
    let root = root();
    let mut pages_found = vec![root.join("README.md")];
    pages(&root.join("docs"), &mut pages_found);
    let mut not_executed = Vec::new();
    for path in pages_found {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let blocks = blocks(&fs::read_to_string(&path).unwrap());
        if blocks.is_empty() {
            continue;
        }
        eprintln!("{name}: {} blocks", blocks.len());
        let place = Place::new();
        for (_, start, files) in FILES.iter().filter(|(page, ..)| *page == name) {
            let block = blocks.iter().find(|block| block.text.starts_with(start));
            let block = block.unwrap_or_else(|| panic!("{name} has no block that begins {start}"));
            for file in *files {
                place.hold(file, &block.text);
            }
        }
        for block in blocks {
            let reason = NOT_EXECUTED
                .iter()
                .find(|(page, start, _)| name == *page && block.text.starts_with(start));
            match reason {
                Some(reason) => not_executed.push(reason),
                None => place.execute(&block),
            }
        }
    }
    assert_eq!(
        not_executed.len(),
        NOT_EXECUTED.len(),
        "a reason fits no block: {not_executed:?}"
    );
}
