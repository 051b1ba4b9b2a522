//! What clients send that is not quite what the protocol says, on both transports.

use std::{fs::File, io::Read as _, process::Stdio};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::{
    process::Wire,
    served::{Served, message},
};

const BOM: &str = "\u{feff}";

/// The params of openings that clients send, none of which is what the protocol says.
fn openings() -> Vec<Value> {
    let known = json!({ "name": "test", "version": "1" });
    vec![
        json!({ "protocolVersion": "2025-06-18", "capabilities": {} }),
        json!({ "protocolVersion": "2025-06-18", "clientInfo": known }),
        json!({ "protocolVersion": "2025-06-18" }),
        json!({ "protocolVersion": "2025-06-18", "capabilities": null, "clientInfo": null }),
        json!({ "protocolVersion": "2025-06-18", "capabilities": [], "clientInfo": "test" }),
        json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test" } }),
        json!({ "protocolVersion": "2025-06-18", "capabilities": {},
                "clientInfo": { "name": "test", "version": 1, "icons": "none", "title": null } }),
        json!({ "protocolVersion": "2025-06-18", "clientInfo": known,
                "capabilities": { "experimental": { "x": true }, "roots": true, "sampling": null } }),
        json!({ "protocolVersion": "2025-06-18", "clientInfo": known, "_meta": null,
                "capabilities": { "elicitation": true, "roots": { "listChanged": "yes" }, "extensions": [] } }),
    ]
}

