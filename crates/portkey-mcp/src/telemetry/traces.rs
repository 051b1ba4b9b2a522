//! Traces over OTLP.

use std::time::Duration;

use opentelemetry::{KeyValue, global, trace::TracerProvider as _};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    resource::TelemetryResourceDetector,
    trace::{Sampler, SdkTracerProvider},
};
use tokio::runtime::Handle;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};
use url::Url;
use uuid::Uuid;

use super::collector::Collector;
use crate::config::{
    LogFormat, OtlpProtocol, ResourceAttributes, Settings, TelemetrySettings,
    TracesSampler as Chosen,
};

/// How long the export of the last traces may delay the end of the program.
pub(super) const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the export of one batch may take.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// The crates whose spans are exported. Those of the SDK hold whole messages.
const TRACED: [&str; 3] = ["portkey_mcp", "portkey_engine", "portkey_client"];

/// The provider of spans. Without a collector it is only needed by a log in JSON, whose lines name their trace;
/// otherwise `None`.
pub(super) fn provider(
    settings: &Settings,
    runtime: &Handle,
) -> Result<Option<SdkTracerProvider>, ExporterBuildError> {
    let provider = SdkTracerProvider::builder();
    let telemetry = &settings.telemetry;
    let provider = match telemetry.traces_url() {
        Some(url) => provider
            .with_resource(resource(telemetry))
            .with_sampler(sampler(telemetry))
            .with_batch_exporter(exporter(telemetry, url, runtime)?),
        // The trace context of clients is passed on as it is; traces that begin here are marked as not sampled.
        None if settings.log_format == LogFormat::Json => {
            provider.with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOff)))
        }
        None => return Ok(None),
    };
    global::set_text_map_propagator(TraceContextPropagator::new());
    Ok(Some(provider.build()))
}

/// Exports our own spans, with the attributes that they declare and no others.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(env!("CARGO_PKG_NAME")))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(is_traced))
}

fn is_traced(metadata: &Metadata<'_>) -> bool {
    let from = metadata.target().split("::").next().unwrap_or_default();
    metadata.is_span() && *metadata.level() <= Level::INFO && TRACED.contains(&from)
}

fn exporter(
    settings: &TelemetrySettings,
    url: Url,
    runtime: &Handle,
) -> Result<SpanExporter, ExporterBuildError> {
    let protocol = match settings.otlp_protocol {
        OtlpProtocol::HttpProtobuf => Protocol::HttpBinary,
    };
    let address = url.to_string();
    let collector = Collector::new(url, settings.otlp_headers.as_ref(), EXPORT_TIMEOUT, runtime);
    SpanExporter::builder()
        .with_http()
        .with_http_client(collector)
        .with_protocol(protocol)
        .with_endpoint(address)
        .with_timeout(EXPORT_TIMEOUT)
        .build()
}

/// The attributes of this process, which every span carries.
fn resource(settings: &TelemetrySettings) -> Resource {
    let given = settings
        .resource_attributes
        .iter()
        .flat_map(ResourceAttributes::iter);
    let given = given.map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", Uuid::new_v4().to_string()),
        ])
        .with_attributes(given)
        .with_service_name(settings.service_name.clone())
        .build()
}

fn sampler(settings: &TelemetrySettings) -> Sampler {
    let share = || Sampler::TraceIdRatioBased(settings.traces_sampler_arg);
    let unless_told = |sampler| Sampler::ParentBased(Box::new(sampler));
    match settings.traces_sampler {
        Chosen::AlwaysOn => Sampler::AlwaysOn,
        Chosen::AlwaysOff => Sampler::AlwaysOff,
        Chosen::TraceIdRatio => share(),
        Chosen::ParentBasedAlwaysOn => unless_told(Sampler::AlwaysOn),
        Chosen::ParentBasedAlwaysOff => unless_told(Sampler::AlwaysOff),
        Chosen::ParentBasedTraceIdRatio => unless_told(share()),
    }
}
