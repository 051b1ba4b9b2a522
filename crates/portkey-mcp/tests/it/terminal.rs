//! The command line as a person sees it: on a pseudo-terminal, which `script` of util-linux makes.

mod questions;

use std::{
    fs,
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{SandboxProcess, portkey_mcp, program, run, text};

/// What a command came to on a terminal.
struct Shown {
    code: Option<i32>,
    /// Everything that the terminal got, the echo of what was typed too.
    screen: String,
    /// What went to standard error, if that was a file.
    errors: String,
}

/// A terminal of this many columns.
struct Terminal {
    columns: u16,
    typed: &'static str,
    errors_to_file: bool,
    settings: Vec<(&'static str, String)>,
}

impl Terminal {
    fn of(sandbox: &SandboxProcess) -> Self {
        let settings = sandbox.settings();
        Self {
            columns: 100,
            typed: "",
            errors_to_file: true,
            settings: settings
                .map(|(name, value)| (name, value.to_owned()))
                .into(),
        }
    }

    /// The same, where somebody types this and is asked questions.
    fn typing(self, typed: &'static str) -> Self {
        Self {
            typed,
            errors_to_file: false,
            ..self
        }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    fn run(&self, arguments: &[&str]) -> Shown {
        let home = TempDir::new().unwrap();
        let errors = home.path().join("errors");
        let words: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        let redirected = if self.errors_to_file {
            format!(" 2>{}", quoted(errors.to_str().unwrap()))
        } else {
            String::new()
        };
        let line = format!(
            "stty rows 50 cols {}; exec {} {}{redirected}",
            self.columns,
            quoted(program().to_str().unwrap()),
            words.join(" ")
        );
        // The program's own variables are set or unset here, and those of colours too.
        let plain = portkey_mcp(&home);
        let mut command = Command::new("script");
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("CI")
            .env("TERM", "xterm-256color")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(self.typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        drop(input);
        Shown {
            code: output.status.code(),
            screen: text(&output.stdout).replace("\r\n", "\n"),
            errors: fs::read_to_string(errors).unwrap_or_default(),
        }
    }
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

const BOLD: &str = "\u{1b}[1m";

#[test]
fn a_list_is_a_table_on_a_terminal_and_json_in_a_pipe() {
    let sandbox = SandboxProcess::start();
    let shown = Terminal::of(&sandbox).run(&["call", "list_workspaces"]);
    assert_eq!(shown.code, Some(0), "{}", shown.errors);
    let lines: Vec<&str> = shown.screen.lines().collect();
    assert_eq!(lines.len(), 4, "{}", shown.screen);
    assert!(
        lines[0].starts_with(BOLD) && lines[0].contains("name"),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line.contains("Production")),
        "{lines:?}"
    );
    let piped = run(&["call", "list_workspaces"], &sandbox.settings());
    let answer: Value = serde_json::from_slice(&piped.stdout).unwrap();
    assert_eq!(answer["total"], 3);
    assert!(!text(&piped.stdout).contains('\u{1b}'));
}

#[test]
fn an_object_is_listed_and_a_graph_has_its_summary_above() {
    let sandbox = SandboxProcess::start();
    let shown =
        Terminal::of(&sandbox).run(&["call", "get_workspace", "--workspace-id", "Production"]);
    let is_listed = |line: &str| line.starts_with("name ") && line.ends_with("  Production");
    assert!(shown.screen.lines().any(is_listed), "{}", shown.screen);
    let week = [
        "call",
        "get_cost_analytics",
        "--time-of-generation-min",
        "7d",
    ];
    let shown = Terminal::of(&sandbox).run(&week);
    let head = shown
        .screen
        .find(BOLD)
        .unwrap_or_else(|| panic!("{}", shown.screen));
    let (summary, points) = shown.screen.split_at(head);
    assert!(summary.contains("summary."), "{}", shown.screen);
    assert!(points.lines().count() >= 7, "{}", shown.screen);
}

#[test]
fn what_does_not_fit_is_named_on_standard_error() {
    let sandbox = SandboxProcess::start();
    let mut terminal = Terminal::of(&sandbox);
    terminal.columns = 50;
    let shown = terminal.run(&["call", "list_api_keys"]);
    for line in shown.screen.lines().skip(1) {
        assert!(line.chars().count() <= 50, "{line:?}");
    }
    assert!(shown.errors.contains("not shown: "), "{}", shown.errors);
    terminal.columns = 200;
    let chosen = [
        "call",
        "list_api_keys",
        "--columns",
        "name,id",
        "--page-size",
        "2",
    ];
    let shown = terminal.run(&chosen);
    let head = shown.screen.lines().next().unwrap().replace(BOLD, "");
    assert!(head.starts_with("name "), "{head:?}");
    assert!(!shown.errors.contains("not shown"), "{}", shown.errors);
    assert!(
        shown.errors.contains("go on with --current-page 1"),
        "{}",
        shown.errors
    );
}

#[test]
fn each_form_is_as_asked_for_wherever_it_goes() {
    let sandbox = SandboxProcess::start();
    let form = |more: &[&str]| -> String {
        let line = ["call", "list_workspaces", "--columns", "slug,name"];
        let output = run(&[&line, more].concat(), &sandbox.settings());
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let csv = form(&["-o", "csv"]);
    assert!(csv.starts_with("slug,name\n"), "{csv}");
    assert_eq!(csv.lines().count(), 4, "{csv}");
    let yaml = form(&["--output", "yaml"]);
    assert!(yaml.contains("\n  - ") || yaml.contains("\n- "), "{yaml}");
    let table = form(&["-o", "table"]);
    assert!(
        table.starts_with("slug") && !table.contains('\u{1b}'),
        "{table}"
    );
    let names = form(&["--query", ".data[].name"]);
    assert_eq!(names.lines().count(), 3, "{names}");
    assert!(names.lines().any(|name| name == "Production"), "{names}");
    let quoted = form(&["--query", ".data[].name", "-o", "json"]);
    assert!(
        quoted.lines().any(|name| name == "\"Production\""),
        "{quoted}"
    );
    let rows = form(&["-q", ".data | sort_by(.name)", "-o", "csv"]);
    assert_eq!(rows.lines().count(), 4, "{rows}");
    let object = run(
        &[
            "call",
            "get_workspace",
            "--workspace-id",
            "Production",
            "-o",
            "csv",
        ],
        &sandbox.settings(),
    );
    assert_eq!(
        text(&object.stdout).lines().count(),
        2,
        "{}",
        text(&object.stdout)
    );
}

#[test]
fn a_wrong_query_sends_nothing_and_names_the_place() {
    let nowhere = [
        ("PORTKEY_BASE_URL", "http://127.0.0.1:9"),
        ("PORTKEY_API_KEY", "k"),
    ];
    for (query, part) in [
        (".data[", "closing bracket"),
        (".data | nmae", "no filter `nmae`"),
    ] {
        let output = run(&["call", "list_workspaces", "--query", query], &nowhere);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            text(&output.stderr).contains(part),
            "{}",
            text(&output.stderr)
        );
    }
    let sandbox = SandboxProcess::start();
    let output = run(
        &["call", "list_workspaces", "-q", ".total[0]"],
        &sandbox.settings(),
    );
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("the call was made"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn text_from_portkey_is_visible_in_every_form() {
    let sandbox = SandboxProcess::start();
    let sly = "red\u{1b}[31m \u{202e}txet";
    let made = run(
        &[
            "call",
            "create_workspace",
            "--name",
            "Sly",
            "--description",
            sly,
        ],
        &sandbox.settings(),
    );
    assert!(made.status.success(), "{}", text(&made.stderr));
    for more in [
        &["-o", "json"][..],
        &["-o", "yaml"],
        &["-o", "csv"],
        &["-o", "table"],
        &["-q", ".data[].description"],
        &["-q", "\"a\\u001b[31m\\u202e\""],
    ] {
        let line = [
            "call",
            "list_workspaces",
            "--verbose",
            "--color",
            "always",
            "--exact-name",
            "Sly",
        ];
        let output = run(&[&line, more].concat(), &sandbox.settings());
        let shown = text(&output.stdout)
            .replace("\u{1b}[1m", "")
            .replace("\u{1b}[0m", "");
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(
            !shown.contains(['\u{1b}', '\u{202e}']),
            "{more:?}: {shown:?}"
        );
        assert!(shown.contains("⟨U+202E⟩"), "{more:?}: {shown}");
    }
}

#[test]
fn colours_are_where_they_are_wanted() {
    let sandbox = SandboxProcess::start();
    let list = ["call", "list_workspaces", "-o", "table"];
    let on_terminal = |name: &'static str, value: &str, more: &[&str]| {
        let terminal = Terminal::of(&sandbox).with(name, value);
        terminal.run(&[&list, more].concat()).screen.contains(BOLD)
    };
    assert!(on_terminal("LANG", "C", &[]));
    assert!(!on_terminal("NO_COLOR", "1", &[]));
    assert!(!on_terminal("TERM", "dumb", &[]));
    assert!(!on_terminal("LANG", "C", &["--color", "never"]));
    assert!(on_terminal("NO_COLOR", "1", &["--color", "always"]));
    let in_pipe = |name: &str, value: &str, more: &[&str]| {
        let settings = [&sandbox.settings()[..], &[(name, value)]].concat();
        text(&run(&[&list, more].concat(), &settings).stdout).contains(BOLD)
    };
    assert!(!in_pipe("LANG", "C", &[]));
    assert!(in_pipe("CLICOLOR_FORCE", "1", &[]));
    assert!(in_pipe("LANG", "C", &["--color", "always"]));
    assert_eq!(
        run(&["--color", "blue", "tools"], &[]).status.code(),
        Some(2)
    );
}
