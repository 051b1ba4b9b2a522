//! Every call is written down, and what was written cannot be changed unseen.

mod broken_off;
mod database;
mod unwritable;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    process::{SandboxProcess, Wire, run, text},
    served::{Served, message},
};

/// An audit log in a folder that is gone with this.
struct Log {
    folder: TempDir,
}

impl Log {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("deep/audit.jsonl")
    }

    fn setting(&self) -> String {
        format!("file:{}", self.path().display())
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    fn entries(&self) -> Vec<Value> {
        let text = self.text();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Three reads, so three lines.
    fn filled() -> Self {
        let log = Self::new();
        let mut wire = Wire::initialised(&["--sandbox", "--audit", &log.setting()], &[]);
        for _ in 0..3 {
            wire.answer("list_workspaces", json!({}));
        }
        log
    }

    fn write(&self, lines: &[&str]) {
        let text = lines.join("\n") + "\n";
        fs::write(self.path(), text).unwrap();
    }
}

/// What `audit verify` says, and whether it is content.
fn verify(path: &Path, arguments: &[&str]) -> (bool, String) {
    let mut words = vec!["audit", "verify", path.to_str().unwrap()];
    words.extend(arguments);
    let output = run(&words, &[]);
    let told = text(&output.stdout) + &text(&output.stderr);
    if !output.status.success() {
        assert_eq!(output.status.code(), Some(1), "{told}");
    }
    (output.status.success(), told)
}

fn head(told: &str) -> String {
    told.split_once("head: ").unwrap().1.trim().to_owned()
}

#[test]
fn each_call_is_a_line_that_says_who_did_what_to_which() {
    let log = Log::new();
    let mut wire = Wire::initialised(&["--sandbox", "--audit", &log.setting()], &[]);
    let secret = "sk-canary-0123456789abcdef";
    let made = wire.answer(
        "create_virtual_key",
        json!({ "name": "Told nobody", "provider": "openai", "key": secret,
                "workspace_id": "ws-product-8c41d2" }),
    );
    wire.answer("delete_virtual_key", json!({ "slug": made["slug"] }));
    wire.failure("get_config", json!({ "slug": "pc-none" }));
    wire.answer(
        "delete_config",
        json!({ "slug": "pc-none", "dry_run": true }),
    );
    let entries = log.entries();
    assert_eq!(entries.len(), 4, "{entries:?}");
    let [create, delete, read, dry] = entries.as_slice() else {
        unreachable!()
    };
    assert_eq!(create["sequence"], 1);
    assert_eq!(create["principal"], "local");
    assert_eq!(create["client"], "test");
    assert_eq!(create["tool"], "create_virtual_key");
    assert_eq!(create["effect"], "create");
    assert_eq!(create["target"], "virtual-keys");
    assert_eq!(create["workspace"], "ws-product-8c41d2");
    assert_eq!(create["decision"], "allowed");
    assert_eq!(create["outcome"], "ok");
    assert!(create["duration_ms"].is_u64());
    assert_eq!(create["requests"][0]["request"], "POST virtual-keys");
    assert_eq!(create["requests"][0]["status"], 200);
    let slug = made["slug"].as_str().unwrap();
    assert_eq!(delete["target"], format!("virtual-keys/{slug}"));
    assert_eq!(read["target"], "configs/pc-none");
    assert_ne!(read["outcome"], "ok");
    assert_eq!(dry["decision"], "dry_run");
    let sent = json!([{ "request": "GET configs/pc-none", "status": 404 }]);
    assert_eq!(dry["requests"], sent, "it only reads");
    let text = log.text();
    assert!(
        !text.contains(secret) && !text.contains("Told nobody"),
        "{text}"
    );
}

#[test]
fn a_workflow_shows_what_it_sent_and_a_gateway_call_what_support_finds_it_by() {
    let log = Log::new();
    let sandbox = SandboxProcess::start();
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", sandbox.workspace_key.as_str()),
    ];
    let mut wire = Wire::initialised(&["--audit", &log.setting()], &settings);
    let prompts = wire.answer("list_prompts", json!({}));
    let slug = &prompts["data"][0]["slug"];
    wire.answer(
        "run_prompt_completion",
        json!({ "prompt_id": slug, "variables": {} }),
    );
    wire.call(
        "migrate_prompt",
        json!({ "name": "Moved", "collection_id": prompts["data"][0]["collection_id"],
                "app": "shop", "env": "dev", "string": "Hello", "virtual_key": "openai-prod", "model": "gpt-4o" }),
    );
    let entries = log.entries();
    let run = entries
        .iter()
        .find(|entry| entry["tool"] == "run_prompt_completion")
        .unwrap();
    assert!(run["requests"][0]["trace_id"].is_string(), "{run}");
    assert_eq!(run["effect"], "execute");
}

