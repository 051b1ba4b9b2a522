//! What a client or a Portkey sends that is too much, too deep or nothing at all.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method},
};

use crate::{
    process::Wire,
    served::{Served, message},
};

/// Far longer than an unoptimised server takes on a busy machine, and far shorter than what would hold up a probe.
const PROMPTLY: Duration = Duration::from_secs(4);

/// Calls of any client that once kept a thread busy for many seconds.
fn heavy() -> Vec<(&'static str, Value)> {
    let call = |name: &str, arguments: Value| json!({ "name": name, "arguments": arguments });
    let config = |targets: Value| {
        let config = json!({ "strategy": { "mode": "fallback" }, "targets": targets });
        call("create_config", json!({ "name": "c", "config": config }))
    };
    let named = |name: String| call("create_collection", json!({ "name": name }));
    let conditions = vec![json!({ "query": { "metadata.a": 1 }, "then": "nowhere" }); 15_000];
    let conditional = json!({
        "strategy": { "mode": "conditional", "default": "t", "conditions": conditions },
        "targets": (0..15_000).map(|n| json!({ "name": format!("target-{n}") })).collect::<Vec<_>>(),
    });
    let checks = |n| json!({ "id": format!("default.jsonSchemer{n}"), "parameters": {} });
    vec![
        (
            "a long name of a tool",
            call(&"x".repeat(400_000), json!({})),
        ),
        (
            "a long name of an argument",
            call("list_configs", json!({ "x".repeat(400_000): 1 })),
        ),
        (
            "many unknown arguments",
            call(
                "list_configs",
                Value::Object(
                    (0..50_000)
                        .map(|n| (format!("workspace{n}"), json!(1)))
                        .collect(),
                ),
            ),
        ),
        ("many targets", config(json!(vec![json!({}); 30_000]))),
        (
            "many targets and conditions",
            call(
                "create_config",
                json!({ "name": "c", "config": conditional }),
            ),
        ),
        (
            "many targets in text",
            call(
                "create_config",
                json!({ "name": "c", "config": format!(r#"{{"targets":[{}{{}}]}}"#, "{},".repeat(30_000)) }),
            ),
        ),
        (
            "many checks",
            call(
                "create_guardrail",
                json!({ "name": "g", "actions": {}, "checks": (0..20_000).map(checks).collect::<Vec<_>>() }),
            ),
        ),
        (
            "many entries of one list",
            call(
                "update_integration_models",
                json!({
                    "slug": "openai", "dry_run": true,
                    "models": (0..20_000).map(|n| json!({ "slug": format!("m{n}"), "enabled": true })).collect::<Vec<_>>(),
                }),
            ),
        ),
        ("beginnings of stand-ins", named("⟨U+".repeat(120_000))),
        (
            "tags behind a flag",
            call(
                "create_collection",
                json!({ "name": format!("\u{1f3f4}{}", "\u{e0061}".repeat(100_000)), "dry_run": true }),
            ),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_holds_up_the_probes() {
    let server = Served::on_sandbox(&[]);
    let session = server.session().await;
    let mut late = Vec::new();
    for (what, params) in heavy() {
        let send = |id| {
            let body =
                json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
            let request = server.post(&body).header("mcp-session-id", &session);
            let request = request.header("mcp-protocol-version", "2025-11-25").send();
            tokio::spawn(async { message(request.await.unwrap()).await })
        };
        let calls = [send(1), send(2)];
        let slowest = slowest_probe(&server, &calls).await;
        if slowest > PROMPTLY {
            late.push(format!("{what}: {slowest:?}"));
            break; // The server is of no more use.
        }
        for call in calls {
            let length = call.await.unwrap().to_string().len();
            let is_preview = params["arguments"]["dry_run"] == true;
            assert!(is_preview || length < 20_000, "{what}: {length} bytes");
        }
    }
    assert!(late.is_empty(), "probes had to wait: {late:?}");
}

#[tokio::test]
async fn a_body_of_countless_values_is_not_read() {
    let server = Served::on_sandbox(&[]);
    let entries = "{},".repeat(1_300_000);
    let arguments = format!(r#"{{"name":"c","config":{{"targets":[{entries}{{}}]}}}}"#);
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"create_config","arguments":{arguments}}}}}"#
    );
    let request = server.post(&json!(null)).body(body);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 413, "{answer:?}");
    let told = message(answer).await["error"]["message"].to_string();
    assert!(told.contains("values"), "{told}");
}

/// How long a probe waited at most while the calls were under way.
async fn slowest_probe<T>(server: &Served, calls: &[tokio::task::JoinHandle<T>]) -> Duration {
    let mut slowest = Duration::ZERO;
    while slowest < PROMPTLY && !calls.iter().all(tokio::task::JoinHandle::is_finished) {
        let asked = Instant::now();
        let probe = server.client.get(server.url("/health")).send();
        _ = tokio::time::timeout(PROMPTLY * 2, probe).await;
        slowest = slowest.max(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    slowest
}

async fn portkey(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn on(portkey: &MockServer, arguments: &[&str]) -> Wire {
    let settings = [
        ("PORTKEY_BASE_URL", portkey.uri()),
        ("PORTKEY_API_KEY", "test-key".to_owned()),
        ("PORTKEY_MAX_RETRIES", "2".to_owned()),
    ];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    Wire::initialised(arguments, &settings)
}

/// Fails a call and says why, which must be told of `argument`. Nothing may have been sent.
async fn refused(wire: &mut Wire, portkey: &MockServer, tool: &str, arguments: Value) -> String {
    let refusal = wire.failure(tool, arguments);
    let sent = portkey.received_requests().await.unwrap();
    assert!(sent.is_empty(), "{tool} sent {sent:?}");
    refusal
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_id_is_never_sent() {
    let portkey = portkey(ResponseTemplate::new(200).set_body_json(json!({}))).await;
    let mut wire = on(&portkey, &[]);
    for id in ["", " ", ".", "..", "a/b", "a%2fb", "\u{200b}", "a\nb"] {
        for (tool, argument, listing) in [
            ("delete_config", "slug", "list_configs"),
            ("get_virtual_key", "slug", "list_virtual_keys"),
            ("get_api_key", "id", "list_api_keys"),
        ] {
            let refusal = refused(&mut wire, &portkey, tool, json!({ argument: id })).await;
            for part in [&format!("`{argument}`: no "), listing] {
                assert!(refusal.contains(part), "{tool} {id:?}: {refusal}");
            }
        }
    }
    let refusal = refused(
        &mut wire,
        &portkey,
        "list_configs",
        json!({ "workspace_id": " " }),
    )
    .await;
    assert!(refusal.contains("`workspace_id`: no id"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_any_length_say_nothing_of_portkey() {
    let portkey = portkey(ResponseTemplate::new(200).set_body_json(json!({ "id": "c" }))).await;
    let mut wire = on(&portkey, &["--breaker-failures", "3"]);
    for _ in 0..5 {
        let arguments = json!({ "slug": "x".repeat(66_000) });
        let refusal = refused(&mut wire, &portkey, "get_config", arguments).await;
        assert!(refusal.contains("66000 characters"), "{refusal}");
        let arguments = json!({ "search": "x".repeat(66_000) });
        let refusal = refused(&mut wire, &portkey, "list_prompts", arguments).await;
        assert!(refusal.contains("`search`: makes 660"), "{refusal}");
    }
    assert_eq!(wire.answer("get_config", json!({ "slug": "c" }))["id"], "c");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_answered_with_nothing_is_no_success() {
    for answer in [
        ResponseTemplate::new(204),
        ResponseTemplate::new(200).set_body_json(Value::Null),
        ResponseTemplate::new(200).set_body_json(json!({})),
        ResponseTemplate::new(200).set_body_json(json!({ "success": true })),
        ResponseTemplate::new(200).set_body_json(json!({ "data": {} })),
        ResponseTemplate::new(200).set_body_json("[]"),
    ] {
        let portkey = portkey(answer).await;
        let mut wire = on(&portkey, &[]);
        for arguments in [json!({}), json!({ "all": true })] {
            let failure = wire.failure("list_configs", arguments);
            assert!(failure.contains("no list in it"), "{failure}");
        }
        let failure = wire.failure("list_config_versions", json!({ "slug": "c" }));
        assert!(failure.contains("no list in it"), "{failure}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_countless_values_is_refused_before_it_takes_memory() {
    let entries = r#"{"a":1},"#.repeat(2_000_000);
    let list = format!(r#"{{"data":[{entries}{{}}]}}"#);
    for status in [200, 500] {
        let answer = ResponseTemplate::new(status).set_body_raw(list.clone(), "application/json");
        let portkey = MockServer::start().await;
        Mock::given(method("GET"))
            .respond_with(answer)
            .mount(&portkey)
            .await;
        let mut wire = on(&portkey, &[]);
        let failure = wire.failure("list_configs", json!({}));
        let said = if status == 200 {
            "300000 values"
        } else {
            "500"
        };
        assert!(failure.contains(said), "{failure}");
        let most = wire.memory();
        assert!(most < 250, "{most} MB");
    }
}

#[cfg(target_os = "linux")]
impl Wire {
    /// The most memory that it has taken so far, in megabytes.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = most.unwrap().trim().trim_end_matches(" kB");
        most.parse::<u64>().unwrap() / 1024
    }
}
