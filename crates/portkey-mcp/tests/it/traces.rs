//! A request, as a collector of traces sees it, and Portkey, and who reads the log.

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{
    collector::{Collector, Span},
    process::{Wire, run, text},
    served::{Served, message},
};

/// The client's trace, and the span in it that sends a request.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CLIENT: &str = "00f067aa0ba902b7";
/// Another span of the same client, which the protocol's message names.
const CALLER: &str = "b9c7c989f97918e1";

const KEY: &str = "pk-this-is-secret";
const TOKEN: &str = "a-token-that-nobody-may-see";
const WORKSPACE: &str = "ws-known-to-its-owner";

fn traceparent(span: &str) -> String {
    format!("00-{TRACE}-{span}-01")
}

/// A Portkey that answers everything alike, and a collector.
struct Scene {
    portkey: MockServer,
    url: String,
    collector: Collector,
}

impl Scene {
    async fn new(answer: ResponseTemplate) -> Self {
        let portkey = MockServer::start().await;
        Mock::given(any())
            .respond_with(answer)
            .mount(&portkey)
            .await;
        Self {
            url: portkey.uri(),
            portkey,
            collector: Collector::start().await,
        }
    }

    /// Where all is well.
    async fn well() -> Self {
        let answer = json!({ "object": "list", "total": 0, "data": [] });
        let answer = ResponseTemplate::new(200).set_body_json(answer);
        Self::new(answer.insert_header("x-portkey-trace-id", "trace-of-portkey")).await
    }

    fn untraced<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let own = [
            ("PORTKEY_BASE_URL", self.url.as_str()),
            ("PORTKEY_API_KEY", KEY),
        ];
        own.into_iter().chain(more.iter().copied()).collect()
    }

    fn traced<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut settings = self.untraced(more);
        settings.extend(self.collector.settings());
        settings
    }

    /// What Portkey was told of traces, whenever it was asked for workspaces.
    async fn told(&self) -> Vec<Option<String>> {
        let mut requests = self.portkey.received_requests().await.unwrap();
        requests.retain(|request| request.url.path().ends_with("/admin/workspaces"));
        let header = |request: &wiremock::Request| {
            let value = request.headers.get("traceparent")?;
            Some(value.to_str().unwrap().to_owned())
        };
        requests.iter().map(header).collect()
    }
}

async fn call(server: &Served, tool: &str, arguments: Value) -> Value {
    let call = json!({ "name": tool, "arguments": arguments });
    let request = server
        .modern("tools/call", call)
        .header("traceparent", traceparent(CLIENT))
        .header("tracestate", "vendor=value")
        .bearer_auth(TOKEN);
    message(request.send().await.unwrap()).await
}

/// The attributes of a span are these and no others.
fn has(span: &Span, attributes: Value) {
    let found: Value = span.attributes.clone().into_iter().collect();
    assert_eq!(found, attributes, "{}", span.name);
}

#[tokio::test]
async fn a_call_is_one_trace_from_the_client_to_portkey() {
    let scene = Scene::well().await;
    let server = Served::start(&[], &scene.traced(&[]));
    call(&server, "list_workspaces", json!({})).await;

    let http = scene.collector.span("POST /mcp").await;
    let mcp = scene.collector.span("tools/call list_workspaces").await;
    let request = scene.collector.span("GET /admin/workspaces").await;
    for span in [&http, &mcp, &request] {
        assert_eq!(span.trace_id, TRACE, "{span:?}");
        assert_eq!(span.trace_state, "vendor=value", "{span:?}");
        assert!(!span.failed, "{span:?}");
        assert_eq!(span.resource["service.name"], "portkey-mcp");
    }
    let parents = [&http, &mcp, &request].map(|span| span.parent.as_str());
    assert_eq!(parents, [CLIENT, &http.id, &mcp.id]);
    let handed_on = format!("00-{TRACE}-{}-01", request.id);
    assert_eq!(scene.told().await, [Some(handed_on)]);
}

#[tokio::test]
async fn spans_say_what_the_conventions_want() {
    let scene = Scene::well().await;
    let server = Served::start(&[], &scene.traced(&[]));
    call(&server, "list_workspaces", json!({})).await;
    let port = |url: &str| url.rsplit(':').next().unwrap().parse::<u16>().unwrap();

    let http = scene.collector.span("POST /mcp").await;
    assert_eq!(http.kind, SpanKind::Server);
    has(
        &http,
        json!({
            "http.request.method": "POST", "http.response.status_code": 200, "http.route": "/mcp",
            "server.address": "127.0.0.1", "server.port": port(&server.origin),
            "url.path": "/mcp", "url.scheme": "http",
        }),
    );
    let mcp = scene.collector.span("tools/call list_workspaces").await;
    assert_eq!(mcp.kind, SpanKind::Server);
    has(
        &mcp,
        json!({
            "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "list_workspaces",
            "jsonrpc.request.id": "1", "mcp.method.name": "tools/call",
            "mcp.protocol.version": "2026-07-28", "network.transport": "tcp",
        }),
    );
    let request = scene.collector.span("GET /admin/workspaces").await;
    assert_eq!(request.kind, SpanKind::Client);
    has(
        &request,
        json!({
            "http.request.method": "GET", "http.response.status_code": 200,
            "portkey.trace_id": "trace-of-portkey",
            "server.address": "127.0.0.1", "server.port": port(&scene.url),
            "url.scheme": "http", "url.template": "/admin/workspaces",
        }),
    );
}

