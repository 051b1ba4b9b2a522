//! Spans for requests to Portkey, by OpenTelemetry's conventions for HTTP clients, for programs that collect spans of
//! `tracing`. They contain the path template only, because ids, queries and bodies may be confidential. Numbers are
//! signed, because the exporter turns unsigned ones into text.

use http::HeaderMap;
use opentelemetry::{Context, global};
use opentelemetry_http::HeaderInjector;
use tracing::{Span, field::Empty};

use crate::{Answer, Error, ErrorKind, outgoing::Outgoing};

/// Returns the span of an attempt. `number` is 1 for the first attempt.
pub(crate) fn span(outgoing: &Outgoing, number: u32) -> Span {
    let span = tracing::info_span!(
        "request",
        otel.kind = "client",
        otel.name = format_args!("{} {}", outgoing.method, outgoing.template),
        http.request.method = outgoing.method.as_str(),
        url.template = outgoing.template,
        url.scheme = outgoing.url.scheme(),
        server.address = outgoing.url.host_str(),
        server.port = outgoing.url.port_or_known_default().map(i64::from),
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        portkey.trace_id = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    );
    if number > 1 {
        span.record("http.request.resend_count", i64::from(number - 1));
    }
    span
}

/// Adds the trace context of the current span, if any, to the headers. Baggage is not sent, because clients may put
/// anything into it.
pub(crate) fn inject_context(headers: &mut HeaderMap) {
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&Context::current(), &mut HeaderInjector(headers));
    });
}

/// Records in the span how the attempt ended.
pub(crate) fn ended(span: &Span, result: &Result<Answer, Error>) {
    let (status, trace_id) = match result {
        Ok(answer) => (Some(answer.status), answer.trace_id.as_deref()),
        Err(Error::Refused(refusal)) => (Some(refusal.status), refusal.trace_id.as_deref()),
        Err(_) => (None, None),
    };
    span.record("http.response.status_code", status.map(i64::from));
    span.record("portkey.trace_id", trace_id);
    if let Err(error) = result {
        match status {
            Some(status) => span.record("error.type", tracing::field::display(status)),
            None => span.record("error.type", unanswered(error)),
        };
        span.record("otel.status_code", "ERROR");
    }
}

fn unanswered(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::TimedOut => "timeout",
        ErrorKind::Unreachable => "unreachable",
        _ => "unexpected",
    }
}