#[test]
#[cfg(unix)]
fn by_default_it_is_a_file_of_the_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let sandbox = SandboxProcess::start();
    let mut wire = Wire::initialised(&[], &sandbox.settings());
    wire.answer("list_workspaces", json!({}));
    let path = wire.home.path().join("portkey-mcp/audit.jsonl");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(verify(&path, &[]).0);
}

#[test]
fn what_the_policy_refuses_is_written_with_its_rule() {
    let log = Log::new();
    let mut wire = Wire::initialised(
        &["--sandbox", "--read-only", "--audit", &log.setting()],
        &[],
    );
    let call = json!({ "name": "delete_config", "arguments": { "slug": "pc-x" } });
    wire.request("tools/call", call);
    let entry = &log.entries()[0];
    assert_eq!(entry["decision"], "refused");
    assert!(!entry["rule"].as_str().unwrap().is_empty(), "{entry}");
    assert_eq!(entry["target"], "configs/pc-x");
    assert_eq!(entry["requests"], json!([]));
}

#[test]
fn a_restart_goes_on_with_the_chain() {
    let log = Log::filled();
    let mut wire = Wire::initialised(&["--sandbox", "--audit", &log.setting()], &[]);
    wire.answer("list_workspaces", json!({}));
    let (whole, told) = verify(&log.path(), &[]);
    assert!(whole && told.starts_with("4 entries from "), "{told}");
}

#[test]
fn processes_that_share_a_file_keep_one_chain() {
    let log = Log::new();
    let setting = log.setting();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut wire = Wire::initialised(&["--sandbox", "--audit", &setting], &[]);
                for _ in 0..10 {
                    wire.answer("list_workspaces", json!({}));
                }
            });
        }
    });
    let (whole, told) = verify(&log.path(), &[]);
    assert!(whole && told.starts_with("30 entries"), "{told}");
}

#[test]
fn what_was_changed_taken_out_or_moved_is_found() {
    let log = Log::filled();
    let (whole, told) = verify(&log.path(), &[]);
    assert!(whole, "{told}");
    let before = log.text();
    let lines: Vec<&str> = before.lines().collect();
    let [one, two, three] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    let changed = two.replace("list_workspaces", "list_workspacez");
    let rehashed = |line: &str| line.replace("\"local\"", "\"nobody\"");
    let cases: [(&[&str], &str); 6] = [
        (&[one, &changed, three], "line 2 was changed"),
        (&[&rehashed(one), two, three], "line 1 was changed"),
        (
            &[one, three],
            "line 2 is entry 3: entries 2 to 2 are missing",
        ),
        (
            &[two, three],
            "line 1 is entry 2: entries 1 to 1 are missing",
        ),
        (&[one, two, one], "line 3 is entry 1"),
        (&[one, "{}", three], "line 2 is no entry"),
    ];
    for (lines, part) in cases {
        log.write(lines);
        let (whole, told) = verify(&log.path(), &[]);
        assert!(!whole && told.contains(part), "no {part:?} in {told}");
    }
}

#[test]
fn a_tail_that_was_cut_off_shows_by_the_head_that_was_kept() {
    let log = Log::filled();
    let kept = head(&verify(&log.path(), &[]).1);
    let before = log.text();
    let lines: Vec<&str> = before.lines().collect();
    log.write(&lines[..2]);
    let (whole, told) = verify(&log.path(), &[]);
    assert!(whole, "{told}");
    let (whole, told) = verify(&log.path(), &["--head", &kept]);
    assert!(!whole && told.contains("cut off at the end"), "{told}");
    // A log that has grown since still holds what was its head.
    log.write(&lines);
    let mut wire = Wire::initialised(&["--sandbox", "--audit", &log.setting()], &[]);
    wire.answer("list_workspaces", json!({}));
    let (whole, told) = verify(&log.path(), &["--head", &kept]);
    assert!(whole && head(&told) != kept, "{told}");
}

