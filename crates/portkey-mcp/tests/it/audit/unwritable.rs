//! A log that takes no entries for a while, or has strange ones.

use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::Write as _,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::{Log, verify};
use crate::process::{SandboxProcess, Wire, portkey_mcp, program};

/// Far longer than anything here takes, unless it hangs.
const LONG: Duration = Duration::from_mins(1);

fn change(number: usize) -> Value {
    json!({ "workspace_id": "ws-product-8c41d2", "description": format!("change {number}") })
}

fn tools(log: &Log, tool: &str) -> usize {
    let entries = log.entries();
    let sent = entries
        .iter()
        .filter(|entry| entry["tool"] == tool && entry["requests"] != json!([]));
    sent.count()
}

/// A server that may write files of a few kilobytes, until it is allowed more.
#[cfg(target_os = "linux")]
fn with_little_room(log: &Log, sandbox: &SandboxProcess) -> Wire {
    let home = TempDir::new().unwrap();
    let narrow = "trap '' XFSZ; ulimit -S -f 8; exec \"$0\" \"$@\"";
    let inner = portkey_mcp(&home);
    let mut command = Command::new("sh");
    command
        .args(["-c", narrow])
        .arg(program())
        .args(["--journal", "off", "--audit", &log.setting()])
        .env_clear()
        .envs(
            inner
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .envs(sandbox.settings());
    Wire::of(command, home, Stdio::null())
}

#[test]
#[cfg(target_os = "linux")]
fn a_log_that_is_full_stops_changes_until_it_takes_entries_again() {
    let log = Log::new();
    let sandbox = SandboxProcess::start();
    let mut wire = with_little_room(&log, &sandbox);
    wire.initialise("2025-11-25");
    let mut update = |number| wire.call("update_workspace", change(number))["isError"] == true;
    let made = (0..100).take_while(|number| !update(*number)).count();
    assert!((1..100).contains(&made), "{made} changes were made");
    for number in 0..5 {
        assert!(
            update(number),
            "a change is made although it cannot be written down"
        );
    }
    assert!(verify(&log.path(), &[]).0);
    let written = tools(&log, "update_workspace");
    assert!(written < made, "the last change found no room");

    let more = ["--fsize=unlimited:", "--pid", &wire.id()];
    assert!(
        Command::new("prlimit")
            .args(more)
            .status()
            .unwrap()
            .success()
    );
    wire.answer("update_workspace", change(made));
    let (whole, told) = verify(&log.path(), &[]);
    assert!(whole, "{told}");
    assert_eq!(tools(&log, "update_workspace"), made + 1);
}

/// Does something that must not hang.
fn in_time<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, hears) = mpsc::channel();
    thread::spawn(move || done.send(act()));
    hears.recv_timeout(LONG).expect("it hangs")
}

#[test]
fn a_lock_that_somebody_holds_stops_changes_and_no_reads() {
    let log = Log::filled();
    let held = File::open(log.path()).unwrap();
    held.lock().unwrap();
    let setting = log.setting();
    let mut wire = in_time(move || {
        let mut wire = Wire::initialised(&["--sandbox", "--audit", &setting], &[]);
        for _ in 0..3 {
            wire.answer("list_workspaces", json!({}));
        }
        let told = wire.failure("update_workspace", change(0));
        assert!(told.contains("is locked by another process"), "{told}");
        assert!(told.contains("Nothing was sent"), "{told}");
        wire
    });
    held.unlock().unwrap();
    wire.answer("update_workspace", change(1));
    let (whole, told) = verify(&log.path(), &[]);
    // Three before, three reads, what was refused and what was done.
    assert!(whole && told.starts_with("8 entries"), "{told}");
}

#[test]
fn a_lock_that_stays_does_not_keep_the_server_from_ending() {
    let log = Log::filled();
    let held = File::open(log.path()).unwrap();
    held.lock().unwrap();
    let setting = log.setting();
    let ended = in_time(move || {
        let mut wire = Wire::initialised(&["--sandbox", "--audit", &setting], &[]);
        wire.answer("list_workspaces", json!({}));
        wire.close()
    });
    assert_eq!(ended.code(), Some(0));
    drop(held);
}

#[test]
fn whatever_a_client_calls_itself_its_entries_are_short_and_the_next_is_written() {
    let log = Log::new();
    let mut wire = Wire::start(&["--sandbox", "--audit", &log.setting()], &[]);
    let name = "n\u{1}\"".repeat(30_000);
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {},
                         "clientInfo": { "name": name, "version": "1" } });
    wire.request("initialize", params);
    wire.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    wire.answer("list_workspaces", json!({}));
    let update = json!({ "workspace_id": "w\u{1}".repeat(30_000), "name": "x" });
    wire.failure("update_workspace", update);
    wire.answer("update_workspace", change(0));
    for line in log.text().lines() {
        assert!(line.len() < 16 * 1024, "{} bytes", line.len());
    }
    assert!(verify(&log.path(), &[]).0);
}

#[test]
fn a_long_line_that_is_there_already_is_gone_on_from() {
    let log = Log::filled();
    let before = log.text();
    let mut entry: Value = serde_json::from_str(before.lines().last().unwrap()).unwrap();
    let fields = entry.as_object_mut().unwrap();
    let previous = fields.remove("hash").unwrap();
    fields.insert("sequence".to_owned(), 4.into());
    fields.insert("client".to_owned(), "n".repeat(3_000_000).into());
    fields.insert("previous".to_owned(), previous);
    let text = entry.to_string();
    let hash = hexadecimal(&Sha256::digest(text.as_bytes()));
    let line = format!(
        "{},\"hash\":\"{hash}\"}}\n",
        text.strip_suffix('}').unwrap()
    );
    let mut file = OpenOptions::new().append(true).open(log.path()).unwrap();
    file.write_all(line.as_bytes()).unwrap();
    assert!(verify(&log.path(), &[]).0);
    let mut wire = Wire::initialised(&["--sandbox", "--audit", &log.setting()], &[]);
    wire.answer("update_workspace", change(0));
    let (whole, told) = verify(&log.path(), &[]);
    assert!(whole && told.starts_with("5 entries"), "{told}");
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn a_file_of_something_else_is_left_as_it_is() {
    let log = Log::filled();
    for text in [
        "a letter without an end of line",
        "",
        "{\"sequence\":1,\"ti",
    ] {
        fs::write(log.path(), text).unwrap();
        let mut wire = Wire::initialised(&["--sandbox", "--audit", &log.setting()], &[]);
        let refused = wire.call("update_workspace", change(0))["isError"] == true;
        assert_eq!(refused, text.starts_with("a letter"), "{text}");
        assert!(!refused || log.text() == text);
    }
}

#[test]
fn a_file_that_was_removed_is_begun_anew_and_that_is_said() {
    let log = Log::new();
    let said = TempDir::new().unwrap();
    let said = said.path().join("said");
    let arguments = ["--sandbox", "--audit", &log.setting()];
    let out = File::create(&said).unwrap();
    let mut wire = Wire::start_logging(&arguments, &[], out.into());
    wire.initialise("2025-11-25");
    wire.answer("list_workspaces", json!({}));
    fs::remove_file(log.path()).unwrap();
    wire.answer("update_workspace", change(0));
    let (whole, told) = verify(&log.path(), &[]);
    assert!(whole && told.starts_with("1 entries"), "{told}");
    let said = fs::read_to_string(said).unwrap();
    assert!(said.contains("begins anew"), "{said}");
}
