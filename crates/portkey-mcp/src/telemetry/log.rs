use std::{fmt, io};

use opentelemetry::{Context, trace::TraceContextExt as _};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer, layer as lines},
    registry::LookupSpan,
};

use crate::{
    audit::Destination,
    config::{LogFormat, Settings},
};

/// `--log` cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "--log {value:?} is no log filter: {source}; write a level such as `info`, or `target=level`"
)]
pub struct InvalidFilter {
    value: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// The log on standard error. It tells of events; spans are for traces.
pub(super) fn layer<S>(
    settings: &Settings,
    serves_others: bool,
) -> Result<Box<dyn Layer<S> + Send + Sync>, InvalidFilter>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let filter = FilterExt::<S>::and(filter(settings, serves_others)?, filter_fn(is_event));
    let lines = lines().with_writer(io::stderr).with_ansi(false);
    Ok(match settings.log_format {
        LogFormat::Text => lines.with_filter(filter).boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .map_event_format(InTrace)
            .with_filter(filter)
            .boxed(),
    })
}

fn is_event(metadata: &Metadata<'_>) -> bool {
    metadata.is_event()
}

/// The SDK prints whole messages, secrets included, below `warn`; no setting may let it.
fn filter(settings: &Settings, serves_others: bool) -> Result<EnvFilter, InvalidFilter> {
    let log = settings.log.as_str();
    let filter = EnvFilter::builder()
        .parse(log)
        .map_err(|source| InvalidFilter {
            value: log.to_owned(),
            source: Box::new(source),
        })?;
    let quiet = [
        "rmcp=warn",
        "hyper=info",
        "h2=info",
        "rustls=info",
        "reqwest=info",
    ];
    let audited = wants_audit(settings, serves_others).then_some(AUDITED);
    Ok(quiet
        .iter()
        .chain(&audited)
        .filter_map(|directive| directive.parse().ok())
        .fold(filter, EnvFilter::add_directive))
}

/// Shows the audit whatever else is shown.
const AUDITED: &str = "portkey_mcp::audit=info";

/// Whether the audit belongs among the logs: where the operator says so, and where others are served unless the operator
/// wants it elsewhere. A filter that names it has the last word.
fn wants_audit(settings: &Settings, serves_others: bool) -> bool {
    let wanted = match &settings.audit {
        Some(destination) => *destination == Destination::Log,
        None => serves_others,
    };
    wanted && !settings.log.contains("portkey_mcp::audit")
}

/// Objects of JSON, to which the trace is added that an event belongs to.
struct InTrace<F>(F);

impl<S, N, F> FormatEvent<S, N> for InTrace<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        let current = Context::current();
        let span = current.span();
        let span = span.span_context();
        match line.trim_end().strip_suffix('}') {
            Some(members) if span.is_valid() => writeln!(
                writer,
                r#"{members},"trace_id":"{}","span_id":"{}"}}"#,
                span.trace_id(),
                span.span_id()
            ),
            _ => writer.write_str(&line),
        }
    }
}
