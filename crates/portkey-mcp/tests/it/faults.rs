//! The program on a sandbox whose faults are switched on.

use serde_json::{Value, json};

use crate::process::{SandboxProcess, Wire, run, text};

fn on(sandbox: &SandboxProcess) -> Wire {
    Wire::initialised(&[], &sandbox.settings())
}

fn each<'a>(listing: &'a Value, name: &str) -> Vec<&'a Value> {
    let entries = listing["data"].as_array().unwrap();
    entries.iter().map(|entry| &entry[name]).collect()
}

#[test]
fn what_passes_is_tried_again() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    for rule in [
        "status=429, retry-after=1, first=1",
        "status=503, first=1",
        "truncate, first=1",
        "reset, first=1",
        "html, first=1",
    ] {
        // Beside the list, the server asks once whose the key is.
        let rule = format!("{rule}, path=/v1/admin/workspaces");
        sandbox.faults(&[&rule]);
        let page = wire.answer("list_workspaces", json!({}));
        assert_eq!(
            (&page["total"], sandbox.seen()),
            (&json!(3), vec![2]),
            "{rule}"
        );
    }
}

#[test]
fn a_limit_refuses_writes_before_they_are_done_so_they_are_repeated() {
    let sandbox = SandboxProcess::start_with(&["--fault", "status=429, method=POST, first=1"]);
    let mut wire = on(&sandbox);
    wire.answer("create_workspace", json!({ "name": "Once" }));
    assert_eq!(sandbox.seen(), [2]);
}

#[test]
fn a_write_whose_answer_was_lost_is_not_repeated() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    for (total, rule) in [
        (4, "reset, when=after, method=POST"),
        (5, "status=502, when=after, method=POST"),
        (6, "html, when=after, method=POST"),
        (7, "truncate, method=POST"),
    ] {
        sandbox.faults(&[rule]);
        let name = format!("Lost {total}");
        wire.failure("create_workspace", json!({ "name": name }));
        assert_eq!(sandbox.seen(), [1], "{rule}");
        let page = wire.answer("list_workspaces", json!({}));
        assert_eq!(page["total"], total, "{rule}");
    }
}

#[test]
fn the_page_of_a_proxy_is_told_in_a_sentence() {
    let sandbox = SandboxProcess::start_with(&["--fault", "html"]);
    let mut wire = Wire::initialised(&["--max-retries", "0"], &sandbox.settings());
    let failure = wire.failure("list_workspaces", json!({}));
    assert!(failure.contains("502 Bad Gateway"), "{failure}");
    assert!(!failure.contains('<'), "{failure}");
}

#[test]
fn other_shapes_become_the_usual_ones() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    let prompt = wire.answer("list_prompts", json!({}))["data"][0]["slug"].clone();
    let usual = wire.answer("list_prompt_versions", json!({ "prompt_id": prompt }));
    sandbox.faults(&[
        "shape=flat-configs",
        "shape=config-objects",
        "shape=bare-lists",
        "shape=forbidden-for-missing",
    ]);
    let config = json!({ "name": "Shaped", "config": { "retry": { "attempts": 3 } } });
    let made = wire.answer("create_config", config);
    let read = wire.answer("get_config", json!({ "slug": made["slug"] }));
    assert_eq!(read["config"]["retry"]["attempts"], 3, "{read}");
    let versions = wire.answer("list_prompt_versions", json!({ "prompt_id": prompt }));
    assert_eq!(each(&versions, "id"), each(&usual, "id"));
    let failure = wire.failure("get_prompt", json!({ "prompt_id": "pp-none" }));
    assert!(
        failure.contains("403 AB03") && failure.contains("list_prompts"),
        "{failure}"
    );
}

#[test]
fn a_fault_or_a_plan_that_is_none_stops_the_program() {
    for (flag, value, part) in [
        ("--fault", "status=200", "429"),
        ("--fault", "lateness=3", "latency"),
        ("--plan", "platinum", "enterprise"),
    ] {
        let output = run(&["sandbox", "--port", "0", flag, value], &[]);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains(value) && said.contains(part), "{said}");
    }
}

#[test]
fn a_plan_is_chosen_at_the_start_and_comes_back() {
    let sandbox = SandboxProcess::start_with(&["--plan", "free"]);
    let mut wire = on(&sandbox);
    let failure = wire.failure("list_all_users", json!({}));
    assert!(failure.contains("Enterprise"), "{failure}");
    sandbox.control("PUT", "/plan", &json!({ "plan": "enterprise" }));
    wire.answer("list_all_users", json!({}));
    sandbox.control("POST", "/reset", &json!({}));
    wire.failure("list_all_users", json!({}));
}

#[cfg(unix)]
#[test]
fn who_is_being_answered_when_it_stops_is_answered() {
    let sandbox = SandboxProcess::start_with(&["--fault", "latency=300"]);
    let address = sandbox.url.clone();
    let settings = [
        ("PORTKEY_BASE_URL", address.as_str()),
        ("PORTKEY_API_KEY", &sandbox.admin_key.clone()),
        ("PORTKEY_MAX_RETRIES", "0"),
    ];
    std::thread::scope(|threads| {
        let call = threads.spawn(|| run(&["call", "list_workspaces"], &settings));
        while sandbox.seen() == [0] {
            std::thread::yield_now();
        }
        assert_eq!(sandbox.terminate().code(), Some(0));
        let output = call.join().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    });
}

#[cfg(unix)]
#[test]
fn a_shell_reads_what_is_printed() {
    let key = "it's $HOME's `key`";
    let home = tempfile::tempdir().unwrap();
    let printed = home.path().join("sandbox.env");
    let mut child = crate::process::portkey_mcp(&home)
        .args(["sandbox", "--port", "0", "--admin-key", key])
        .stdout(std::fs::File::create(&printed).unwrap())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while std::fs::read_to_string(&printed).unwrap().lines().count() < 3 {
        std::thread::yield_now();
    }
    let script = ". \"$0\"; printf %s \"$PORTKEY_API_KEY\"";
    let shell = std::process::Command::new("sh")
        .args(["-c", script])
        .arg(&printed)
        .output();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(text(&shell.unwrap().stdout), key);
}
