//! The log on standard error: its filter and its format.

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

/// `--log` is no filter.
#[derive(Debug, thiserror::Error)]
#[error("--log {value:?} is no log filter; write a level such as `info`, or `target=level`")]
pub(crate) struct InvalidFilter {
    value: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// The layer that logs events to standard error. Spans are for traces only.
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

/// The lowest level that some targets may log, whatever the filter says: below it the SDK prints whole messages,
/// secrets included, and HTTP crates print headers and bodies. The first prefix that matches counts. The SDK's service
/// logs each error answer as a warning, so it is held to errors.
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

/// Only events are logged: spans hold messages too.
fn is_shown(metadata: &Metadata<'_>) -> bool {
    let quiet = QUIET
        .iter()
        .find(|(target, _)| metadata.target().starts_with(target));
    metadata.is_event() && quiet.is_none_or(|(_, most)| metadata.level() <= most)
}

/// The filter of `--log`, with the audit added where it belongs in the log.
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

/// Repeats each directive for `portkey_mcp` for the other crates of this program, whose names an operator need not
/// know.
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

/// The directive that lets the audit through whatever the filter says.
const AUDITED: &str = "portkey_mcp::audit=info";

/// Whether the audit goes to the log: if `--audit` says so, or by default over HTTP and where no file of the user can
/// be written. A filter that names its target has the last word.
fn wants_audit(settings: &Settings, serves_others: bool) -> bool {
    let wanted = match &settings.audit {
        Some(destination) => *destination == Destination::Log,
        None if serves_others => true,
        None => !settings.sandbox.is_on() && Destination::of_a_user() == Destination::Log,
    };
    wanted && !settings.log.contains("portkey_mcp::audit")
}