fn request(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

#[test]
fn odd_openings_are_taken_on_standard_input() {
    for params in openings() {
        let mut wire = Wire::start(&["--sandbox"], &[]);
        let opened = wire.request("initialize", params.clone());
        assert_eq!(
            opened["result"]["protocolVersion"], "2025-06-18",
            "{params}: {opened}"
        );
        wire.answer("list_workspaces", json!({}));
    }
    let mut wire = Wire::start(&["--sandbox"], &[]);
    let opened = wire.request("initialize", json!(null));
    assert_eq!(
        opened["result"]["protocolVersion"], "2025-11-25",
        "{opened}"
    );
}

#[tokio::test]
async fn odd_openings_are_taken_over_http() {
    for sessions in ["on", "off"] {
        let server = Served::on_sandbox(&["--sessions", sessions]);
        for params in openings() {
            let opened = server.post(&request("initialize", &params)).send().await;
            let opened = message(opened.unwrap()).await;
            assert_eq!(
                opened["result"]["protocolVersion"], "2025-06-18",
                "{params}: {opened}"
            );
        }
    }
}

#[tokio::test]
async fn an_opening_begins_anew_whatever_its_headers_say() {
    let params = &openings()[0];
    let opening = request("initialize", params);
    for sessions in ["on", "off"] {
        let server = Served::on_sandbox(&["--sessions", sessions]);
        for (name, value) in [
            ("mcp-session-id", "deadbeef"),
            ("mcp-protocol-version", "2099-01-01"),
            ("mcp-protocol-version", "2024-11-05"),
            ("mcp-protocol-version", "DRAFT"),
            ("mcp-protocol-version", "2026-07-28"),
        ] {
            let opened = server
                .post(&opening)
                .header(name, value)
                .send()
                .await
                .unwrap();
            assert_eq!(opened.status(), StatusCode::OK, "{name}: {value}");
            let has_session = opened.headers().contains_key("mcp-session-id");
            assert_eq!(has_session, sessions == "on", "{name}: {value}");
            let opened = message(opened).await;
            assert_eq!(
                opened["result"]["protocolVersion"], "2025-06-18",
                "{opened}"
            );
        }
    }
}

#[tokio::test]
async fn the_revision_without_an_opening_knows_no_initialize() {
    let server = Served::on_sandbox(&[]);
    let opening = server.modern("initialize", json!({}));
    let answer = opening.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(message(answer).await["error"]["code"], -32601);
}

#[test]
fn lines_that_are_no_message_are_answered() {
    let log = NamedTempFile::new().unwrap();
    let stderr = Stdio::from(File::create(log.path()).unwrap());
    let mut wire = Wire::start_logging(&["--sandbox"], &[], stderr);
    for opened in [false, true] {
        if opened {
            wire.initialise("2025-06-18");
        }
        for (line, code, id) in [
            (
                r#"{"jsonrpc":"2.0","id":5,"method":"ping","params":{"a":"\ud800"}}"#,
                -32700,
                Value::Null,
            ),
            (
                r#"{"jsonrpc":"2.0","id":5,"method":"ping","params":{"a":NaN}}"#,
                -32700,
                Value::Null,
            ),
            (r#"{"jsonrpc":"2.0","id":5,"#, -32700, Value::Null),
            ("hello", -32700, Value::Null),
            (r#"{"id":6,"method":"ping"}"#, -32600, json!(6)),
            (
                r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#,
                -32600,
                json!("a"),
            ),
            (
                r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
                -32600,
                Value::Null,
            ),
            (
                r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
                -32600,
                Value::Null,
            ),
            (
                r#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#,
                -32600,
                Value::Null,
            ),
            (r#"{"jsonrpc":"2.0","id":7,"method":5}"#, -32600, json!(7)),
            (r#"{"jsonrpc":"2.0","id":8}"#, -32600, json!(8)),
            ("{}", -32600, Value::Null),
            ("5", -32600, Value::Null),
        ] {
            wire.line(line);
            let answer = wire.next();
            assert_eq!(answer["error"]["code"], code, "{line}: {answer}");
            assert_eq!(answer.get("id"), Some(&id), "{line}: {answer}");
        }
    }
    wire.answer("list_workspaces", json!({}));
    let mut told = String::new();
    File::open(log.path())
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert!(told.contains("no JSON"), "{told}");
}

#[test]
fn what_comes_in_the_wrong_order_does_not_end_a_session() {
    let log = NamedTempFile::new().unwrap();
    let stderr = Stdio::from(File::create(log.path()).unwrap());
    let mut wire = Wire::start_logging(&["--sandbox"], &[], stderr);
    wire.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    wire.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 9 } }));
    wire.send(&json!({ "jsonrpc": "2.0", "id": 9, "result": {} }));
    let early = wire.request("tools/list", json!({}));
    let told = early["error"]["message"].as_str().unwrap();
    assert!(
        told.contains("initialize") && !told.contains("_meta"),
        "{told}"
    );
    wire.initialise("2025-06-18");
    wire.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    wire.write(BOM);
    wire.answer("list_workspaces", json!({}));
    for (list, name) in [
        ("prompts/list", "prompts"),
        ("resources/list", "resources"),
        ("resources/templates/list", "resourceTemplates"),
    ] {
        let answer = wire.request(list, json!(null));
        assert!(answer["result"][name].is_array(), "{list}: {answer}");
    }
    for params in [
        json!({ "cursor": "" }),
        json!(null),
        json!([]),
        json!({ "cursor": null, "_meta": null }),
    ] {
        let listed = wire.request("tools/list", params.clone());
        assert!(listed["result"]["tools"].is_array(), "{params}: {listed}");
    }
    let arguments =
        json!({ "name": "list_workspaces", "arguments": [], "_meta": { "progressToken": null } });
    assert_eq!(
        wire.request("tools/call", arguments)["result"]["isError"],
        false
    );
    assert_eq!(wire.request("no/such", json!({}))["error"]["code"], -32601);
    let mut told = String::new();
    File::open(log.path())
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert!(!told.contains("WARN"), "{told}");
}

#[tokio::test]
async fn a_body_may_begin_with_a_byte_order_mark() {
    let server = Served::on_sandbox(&["--sessions", "off"]);
    let body = format!("{BOM}{}", request("tools/list", &json!({ "cursor": "" })));
    let listed = server.post(&Value::Null).body(body).send().await.unwrap();
    assert!(message(listed).await["result"]["tools"].is_array());
}

fn call(arguments: &Value) -> Value {
    json!({ "name": "list_workspaces", "arguments": arguments })
}

#[tokio::test]
async fn arguments_may_be_json_as_text() {
    let server = Served::on_sandbox(&["--sessions", "off"]);
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let text = json!({ "page_size": 1 }).to_string();
    let twice = json!(text).to_string();
    for arguments in [
        json!(text),
        json!(twice),
        json!("{}"),
        json!(""),
        json!(null),
    ] {
        let answer = wire.request("tools/call", call(&arguments));
        assert_eq!(answer["result"]["isError"], false, "{arguments}: {answer}");
        let answer = server.post(&request("tools/call", &call(&arguments)));
        let answer = message(answer.send().await.unwrap()).await;
        assert_eq!(answer["result"]["isError"], false, "{arguments}: {answer}");
    }
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100), "]".repeat(100));
    for (arguments, part) in [
        (json!([1]), "`arguments`"),
        (json!("[1]"), "`arguments`"),
        (json!("{bad"), "`arguments`"),
        (json!(5), "`arguments`"),
        (json!("{\"nope\":1}"), "nope"),
        (json!(deep), "deep"),
    ] {
        let answer = wire.request("tools/call", call(&arguments)).to_string();
        assert!(answer.contains(part), "{arguments}: {answer}");
        let answer = server.post(&request("tools/call", &call(&arguments)));
        let answer = message(answer.send().await.unwrap()).await.to_string();
        assert!(answer.contains(part), "{arguments}: {answer}");
    }
    let unnamed = wire.request("tools/call", json!({ "arguments": {} }));
    let told = unnamed["error"]["message"].as_str().unwrap();
    assert!(told.contains("`name`"), "{told}");
}
