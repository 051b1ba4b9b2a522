//! Spans of HTTP requests, by OpenTelemetry's conventions for HTTP servers. They hold no client address, which is
//! personal data.

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode, uri::Authority},
    middleware::Next,
    response::Response,
};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_http::HeaderExtractor;
use tracing::{Instrument as _, Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::{guarded_body::guard, host_policy};
use crate::{
    config::HttpSettings,
    telemetry::{TransportSpan, remote_parent, set_remote_parent},
};

/// The scheme of the server: `http` or `https`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scheme(&'static str);

impl Scheme {
    pub(super) fn new(settings: &HttpSettings) -> Self {
        Self(if settings.tls.is_on() {
            "https"
        } else {
            "http"
        })
    }

    fn port(self) -> u16 {
        if self.0 == "https" { 443 } else { 80 }
    }
}

/// Answers a request within a span, which lasts until the last byte of the answer. The span of a stream that a client
/// listens to ends when the stream begins, since that lasts as long as the client likes.
pub(super) async fn trace(
    State(scheme): State<Scheme>,
    mut request: Request,
    next: Next,
) -> Response {
    let span = span(&request, scheme);
    if span.is_disabled() {
        return next.run(request).await;
    }
    set_remote_parent(&span, remote_parent(&HeaderExtractor(request.headers())));
    request.extensions_mut().insert(TransportSpan::of(&span));
    let streams = request.method() == Method::GET;
    let response = next.run(request).instrument(span.clone()).await;
    record_status(&span, response.status());
    let span_guard = SpanGuard(span);
    if streams {
        response
    } else {
        guard(response, span_guard)
    }
}

/// Ends a span when dropped, even if others still hold it: the SDK keeps that of the request which opens a session.
struct SpanGuard(Span);

impl Drop for SpanGuard {
    fn drop(&mut self) {
        self.0.context().span().end();
    }
}

fn span(request: &Request, scheme: Scheme) -> Span {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map(MatchedPath::as_str);
    let method = known_method(request.method());
    let host = host_policy::host(request.uri(), request.headers());
    tracing::info_span!(
        parent: None,
        "http",
        otel.kind = "server",
        otel.name = format_args!("{} {}", method.unwrap_or("HTTP"), route.unwrap_or_default()),
        http.request.method = method.unwrap_or("_OTHER"),
        http.route = route,
        url.path = request.uri().path(),
        url.scheme = scheme.0,
        server.address = host.as_ref().map(Authority::host),
        server.port = host
            .as_ref()
            .map(|host| i64::from(host.port_u16().unwrap_or_else(|| scheme.port()))),
        http.response.status_code = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// Records the status. Only server errors make the span an error.
fn record_status(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.record("error.type", status.as_str());
        span.record("otel.status_code", "ERROR");
    }
}

/// Clients may send any word as a method; only those that exist are recorded.
fn known_method(method: &Method) -> Option<&str> {
    const KNOWN: [Method; 7] = [
        Method::DELETE,
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
        Method::PATCH,
        Method::POST,
        Method::PUT,
    ];
    KNOWN.contains(method).then(|| method.as_str())
}
