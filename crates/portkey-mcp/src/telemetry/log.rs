//! The log on standard error: what is in it, and how it is written.

mod lines;

use std::io;

use portkey_engine::audit::Destination;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt,
    registry::LookupSpan,
};

use crate::config::{LogFormat, Settings};

/// `--log` cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("--log {value:?} is no log filter; write a level such as `info`, or `target=level`")]
pub(crate) struct InvalidFilter {
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
    let filter = FilterExt::<S>::and(filter(settings, serves_others)?, filter_fn(is_shown));
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(false);
    Ok(match settings.log_format {
        LogFormat::Text => lines
            .fmt_fields(lines::fields())
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .map_event_format(lines::InTrace)
            .with_filter(filter)
            .boxed(),
    })
}

/// The most that some crates tell, whatever the filter asks of them: below, the SDK prints whole messages, secrets
/// included, and those that carry them print headers and what they send. What begins alike is of the same crates. Every
/// error that a client is answered with is a warning to the SDK's service.
const QUIET: [(&str, Level); 8] = [
    ("rmcp::service", Level::ERROR),
    ("rmcp", Level::WARN),
    ("zbus", Level::WARN),
    ("secret_service", Level::WARN),
    ("hyper", Level::INFO),
    ("h2", Level::INFO),
    ("rustls", Level::INFO),
    ("reqwest", Level::INFO),
];

/// Spans hold messages too, and are for traces.
fn is_shown(metadata: &Metadata<'_>) -> bool {
    let quiet = QUIET
        .iter()
        .find(|(target, _)| metadata.target().starts_with(target));
    metadata.is_event() && quiet.is_none_or(|(_, most)| metadata.level() <= most)
}

/// What the operator wants to hear.
fn filter(settings: &Settings, serves_others: bool) -> Result<EnvFilter, InvalidFilter> {
    let log = settings.log.as_str();
    let filter = EnvFilter::builder()
        .parse(with_all_crates(log))
        .map_err(|source| InvalidFilter {
            value: log.to_owned(),
            source: Box::new(source),
        })?;
    let audited = wants_audit(settings, serves_others).then_some(AUDITED);
    let audited = audited.and_then(|directive| directive.parse().ok());
    Ok(audited.into_iter().fold(filter, EnvFilter::add_directive))
}

/// A filter in which what is said of `portkey_mcp` holds for every crate of this program that has no name of its own for
/// operators.
fn with_all_crates(log: &str) -> String {
    let directives = log.split(',').flat_map(|directive| {
        let rest = directive.trim().strip_prefix("portkey_mcp");
        let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with(['=', '[', ':']));
        let others = rest
            .into_iter()
            .flat_map(|rest| PARTS.map(|part| format!("{part}{rest}")));
        [directive.to_owned()].into_iter().chain(others)
    });
    directives.collect::<Vec<_>>().join(",")
}

/// The crates that `portkey_mcp` stands for in a filter, besides itself.
const PARTS: [&str; 2] = ["portkey_engine", "portkey_workflows"];

/// Shows the audit whatever else is shown.
const AUDITED: &str = "portkey_mcp::audit=info";

/// Whether the audit belongs among the logs: where the operator says so, and where others are served, or no file of
/// the user's can hold it, unless the operator wants it elsewhere. A filter that names it has the last word.
fn wants_audit(settings: &Settings, serves_others: bool) -> bool {
    let wanted = match &settings.audit {
        Some(destination) => *destination == Destination::Log,
        None if serves_others => true,
        None => !settings.sandbox.is_on() && Destination::of_a_user() == Destination::Log,
    };
    wanted && !settings.log.contains("portkey_mcp::audit")
}
