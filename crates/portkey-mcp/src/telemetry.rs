//! What the program tells of itself while it runs: the log, and traces where somebody collects them. What is counted is
//! in [`crate::metrics`].
//!
//! Requests are spans of `tracing`, made in three places: `transport/http/trace.rs` (the HTTP request), `server/trace.rs`
//! (the request of the protocol) and the client (each request to Portkey). A layer makes spans of OpenTelemetry of them.
//! Where nobody needs them there is no such layer, and a span costs next to nothing.

mod collector;
mod log;
mod traces;

use opentelemetry::{
    Context,
    propagation::Extractor,
    trace::{SpanContext, TraceContextExt as _},
};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::config::Settings;

pub(crate) use log::InvalidFilter;

/// Nothing can be told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TelemetryFailure {
    /// `--log` cannot be read.
    #[error(transparent)]
    Log(#[from] InvalidFilter),
    /// The exporter takes some variable amiss.
    #[error("traces cannot be sent; see the variables OTEL_EXPORTER_OTLP_…")]
    Traces(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// What is told, until [`Telemetry::end`].
#[derive(Debug)]
pub(crate) struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Tells from now on, once in a process. Connects nowhere: what sends traces runs on `runtime` when there are some.
    pub(crate) fn start(
        settings: &Settings,
        serves_others: bool,
        runtime: &Handle,
    ) -> Result<Self, TelemetryFailure> {
        let traces = traces::provider(settings, runtime)?;
        tracing_subscriber::registry()
            .with(log::layer(settings, serves_others)?)
            .with(traces.as_ref().map(traces::layer))
            .init();
        Ok(Self { traces })
    }

    /// Sends what is left, for as long as that may take at the end. Not to be called from a task: it blocks.
    pub(crate) fn end(self) {
        if let Some(traces) = self.traces {
            // Whoever does not take it in time does without; the collector has logged why.
            _ = traces.shutdown_with_timeout(traces::SHUTDOWN_TIMEOUT);
        }
    }
}

/// The span of the transport that brought a request: kept beside it by its name alone, so that it ends in time.
#[derive(Debug, Clone)]
pub(crate) struct TransportSpan(pub(crate) SpanContext);

impl TransportSpan {
    /// As this span is known to others.
    pub(crate) fn of(span: &Span) -> Self {
        Self(span.context().span().span_context().clone())
    }
}

/// The trace that is being made, if any.
pub(crate) fn trace_id() -> Option<String> {
    let current = Context::current();
    let span = current.span();
    let span = span.span_context();
    span.is_valid().then(|| span.trace_id().to_string())
}

/// The span, of another program, that a carrier of W3C trace context names.
pub(crate) fn remote_parent(carrier: &dyn Extractor) -> SpanContext {
    let context = opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.extract_with_context(&Context::new(), carrier)
    });
    context.span().span_context().clone()
}

/// Makes `span` a child of another, if there is one. What has begun already stays what it is.
pub(crate) fn set_remote_parent(span: &Span, parent: SpanContext) {
    // A parent without a name would count as one that is not to be traced.
    if parent.is_valid() {
        _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}
