//! Spans of protocol requests, by OpenTelemetry's conventions for MCP. They hold neither arguments nor results.

use http::request::Parts;
use opentelemetry::{propagation::Extractor, trace::SpanContext};
use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, CallToolResponse, CompleteResult, DiscoverResult, GetPromptResponse,
        GetSkillResult, InitializeResult, ListPromptsResult, ListResourceTemplatesResult,
        ListResourcesResult, ListSkillsResult, ListToolsResult, ReadResourceResponse,
        RequestMetaObject,
    },
    service::RequestContext,
};
use serde_json::Value;
use tracing::{Instrument as _, Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{
    surface::{self, Resource, SKILLS, Skill},
    telemetry::{TransportSpan, remote_parent, set_remote_parent},
};

/// Whether an answer reports a failure, although the request itself succeeded.
pub(super) trait MayFail {
    fn failed(&self) -> bool {
        false
    }
}

/// Answers that never report a failure.
macro_rules! never_fail {
    ($($answer:ty),+ $(,)?) => {
        $(impl MayFail for $answer {})+
    };
}

never_fail!(
    InitializeResult,
    DiscoverResult,
    ListToolsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListPromptsResult,
    ListSkillsResult,
    ReadResourceResponse,
    GetPromptResponse,
    GetSkillResult,
    CompleteResult,
);

impl MayFail for CallToolResponse {
    fn failed(&self) -> bool {
        matches!(self, Self::Complete(result) if result.is_error == Some(true))
    }
}

/// The span of a request of this method.
pub(super) fn of(method: &'static str, context: &RequestContext<RoleServer>) -> Span {
    let parts = context.extensions.get::<Parts>();
    let span = tracing::info_span!(
        parent: None,
        "mcp",
        otel.kind = "server",
        otel.name = method,
        mcp.method.name = method,
        mcp.protocol.version = context.protocol_version().map(tracing::field::display),
        mcp.session.id = parts.and_then(session),
        jsonrpc.request.id = %context.id,
        network.transport = if parts.is_some() { "tcp" } else { "pipe" },
        gen_ai.operation.name = Empty,
        gen_ai.tool.name = Empty,
        gen_ai.prompt.name = Empty,
        url.template = Empty,
        rpc.response.status_code = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    );
    if !span.is_disabled() {
        let transport = parts.and_then(|parts| parts.extensions.get::<TransportSpan>());
        set_parent(&span, remote_parent(&Carrier(&context.meta)), transport);
    }
    span
}

/// The span of a tool call. Only names of tools that exist are recorded, since clients may send any.
pub(super) fn of_call(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Span {
    let span = of("tools/call", context);
    if span.is_disabled() {
        return span;
    }
    span.record("gen_ai.operation.name", "execute_tool");
    let inner = request.arguments.as_ref().and_then(|own| own.get("tool"));
    if let Ok(tool) = surface::resolve(&request.name, inner.and_then(Value::as_str)) {
        let tool = tool.name();
        span.record("gen_ai.tool.name", tool);
        span.record("otel.name", format!("tools/call {tool}"));
    }
    span
}

/// The span of the read of a resource. Its address is a value; what it has in common with others is recorded.
pub(super) fn of_read(uri: &str, context: &RequestContext<RoleServer>) -> Span {
    let span = of("resources/read", context);
    if let Some(resource) = Resource::at(uri).filter(|_| !span.is_disabled()) {
        let template = resource.template();
        span.record("url.template", &template);
        span.record("otel.name", format!("resources/read {template}"));
    }
    span
}

/// The span of a request for a prompt. Only names of prompts that exist are recorded.
pub(super) fn of_prompt(name: &str, context: &RequestContext<RoleServer>) -> Span {
    let span = of("prompts/get", context);
    let mut names = SKILLS.iter().map(Skill::prompt);
    if let Some(name) = names.find(|known| known == name) {
        span.record("gen_ai.prompt.name", &name);
        span.record("otel.name", format!("prompts/get {name}"));
    }
    span
}

/// Answers a request within its span, and records there whether it failed.
pub(super) async fn traced<T: MayFail>(
    span: Span,
    answering: impl Future<Output = Result<T, ErrorData>>,
) -> Result<T, ErrorData> {
    if span.is_disabled() {
        return answering.await;
    }
    let answer = answering.instrument(span.clone()).await;
    match &answer {
        Ok(answer) if !answer.failed() => {}
        Ok(_) => {
            span.record("error.type", "tool_error");
            span.record("otel.status_code", "ERROR");
        }
        Err(error) => {
            let code = error.code.0.to_string();
            span.record("rpc.response.status_code", &code);
            span.record("error.type", &code);
            span.record("otel.status_code", "ERROR");
        }
    }
    answer
}

/// Makes the client's span the parent if the request names one, and links the span of the transport; otherwise that is
/// the parent.
fn set_parent(span: &Span, client: SpanContext, transport: Option<&TransportSpan>) {
    match (client.is_valid(), transport) {
        (true, transport) => {
            set_remote_parent(span, client);
            if let Some(TransportSpan(beside)) = transport {
                span.add_link(beside.clone());
            }
        }
        (false, Some(TransportSpan(above))) => set_remote_parent(span, above.clone()),
        (false, None) => {}
    }
}

fn session(parts: &Parts) -> Option<&str> {
    parts.headers.get("mcp-session-id")?.to_str().ok()
}

/// W3C trace context in the `_meta` of a request.
struct Carrier<'a>(&'a RequestMetaObject);

impl Extractor for Carrier<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => self.0.get_traceparent(),
            "tracestate" => self.0.get_tracestate(),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}
