//! The journal of one user: a file that may be removed, locked or looked at by a wrong clock.

use std::{fs, path::PathBuf, sync::mpsc, thread, time::Duration};

use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{SandboxProcess, Wire};

const TOOLS: [&str; 2] = ["--toolsets", "default,list_changes,undo_change"];
const DAY: i64 = 24 * 60 * 60 * 1000;

struct File {
    folder: TempDir,
    sandbox: SandboxProcess,
}

impl File {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            sandbox: SandboxProcess::start(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("journal.sqlite")
    }

    fn server(&self) -> Wire {
        let place = format!("sqlite:{}", self.path().display());
        let arguments = [&TOOLS[..], &["--journal", &place]].concat();
        Wire::initialised(&arguments, &self.sandbox.settings())
    }

    /// Turns the clock by so many days: what was written stays behind.
    fn turn_clock(&self, days: i64) {
        let journal = Connection::open(self.path()).unwrap();
        let turned = journal.execute("UPDATE changes SET at = at - ?", [days * DAY]);
        assert!(turned.unwrap() > 0);
    }
}

fn change(description: &str) -> Value {
    json!({ "workspace_id": "ws-product-8c41d2", "description": description })
}

fn listed(wire: &mut Wire) -> usize {
    let listed = wire.answer("list_changes", json!({}));
    listed["data"].as_array().unwrap().len()
}

#[test]
fn a_journal_that_was_removed_is_begun_anew_and_kept() {
    let file = File::new();
    let mut wire = file.server();
    wire.answer("update_workspace", change("first"));
    for entry in fs::read_dir(file.folder.path()).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    wire.answer("update_workspace", change("second"));
    assert_eq!(listed(&mut wire), 1);
    drop(wire);
    assert_eq!(listed(&mut file.server()), 1);
}

#[test]
fn a_journal_that_was_emptied_does_not_take_changes_that_are_lost() {
    let file = File::new();
    let mut wire = file.server();
    wire.answer("update_workspace", change("first"));
    fs::write(file.path(), "").unwrap();
    let refused = wire.call("update_workspace", change("second"))["isError"] == true;
    drop(wire);
    if !refused {
        assert!(listed(&mut file.server()) > 0);
    }
}

#[test]
fn all_that_is_written_down_is_in_the_one_file() {
    let file = File::new();
    let mut wire = file.server();
    wire.answer("update_workspace", change("first"));
    let files = fs::read_dir(file.folder.path()).unwrap();
    let names: Vec<_> = files.map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names, ["journal.sqlite"]);
}

#[test]
fn a_clock_that_is_wrong_for_a_while_forgets_nothing() {
    let file = File::new();
    let mut wire = file.server();
    wire.answer("update_workspace", change("first"));
    wire.answer("update_workspace", change("second"));
    file.turn_clock(40);
    wire.answer("update_workspace", change("third"));
    wire.answer("update_workspace", change("fourth"));
    file.turn_clock(-40);
    wire.answer("update_workspace", change("fifth"));
    assert_eq!(listed(&mut wire), 5);
}

#[test]
fn what_is_too_old_is_forgotten_a_day_later() {
    let file = File::new();
    let mut wire = file.server();
    wire.answer("update_workspace", change("first"));
    for days in [31, 2] {
        file.turn_clock(days);
        wire.answer("update_workspace", change("later"));
    }
    assert_eq!(listed(&mut wire), 2);
}

#[test]
fn a_journal_that_somebody_holds_refuses_changes_in_time_and_no_reads() {
    let file = File::new();
    let mut wire = file.server();
    wire.answer("update_workspace", change("first"));
    let held = Connection::open(file.path()).unwrap();
    held.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let (done, hears) = mpsc::channel();
    thread::spawn(move || {
        for id in 0..8 {
            let params = json!({ "name": "update_workspace", "arguments": change("held") });
            let request = json!({ "jsonrpc": "2.0", "id": format!("u{id}"), "method": "tools/call", "params": params });
            wire.send(&request);
        }
        let mut refused = 0;
        while refused < 8 {
            let answer = wire.next();
            assert_eq!(answer["result"]["isError"], true, "{answer}");
            refused += 1;
        }
        wire.answer("list_workspaces", json!({}));
        done.send(wire).unwrap();
    });
    let mut wire = hears
        .recv_timeout(Duration::from_secs(30))
        .expect("changes hang");
    held.execute_batch("ROLLBACK").unwrap();
    wire.answer("update_workspace", change("second"));
}
