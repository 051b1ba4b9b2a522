//! So many deletes and new keys, and no more.

use serde_json::{Value, json};

use super::SANDBOX;
use crate::{
    process::{SandboxProcess, Wire, run, text},
    redis_server::RedisServer,
    served::{Served, message},
};

fn collection(wire: &mut Wire, name: &str) -> Value {
    wire.answer("create_collection", json!({ "name": name }))["id"].clone()
}

#[test]
fn deletes_end_with_the_quota_and_nothing_that_deletes_nothing_counts() {
    let mut wire = Wire::initialised(&["--quota-deletes", "2/h"], &SANDBOX);
    let ids = ["a", "b", "c"].map(|name| collection(&mut wire, name));
    for _ in 0..5 {
        let dry = json!({ "collection_id": ids[0], "dry_run": true });
        wire.answer("delete_collection", dry);
    }
    for id in &ids[..2] {
        wire.answer("delete_collection", json!({ "collection_id": id }));
    }
    let told = wire.failure("delete_collection", json!({ "collection_id": ids[2] }));
    assert!(told.contains("`--quota-deletes 2/h` is used up"), "{told}");
    assert!(
        told.contains("the next such call may be made in 1"),
        "{told}"
    );
    assert!(told.contains("Only the operator"), "{told}");
    wire.answer("get_collection", json!({ "collection_id": ids[2] }));
}

#[test]
fn what_mints_secrets_has_a_quota_of_its_own() {
    let mut wire = Wire::initialised(&["--quota-keys", "1/h"], &SANDBOX);
    let key = |name: &str| {
        json!({ "type": "workspace", "sub_type": "service", "name": name, "scopes": ["logs.view"],
                "workspace_id": "ws-staging-51f0ae" })
    };
    wire.answer("create_api_key", key("first"));
    let told = wire.failure("create_api_key", key("second"));
    assert!(told.contains("`--quota-keys 1/h` is used up"), "{told}");
}

#[test]
fn a_refused_call_reaches_nobody() {
    let sandbox = SandboxProcess::start();
    let mut wire = Wire::initialised(&["--quota-deletes", "1/h"], &sandbox.settings());
    let ids = ["a", "b"].map(|name| collection(&mut wire, name));
    wire.answer("delete_collection", json!({ "collection_id": ids[0] }));
    sandbox.faults(&["status=503, method=DELETE"]);
    wire.failure("delete_collection", json!({ "collection_id": ids[1] }));
    assert_eq!(sandbox.seen(), [0]);
}

#[test]
fn a_restart_does_not_refill_a_quota() {
    let sandbox = SandboxProcess::start();
    let data = tempfile::TempDir::new().unwrap();
    let [url, key] = sandbox.settings();
    let settings = [url, key, ("XDG_DATA_HOME", data.path().to_str().unwrap())];
    let arguments = ["--quota-deletes", "2/h", "--audit", "log"];
    for number in 0..3 {
        let mut wire = Wire::initialised(&arguments, &settings);
        let id = collection(&mut wire, &format!("c{number}"));
        let deleted = wire.call("delete_collection", json!({ "collection_id": id }));
        assert_eq!(deleted["isError"], number == 2, "{deleted}");
    }
    // The command line counts on the same.
    let mut wire = Wire::initialised(&["--audit", "log"], &settings);
    let id = collection(&mut wire, "of the command line");
    let words = [
        "call",
        "delete_collection",
        "--collection-id",
        id.as_str().unwrap(),
    ];
    let output = run(&[&words[..], &arguments].concat(), &settings);
    let told = text(&output.stderr);
    assert!(told.contains("`--quota-deletes 2/h` is used up"), "{told}");
}

#[test]
fn what_is_used_up_comes_back_with_time_and_a_wrong_clock_holds_nobody_up_for_longer() {
    let sandbox = SandboxProcess::start();
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("journal.sqlite");
    let place = format!("sqlite:{}", path.display());
    let arguments = ["--quota-deletes", "1/h", "--journal", &place];
    let mut wire = Wire::initialised(&arguments, &sandbox.settings());
    let ids = ["a", "b"].map(|name| collection(&mut wire, name));
    wire.answer("delete_collection", json!({ "collection_id": ids[0] }));
    let turn = |hours: i64| {
        let quotas = folder.path().join("journal.sqlite-quotas");
        let quotas = rusqlite::Connection::open(quotas).unwrap();
        let turned = quotas.execute(
            "UPDATE quotas SET full_at = full_at - ?",
            [hours * 3_600_000],
        );
        assert_eq!(turned.unwrap(), 1);
    };
    // A clock that was years ahead when the quota was taken from.
    turn(-100_000);
    drop(wire);
    let mut wire = Wire::initialised(&arguments, &sandbox.settings());
    let told = wire.failure("delete_collection", json!({ "collection_id": ids[1] }));
    let seconds = told.split_once("may be made in ").unwrap().1;
    let seconds: u64 = seconds.split(' ').next().unwrap().parse().unwrap();
    assert!(seconds <= 3600, "{told}");
    turn(200_000);
    drop(wire);
    let mut wire = Wire::initialised(&arguments, &sandbox.settings());
    wire.answer("delete_collection", json!({ "collection_id": ids[1] }));
}

#[tokio::test]
async fn replicas_count_together() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let sandbox = SandboxProcess::start();
    let [url, key] = sandbox.settings();
    let settings = [url, key, ("MCP_SHARED_STATE", redis.url.as_str())];
    let arguments = ["--quota-deletes", "2/h", "--confirm", "never"];
    let replicas = [(); 2].map(|()| Served::start(&arguments, &settings));
    let call = async |number: usize, tool: &str, arguments: Value| {
        let call = json!({ "name": tool, "arguments": arguments });
        let request = replicas[number % 2].modern("tools/call", call);
        message(request.send().await.unwrap()).await["result"].clone()
    };
    for number in 0..3 {
        let made = call(
            number,
            "create_collection",
            json!({ "name": format!("c{number}") }),
        )
        .await;
        let text = made["content"][0]["text"].as_str().unwrap();
        let made: Value = serde_json::from_str(text).unwrap();
        let deleted = call(
            number,
            "delete_collection",
            json!({ "collection_id": made["id"] }),
        )
        .await;
        assert_eq!(deleted["isError"], number == 2, "{deleted}");
    }
}
