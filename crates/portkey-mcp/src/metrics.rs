//! Metrics for Prometheus. Labels have few values: names of tools, kinds of errors, classes of statuses; never names of
//! people or things.

use std::sync::OnceLock;

use metrics::{Counter, Gauge, counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

const REQUESTS: &str = "portkey_mcp_http_requests_total";
const REFUSALS: &str = "portkey_mcp_http_refusals_total";
const IN_FLIGHT: &str = "portkey_mcp_http_requests_in_flight";
const SESSIONS: &str = "portkey_mcp_sessions";

/// Upper bounds of the buckets that durations fall into, in seconds.
pub(crate) const BUCKETS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];

/// Installs the recorder that the whole process counts with, and returns what renders its counts. Fails if the process
/// has a recorder already. Without one nothing is counted, and counting costs next to nothing.
pub(crate) fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS)?
        .install_recorder()?;
    describe();
    let handles = HANDLES.get_or_init(|| Handles {
        well: counter!(REQUESTS, "status" => "2xx"),
        in_flight: gauge!(IN_FLIGHT),
        sessions: gauge!(SESSIONS),
    });
    handles.in_flight.set(0);
    handles.sessions.set(0);
    Ok(handle)
}

/// Describes every metric of the program to the recorder.
pub(crate) fn describe() {
    describe_counter!(REQUESTS, "HTTP requests, by class of status (2xx, 4xx, …)");
    describe_counter!(
        REFUSALS,
        "HTTP requests refused by authentication or limits, by status (401, 403, 429, 503)"
    );
    describe_gauge!(IN_FLIGHT, "HTTP requests that are being answered");
    describe_gauge!(SESSIONS, "Sessions of older clients in memory");
    portkey_client::describe_metrics();
    portkey_engine::describe_metrics();
}

/// What nearly every request counts with. Looking these up each time costs more than counting.
#[derive(Debug)]
struct Handles {
    well: Counter,
    in_flight: Gauge,
    sessions: Gauge,
}

/// Empty without a recorder.
static HANDLES: OnceLock<Handles> = OnceLock::new();

/// Counts a request whose answer has begun.
pub(crate) fn answered(status: http::StatusCode) {
    let class = match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => {
            if let Some(handles) = HANDLES.get() {
                handles.well.increment(1);
            }
            return;
        }
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    counter!(REQUESTS, "status" => class).increment(1);
    let refused = match status.as_u16() {
        401 => "401",
        403 => "403",
        429 => "429",
        503 => "503",
        _ => return,
    };
    counter!(REFUSALS, "status" => refused).increment(1);
}

/// Raises a gauge by one until it is dropped.
#[derive(Debug)]
pub(crate) struct GaugeGuard(Option<&'static Gauge>);

impl GaugeGuard {
    /// A request being answered.
    pub(crate) fn request() -> Self {
        Self::of(HANDLES.get().map(|handles| &handles.in_flight))
    }

    /// A session in memory.
    pub(crate) fn session() -> Self {
        Self::of(HANDLES.get().map(|handles| &handles.sessions))
    }

    fn of(gauge: Option<&'static Gauge>) -> Self {
        if let Some(gauge) = gauge {
            gauge.increment(1);
        }
        Self(gauge)
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        if let Some(gauge) = self.0 {
            gauge.decrement(1);
        }
    }
}
