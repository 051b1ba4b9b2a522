//! A sandbox in a file keeps what it holds, from one process to the next and for several at once.

use std::{path::Path, process::Output, thread};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Wire, portkey_mcp, run, text};

/// A folder that several calls use as their home, and a sandbox in it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self) -> String {
        self.0.path().join("demo.db").display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = portkey_mcp(&self.0);
        command
            .arg(format!("--sandbox={}", self.file()))
            .args(arguments);
        command.output().unwrap()
    }

    fn answer(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["call"], arguments].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn create(&self, name: &str) -> Value {
        let retries = ["--retry-attempts", "3"];
        self.answer(&[&["create_config", "--name", name], &retries[..]].concat())
    }

    fn configs(&self) -> Vec<String> {
        let list = self.answer(&["list_configs"]);
        let configs = list["data"].as_array().unwrap().iter();
        configs
            .map(|config| config["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn what_one_call_makes_the_next_one_lists_and_undoes() {
    let home = Home::new();
    home.create("Patient");
    assert!(home.configs().contains(&"Patient".to_owned()));
    let changes = home.answer(&["list_changes"]);
    let id = changes["data"][0]["id"].as_str().unwrap();
    let undone = home.answer(&["undo_change", "--id", id]);
    assert_eq!(undone["tool"], "delete_config");
    assert!(!home.configs().contains(&"Patient".to_owned()));
    assert!(Path::new(&format!("{}.journal", home.file())).exists());
}

#[test]
fn each_file_has_changes_of_its_own_in_a_journal_that_they_share() {
    let (one, other) = (Home::new(), Home::new());
    let journal = format!("sqlite:{}", one.0.path().join("journal").display());
    one.answer(&[
        "create_config",
        "--name",
        "A",
        "--retry-attempts",
        "3",
        "--journal",
        &journal,
    ]);
    let changes = |home: &Home| {
        let list = home.answer(&["list_changes", "--journal", &journal]);
        list["data"].as_array().unwrap().len()
    };
    assert_eq!((changes(&one), changes(&other)), (1, 0));
}

#[test]
fn processes_that_begin_at_the_same_time_share_the_file() {
    let home = Home::new();
    let names = ["A", "B", "C", "D"];
    thread::scope(|scope| {
        for name in names {
            scope.spawn(|| home.create(name));
        }
    });
    let configs = home.configs();
    for name in names {
        assert!(configs.contains(&name.to_owned()), "{name}: {configs:?}");
    }
}

#[test]
fn servers_share_the_file_while_both_run() {
    let home = Home::new();
    let flag = format!("--sandbox={}", home.file());
    let mut one = Wire::initialised(&[&flag], &[]);
    let mut other = Wire::initialised(&[&flag], &[]);
    for (number, name) in ["A", "B", "C"].into_iter().enumerate() {
        let config = json!({ "name": name, "retry_attempts": 3 });
        let (writer, reader) = if number % 2 == 0 {
            (&mut one, &mut other)
        } else {
            (&mut other, &mut one)
        };
        let made = writer.answer("create_config", config);
        let read = reader.answer("get_config", json!({ "slug": made["slug"] }));
        assert_eq!(read["name"], name);
    }
}

#[test]
fn a_file_of_something_else_is_refused_with_the_reason() {
    let home = Home::new();
    std::fs::write(home.file(), "these are notes, and no database at all").unwrap();
    let output = home.run(&["call", "list_configs"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("demo.db: file is not a database"), "{said}");
    assert!(
        std::fs::read_to_string(home.file())
            .unwrap()
            .starts_with("these are notes")
    );
}

#[test]
fn a_misspelt_switch_is_no_file() {
    let output = run(&["--sandbox=flase", "call", "list_configs"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("expected true, false or a file"), "{said}");
}

#[test]
fn a_long_list_says_nothing_into_a_pipe() {
    let output = run(
        &[
            "--sandbox",
            "call",
            "list_all_users",
            "--all",
            "true",
            "--page-size",
            "1",
            "--verbose",
        ],
        &[],
    );
    assert!(output.status.success());
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said:?}");
    assert!(said.contains("SANDBOX"), "{said:?}");
}

#[test]
fn who_names_a_wrong_flag_hears_what_the_tool_needs() {
    let output = run(&["call", "get_workspace_member", "--person", "x"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    for part in [
        "unexpected argument '--person'",
        "--workspace-id <VALUE> --user-id <VALUE> [OPTIONS]",
    ] {
        assert!(said.contains(part), "{said}");
    }
}
