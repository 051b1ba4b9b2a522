//! A session on standard input and output: how it ends, and what the SDK alone would leave unanswered.

use std::{fs, thread, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{SandboxProcess, Wire};

/// A server whose changes take a while, and its audit log.
struct Slow {
    wire: Wire,
    sandbox: SandboxProcess,
    folder: TempDir,
}

impl Slow {
    fn start(latency: Duration, more: &[&str]) -> Self {
        let sandbox = SandboxProcess::start();
        let folder = TempDir::new().unwrap();
        sandbox.faults(&[&format!("latency={}, method=PUT", latency.as_millis())]);
        let audit = format!("file:{}", folder.path().join("audit.jsonl").display());
        let arguments = [&["--audit", &audit][..], more].concat();
        let wire = Wire::initialised(&arguments, &sandbox.settings());
        Self {
            wire,
            sandbox,
            folder,
        }
    }

    /// Begins a change, and waits until Portkey was asked for it.
    fn begin(&mut self, id: &Value) {
        self.wire.send(&change(id));
        while self.sandbox.seen() != [1] {
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn entries(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.path().join("audit.jsonl")).unwrap_or_default();
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

fn change(id: &Value) -> Value {
    let change = json!({ "workspace_id": "ws-product-8c41d2", "description": "changed" });
    call(id, "update_workspace", &change)
}

fn call(id: &Value, tool: &str, arguments: &Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

#[test]
#[cfg(unix)]
fn a_call_in_flight_ends_before_the_server_that_is_told_to() {
    for signal in ["TERM", "INT", "HUP"] {
        let mut slow = Slow::start(Duration::from_secs(3), &[]);
        slow.begin(&json!("a"));
        slow.wire.signal(signal);
        let answer = slow.wire.next();
        assert_eq!(answer["id"], "a");
        assert_eq!(answer["result"]["isError"], false, "{answer}");
        assert_eq!(slow.wire.end().code(), Some(0), "{signal}");
        let entries = slow.entries();
        assert_eq!(entries.len(), 1, "{entries:?}");
        assert_eq!(entries[0]["outcome"], "ok");
    }
}

#[test]
#[cfg(unix)]
fn no_call_is_begun_by_a_server_that_was_told_to_end() {
    let mut slow = Slow::start(Duration::from_secs(3), &[]);
    slow.begin(&json!("a"));
    slow.wire.signal("TERM");
    // The signal takes a moment to arrive.
    for number in 0.. {
        slow.wire
            .send(&call(&json!(number), "list_configs", &json!({})));
        let answer = slow.wire.next();
        assert_ne!(answer["id"], "a", "the server took calls to the end");
        if answer["error"].is_object() {
            let told = answer["error"]["message"].as_str().unwrap();
            assert!(told.contains("about to end"), "{told}");
            break;
        }
    }
    assert_eq!(slow.wire.next()["id"], "a");
    assert_eq!(slow.wire.end().code(), Some(0));
}

#[test]
#[cfg(unix)]
fn a_call_that_takes_longer_than_the_drain_is_cut_and_written_down() {
    let mut slow = Slow::start(Duration::from_mins(10), &["--drain", "1s"]);
    slow.begin(&json!("a"));
    slow.wire.signal("TERM");
    let answer = slow.wire.next();
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert_eq!(slow.wire.end().code(), Some(0));
    cut(&slow.entries());
}

#[test]
#[cfg(unix)]
fn a_second_signal_ends_the_server_at_once_and_what_was_sent_is_written_down() {
    let mut slow = Slow::start(Duration::from_mins(10), &["--drain", "10m"]);
    slow.begin(&json!("a"));
    slow.wire.signal("TERM");
    thread::sleep(Duration::from_millis(200));
    slow.wire.signal("TERM");
    assert_eq!(slow.wire.end().code(), Some(0));
    cut(&slow.entries());
}

fn cut(entries: &[Value]) {
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(entries[0]["outcome"], "cancelled");
    let sent = entries[0]["requests"].as_array().unwrap().last().cloned();
    let sent = sent.unwrap_or_default();
    assert_eq!(
        sent,
        json!({ "request": "PUT admin/workspaces/ws-product-8c41d2" })
    );
}

#[test]
fn the_end_of_the_input_lets_calls_end() {
    // Longer than the SDK has patience.
    let mut slow = Slow::start(Duration::from_secs(8), &[]);
    slow.begin(&json!("a"));
    slow.wire.hang_up();
    let answer = slow.wire.next();
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    assert_eq!(slow.wire.end().code(), Some(0));
    assert_eq!(slow.entries()[0]["outcome"], "ok");
}

#[test]
fn the_end_of_the_input_ends_what_only_the_client_could_answer() {
    let sandbox = SandboxProcess::start();
    let mut wire = Wire::start(&["--audit", "log", "--drain", "10m"], &sandbox.settings());
    wire.initialise_with("2025-11-25", json!({ "elicitation": {} }));
    let made = wire.answer("create_collection", json!({ "name": "asked for" }));
    let delete = json!({ "collection_id": made["id"] });
    wire.send(&call(&json!("a"), "delete_collection", &delete));
    assert_eq!(wire.next()["method"], "elicitation/create");
    wire.hang_up();
    let answer = wire.next();
    assert_eq!(
        (&answer["id"], &answer["result"]["isError"]),
        (&json!("a"), &json!(true))
    );
    assert_eq!(wire.end().code(), Some(0));
}

#[test]
#[cfg(unix)]
fn a_client_that_reads_no_more_does_not_keep_the_server() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all", "--drain", "1s"], &[]);
    // Lists that are longer than a pipe holds.
    for id in 0..8 {
        wire.send(&json!({ "jsonrpc": "2.0", "id": format!("l{id}"), "method": "tools/list" }));
    }
    wire.signal("TERM");
    assert_eq!(wire.end().code(), Some(0));
}

/// Some clients connect servers by sockets instead of pipes.
#[test]
#[cfg(unix)]
fn a_server_on_a_socket_ends_when_it_is_told() {
    use std::{
        io::{BufRead as _, BufReader, Write as _},
        os::{fd::OwnedFd, unix::net::UnixStream},
        process::{Command, Stdio},
    };

    let home = TempDir::new().unwrap();
    let (input, mut ours) = UnixStream::pair().unwrap();
    let (output, theirs) = UnixStream::pair().unwrap();
    let mut child = crate::process::portkey_mcp(&home)
        .arg("--sandbox")
        .stdin(OwnedFd::from(input))
        .stdout(OwnedFd::from(theirs))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {},
                         "clientInfo": { "name": "test", "version": "1" } });
    let opening = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
    writeln!(ours, "{opening}").unwrap();
    let mut answer = String::new();
    BufReader::new(output).read_line(&mut answer).unwrap();
    assert!(answer.contains("serverInfo"), "{answer}");
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-s", "TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
    drop(ours);
}

#[test]
fn an_id_that_is_in_use_is_refused_and_the_first_request_keeps_its_answer() {
    let mut slow = Slow::start(Duration::from_secs(3), &[]);
    slow.begin(&json!(7));
    for _ in 0..2 {
        slow.wire.send(&call(&json!(7), "list_configs", &json!({})));
        let answer = slow.wire.next();
        assert_eq!(answer["id"], 7);
        assert_eq!(answer["error"]["code"], -32600, "{answer}");
        let told = answer["error"]["message"].as_str().unwrap();
        assert!(told.contains("in use"), "{told}");
    }
    let answer = slow.wire.next();
    assert_eq!(answer["id"], 7);
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    // It is free again.
    slow.wire.send(&call(&json!(7), "list_configs", &json!({})));
    assert_eq!(slow.wire.next()["result"]["isError"], false);
}

#[test]
fn a_line_that_is_too_long_is_answered_and_the_next_is_read() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let long = "x".repeat(17 << 20);
    let params = format!(
        r#""method":"tools/call","params":{{"name":"list_configs","arguments":{{"id":5,"search":"{long}"}}}}"#
    );
    for (line, id) in [
        (
            format!(r#"{{"jsonrpc":"2.0","id":"first",{params}}}"#),
            json!("first"),
        ),
        (
            format!(r#"{{{params},"jsonrpc":"2.0","id":41}}"#),
            json!(41),
        ),
        (format!(r#"{{{params},"jsonrpc":"2.0"}}"#), Value::Null),
        (
            format!(r#"[{{"jsonrpc":"2.0","id":1,{params}}}]"#),
            Value::Null,
        ),
        (long, Value::Null),
    ] {
        wire.write(&line);
        wire.write("\n");
        let answer = wire.next();
        assert_eq!(answer["id"], id, "{answer}");
        assert_eq!(answer["error"]["code"], -32600, "{answer}");
        let told = answer["error"]["message"].as_str().unwrap();
        assert!(told.contains("16777216 bytes"), "{told}");
        wire.answer("list_configs", json!({}));
    }
}
