//! Logs, and traces if a collector is configured. Metrics are in [`crate::metrics`].
//!
//! Spans are made in three places: `transport/http/trace.rs` (the HTTP request), `server/trace.rs` (the request of the
//! protocol) and the client (each request to Portkey). A layer of `tracing` exports them by OpenTelemetry; without a
//! collector there is no such layer, and a span costs next to nothing.

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

/// Why logs or traces cannot be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TelemetryFailure {
    /// `--log` is no filter.
    #[error(transparent)]
    Log(#[from] InvalidFilter),
    /// The exporter refuses one of its variables.
    #[error("traces cannot be sent; see the variables OTEL_EXPORTER_OTLP_…")]
    Traces(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// The running telemetry, until [`Telemetry::end`].
#[derive(Debug)]
pub(crate) struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Installs logs and traces for the whole process, once. Nothing connects yet: traces are sent on `runtime` when
    /// there are some.
    pub(crate) fn start(
        settings: &Settings,
        serves_others: bool,
        runtime: &Handle,
    ) -> Result<Self, TelemetryFailure> {
        let traces = traces::provider(settings, runtime)?;
        let log = tracing_subscriber::registry().with(log::layer(settings, serves_others)?);
        // An `Option` of a layer would let every span be made, even without a layer that wants any.
        match &traces {
            Some(traces) => log.with(traces::layer(traces)).init(),
            None => log.init(),
        }
        Ok(Self { traces })
    }

    /// Sends the remaining traces, within a time limit. It blocks, so it must not be called from a task.
    pub(crate) fn end(self) {
        if let Some(traces) = self.traces {
            // Traces that a collector does not take in time are lost; why is in the log.
            _ = traces.shutdown_with_timeout(traces::SHUTDOWN_TIMEOUT);
        }
    }
}

/// Request extension: the context of the HTTP request's span. The span itself is not kept, so that it can end.
#[derive(Debug, Clone)]
pub(crate) struct TransportSpan(pub(crate) SpanContext);

impl TransportSpan {
    /// The context of this span.
    pub(crate) fn of(span: &Span) -> Self {
        Self(span.context().span().span_context().clone())
    }
}

/// The id of the current trace, if there is one.
pub(crate) fn trace_id() -> Option<String> {
    let current = Context::current();
    let span = current.span();
    let span = span.span_context();
    span.is_valid().then(|| span.trace_id().to_string())
}

/// The span of another program that a W3C trace context names.
pub(crate) fn remote_parent(carrier: &dyn Extractor) -> SpanContext {
    let context = opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.extract_with_context(&Context::new(), carrier)
    });
    context.span().span_context().clone()
}

/// Makes `span` a child of another, if that is valid. It must not have been entered yet.
pub(crate) fn set_remote_parent(span: &Span, parent: SpanContext) {
    // An invalid parent would count as one that is not sampled.
    if parent.is_valid() {
        _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}