#[tokio::test]
async fn failures_are_told_by_their_kind() {
    let scene = Scene::new(ResponseTemplate::new(503)).await;
    let server = Served::start(&["--max-retries", "1"], &scene.traced(&[]));
    call(&server, "list_workspaces", json!({})).await;
    call(&server, "no_such_tool_as_this", json!({})).await;

    let mcp = scene.collector.span("tools/call list_workspaces").await;
    assert!(mcp.failed);
    assert_eq!(mcp.attributes["error.type"], "tool_error");
    let attempts = scene
        .collector
        .spans_named("GET /admin/workspaces", 2)
        .await;
    for (number, attempt) in (0..).zip(&attempts) {
        assert!(attempt.failed);
        assert_eq!(attempt.attributes["error.type"], "503");
        assert_eq!(attempt.attributes["http.response.status_code"], 503);
        let resent = attempt.attributes.get("http.request.resend_count");
        assert_eq!(resent, (number > 0).then_some(&json!(number)));
    }
    let unknown = scene.collector.span("tools/call").await;
    assert!(unknown.failed);
    assert_eq!(unknown.attributes["rpc.response.status_code"], "-32602");
    assert!(!unknown.attributes.contains_key("gen_ai.tool.name"));
}

#[tokio::test]
async fn the_message_names_its_parent_better_than_what_brought_it() {
    let scene = Scene::well().await;
    let server = Served::start(&[], &scene.traced(&[]));
    let session = server.session().await;
    let meta = json!({ "traceparent": traceparent(CALLER) });
    let params = json!({ "name": "list_workspaces", "arguments": {}, "_meta": meta });
    let call = json!({ "jsonrpc": "2.0", "id": "seven", "method": "tools/call", "params": params });
    let request = server.post(&call).header("mcp-session-id", &session);
    message(request.send().await.unwrap()).await;

    let mcp = scene.collector.span("tools/call list_workspaces").await;
    assert_eq!(
        (mcp.trace_id.as_str(), mcp.parent.as_str()),
        (TRACE, CALLER)
    );
    let http = scene.collector.spans_named("POST /mcp", 2).await;
    let brought: Vec<&str> = http.iter().map(|span| span.id.as_str()).collect();
    assert_eq!(mcp.links.len(), 1);
    assert!(brought.contains(&mcp.links[0].as_str()), "{mcp:?}");
    assert_eq!(mcp.attributes["mcp.session.id"], session);
    assert_eq!(mcp.attributes["jsonrpc.request.id"], "seven");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_is_traced_until_its_end() {
    let scene = Scene::well().await;
    // Nothing but the end sends these.
    let never = [
        ("OTEL_BSP_SCHEDULE_DELAY", "3600000"),
        ("OTEL_SERVICE_NAME", "assistant"),
    ];
    let mut settings = scene.traced(&[]);
    settings.extend(never);
    settings.push((
        "OTEL_RESOURCE_ATTRIBUTES",
        "deployment.environment.name=a%20test",
    ));
    settings.push((
        "OTEL_EXPORTER_OTLP_HEADERS",
        "x-collector-key=only%20for%20you",
    ));
    let mut wire = Wire::initialised(&[], &settings);
    let meta = json!({ "traceparent": traceparent(CALLER) });
    wire.request("tools/list", json!({}));
    wire.request(
        "tools/call",
        json!({ "name": "list_workspaces", "arguments": {}, "_meta": meta }),
    );
    assert!(scene.collector.spans().is_empty());
    assert!(wire.close().success());

    let mcp = scene.collector.span("tools/call list_workspaces").await;
    assert_eq!(
        (mcp.trace_id.as_str(), mcp.parent.as_str()),
        (TRACE, CALLER)
    );
    assert_eq!(mcp.attributes["network.transport"], "pipe");
    assert_eq!(mcp.resource["service.name"], "assistant");
    assert_eq!(mcp.resource["deployment.environment.name"], "a test");
    let request = scene.collector.span("GET /admin/workspaces").await;
    assert_eq!(request.parent, mcp.id);
    for method in ["initialize", "tools/list"] {
        let span = scene.collector.span(method).await;
        assert_eq!(span.parent, "");
        assert_ne!(span.trace_id, TRACE);
        assert_eq!(span.attributes["mcp.method.name"], method);
    }
    let header = scene.collector.header("x-collector-key");
    assert_eq!(header.as_deref(), Some("only for you"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_where_opentelemetry_is_off() {
    let scene = Scene::well().await;
    for off in [
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ] {
        let mut wire = Wire::initialised(&[], &scene.traced(&[off]));
        wire.answer("list_workspaces", json!({}));
        assert!(wire.close().success());
        assert!(scene.collector.spans().is_empty(), "{off:?}");
    }
    assert_eq!(scene.told().await, [None, None]);
}

#[tokio::test]
async fn spans_hold_no_secrets_and_nothing_of_what_was_asked() {
    let scene = Scene::well().await;
    let loud = ["--log", "trace"];
    let server = Served::start(&loud, &scene.traced(&[]));
    call(
        &server,
        "get_workspace",
        json!({ "workspace_id": WORKSPACE }),
    )
    .await;
    let made = json!({ "name": WORKSPACE, "description": WORKSPACE });
    call(&server, "create_workspace", made).await;
    call(&server, WORKSPACE, json!({})).await;
    let url = server.url(&format!("/mcp?key={KEY}"));
    let strange = server.client.request(WORKSPACE.parse().unwrap(), url);
    strange.send().await.unwrap();

    scene
        .collector
        .span("GET /admin/workspaces/{workspace_id}")
        .await;
    scene.collector.span("tools/call get_workspace").await;
    scene.collector.span("tools/call").await;
    scene.collector.span("HTTP /mcp").await;
    scene.collector.spans_named("POST /mcp", 3).await;
    let bytes = scene.collector.bytes();
    for secret in [KEY, TOKEN, WORKSPACE] {
        let found = bytes
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found, "{secret}");
    }
}

#[tokio::test]
async fn a_client_that_is_not_traced_is_left_so() {
    let scene = Scene::well().await;
    let server = Served::start(&[], &scene.traced(&[]));
    let parent = format!("00-{TRACE}-{CLIENT}-00");
    let list = json!({ "name": "list_workspaces", "arguments": {} });
    let request = server.modern("tools/call", list);
    message(request.header("traceparent", parent).send().await.unwrap()).await;
    call(&server, "list_workspaces", json!({})).await;
    // The second call is there alone, and both were told to Portkey.
    scene.collector.span("POST /mcp").await;
    let told = scene.told().await;
    let flags: Vec<&str> = told
        .iter()
        .map(|told| &told.as_ref().unwrap()[53..])
        .collect();
    assert_eq!(flags, ["00", "01"]);
}

#[tokio::test]
async fn logs_name_the_trace_with_a_collector_and_without() {
    let scene = Scene::well().await;
    let json = ["--log", "portkey_mcp=info", "--log-format", "json"];
    for settings in [scene.traced(&[]), scene.untraced(&[])] {
        let server = Served::start(&json, &settings);
        call(&server, "list_workspaces", json!({})).await;
        let line: Value = serde_json::from_str(&server.says("\"called\"").await).unwrap();
        assert_eq!(line["trace_id"], TRACE, "{line}");
        assert_eq!(line["tool"], "list_workspaces");
        assert_eq!(line["span_id"].as_str().unwrap().len(), 16);
        let mcp = scene.collector.span("tools/call list_workspaces").await;
        assert_eq!(mcp.trace_id, TRACE);
    }
    let told = scene.told().await;
    assert!(
        told.iter().flatten().all(|told| told.contains(TRACE)),
        "{told:?}"
    );
    assert_eq!(told.len(), 2);
}

#[tokio::test]
async fn nothing_is_traced_unless_somebody_wants_it() {
    let scene = Scene::well().await;
    let server = Served::start(&["--log", "info"], &scene.untraced(&[]));
    call(&server, "list_workspaces", json!({})).await;
    let line = server.says("called").await;
    assert!(!line.contains("tools/call"), "{line}");
    assert_eq!(scene.told().await, [None]);
}

#[tokio::test]
async fn a_collector_that_is_gone_costs_a_warning() {
    let scene = Scene::well().await;
    let gone = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=sesame"),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
    ];
    let mut server = Served::start(&[], &scene.untraced(&gone));
    for _ in 0..20 {
        let answer = call(&server, "list_workspaces", json!({})).await;
        assert_eq!(answer["result"]["isError"], false, "{answer}");
    }
    let warning = server.says("takes no traces").await;
    assert!(warning.contains("http://127.0.0.1:1"), "{warning}");
    server.ask_to_end();
    assert_eq!(server.end().await.code(), Some(0));
    let said = server.said();
    let warnings = said.iter().filter(|line| line.contains("traces"));
    assert_eq!(warnings.count(), 1, "{said:?}");
    assert!(!said.concat().contains("sesame"));
}

#[test]
fn what_the_exporter_cannot_do_is_refused_at_the_start() {
    for (name, value, setting) in [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "--otlp-protocol"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "collector:4317",
            "--otlp-endpoint",
        ),
        ("OTEL_TRACES_SAMPLER", "xray", "--traces-sampler"),
    ] {
        let output = run(&[], &[(name, value)]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        let told = text(&output.stderr);
        assert!(told.contains(setting), "{told}");
    }
}