#[test]
fn an_entry_that_was_never_finished_is_dropped_by_the_next() {
    let log = Log::filled();
    let torn = log.text() + "{\"sequence\":4,\"ti";
    fs::write(log.path(), torn).unwrap();
    let (whole, told) = verify(&log.path(), &[]);
    assert!(!whole && told.contains("line 4 was cut off"), "{told}");
    let mut wire = Wire::initialised(&["--sandbox", "--audit", &log.setting()], &[]);
    wire.answer("list_workspaces", json!({}));
    let (whole, told) = verify(&log.path(), &[]);
    assert!(whole && told.starts_with("4 entries"), "{told}");
}

#[test]
fn without_a_log_nothing_is_changed_but_things_can_be_read() {
    let arguments = ["--sandbox", "--audit", "file:/dev/null/audit.jsonl"];
    let mut wire = Wire::initialised(&arguments, &[]);
    let before = wire.answer("list_workspaces", json!({}));
    let told = wire.failure("create_workspace", json!({ "name": "Unseen" }));
    assert!(
        told.contains("--audit") && told.contains("Nothing was sent"),
        "{told}"
    );
    let after = wire.answer("list_workspaces", json!({}));
    assert_eq!(before["total"], after["total"]);
}

#[test]
fn a_log_that_was_tampered_with_is_not_continued() {
    let log = Log::filled();
    let changed = log.text().replace("list_workspaces", "list_workspacez");
    fs::write(log.path(), changed).unwrap();
    let mut wire = Wire::initialised(&["--sandbox", "--audit", &log.setting()], &[]);
    let told = wire.failure("create_workspace", json!({ "name": "Unseen" }));
    assert!(told.contains("portkey-mcp audit verify"), "{told}");
}

#[tokio::test]
async fn over_http_it_is_among_the_logs_and_names_who_called() {
    let server = Served::on_sandbox(&["--log-format", "json"]);
    let call = json!({ "name": "list_workspaces", "arguments": {} });
    message(server.modern("tools/call", call).send().await.unwrap()).await;
    let line = server.says("portkey_mcp::audit").await;
    let entry: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(entry["tool"], "list_workspaces");
    assert_eq!(entry["decision"], "allowed");
    assert_eq!(entry["client"], "test");
    assert!(entry["principal"].is_string(), "{entry}");
}

#[tokio::test]
async fn over_http_a_file_is_written_where_it_is_wanted() {
    let log = Log::new();
    let server = Served::on_sandbox(&["--audit", &log.setting()]);
    let calls = (0..20).map(|_| async {
        let call = json!({ "name": "list_workspaces", "arguments": {} });
        message(server.modern("tools/call", call).send().await.unwrap()).await
    });
    futures_util::future::join_all(calls).await;
    let (whole, told) = verify(&log.path(), &[]);
    assert!(whole && told.starts_with("20 entries"), "{told}");
}

#[test]
fn a_call_that_is_withdrawn_is_written_too() {
    let log = Log::new();
    let sandbox = SandboxProcess::start();
    sandbox.faults(&["latency=30000, path=/v1/admin/workspaces"]);
    let mut wire = Wire::initialised(&["--audit", &log.setting()], &sandbox.settings());
    wire.send(&json!({ "jsonrpc": "2.0", "id": 77, "method": "tools/call",
                       "params": { "name": "list_workspaces", "arguments": {} } }));
    // The request is on its way when another has been answered.
    wire.answer("list_configs", json!({}));
    wire.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 77 } }));
    for _ in 0..600 {
        if log.entries().len() == 2 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let entries = log.entries();
    let entry = entries
        .iter()
        .find(|entry| entry["tool"] == "list_workspaces")
        .unwrap();
    assert_eq!(entry["outcome"], "cancelled");
}

#[test]
fn the_command_line_is_audited_too_and_off_means_off() {
    let sandbox = SandboxProcess::start();
    let log = Log::new();
    let setting = log.setting();
    let call = ["call", "list_workspaces", "--audit"];
    let output = run(&[&call[..], &[&setting]].concat(), &sandbox.settings());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(log.entries()[0]["client"], "portkey-mcp call");
    let output = run(
        &[&call[..], &["off", "--log", "portkey_mcp::audit=info"]].concat(),
        &sandbox.settings(),
    );
    assert!(!text(&output.stderr).contains("list_workspaces"));
    let output = run(&[&call[..], &["log"]].concat(), &sandbox.settings());
    assert!(text(&output.stderr).contains("list_workspaces"));
}
