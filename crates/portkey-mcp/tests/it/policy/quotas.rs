//! So many deletes and new keys, and no more.

use serde_json::{Value, json};

use super::SANDBOX;
use crate::{
    process::{SandboxProcess, Wire},
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
