//! Metrics of requests to Portkey, for programs that install a recorder of the `metrics` facade.

use std::{sync::OnceLock, time::Duration};

use metrics::{Counter, Histogram, counter, describe_counter, describe_histogram, histogram};

use crate::{Answer, Error};

const REQUESTS: &str = "portkey_upstream_requests_total";
const RETRIES: &str = "portkey_upstream_retries_total";
const SECONDS: &str = "portkey_upstream_request_duration_seconds";

/// Describes each metric to the recorder. Call this after installing it.
pub fn describe_metrics() {
    describe_counter!(
        REQUESTS,
        "Requests to Portkey, repeats included, by outcome (ok, 4xx, 5xx, no answer)"
    );
    describe_counter!(RETRIES, "Requests to Portkey that repeat one that failed");
    describe_histogram!(
        SECONDS,
        "How long Portkey took to answer, or to fail, in seconds"
    );
    WELL.get_or_init(|| (counter!(REQUESTS, "outcome" => OK), histogram!(SECONDS)));
}

/// The outcome of an attempt that was answered.
const OK: &str = "ok";

/// The counters of answered attempts, of the recorder that the metrics were described to.
static WELL: OnceLock<(Counter, Histogram)> = OnceLock::new();

/// Counts an attempt. `number` is 1 for the first attempt of a call.
pub(crate) fn attempted(result: &Result<Answer, Error>, number: u32, duration: Duration) {
    if let Some((answered, seconds)) = WELL.get().filter(|_| result.is_ok()) {
        answered.increment(1);
        seconds.record(duration);
    } else {
        counter!(REQUESTS, "outcome" => outcome(result)).increment(1);
        histogram!(SECONDS).record(duration);
    }
    if number > 1 {
        counter!(RETRIES).increment(1);
    }
}

fn outcome(result: &Result<Answer, Error>) -> &'static str {
    match result {
        Ok(_) => OK,
        Err(Error::Refused(refusal)) if refusal.status >= 500 => "5xx",
        Err(Error::Refused(_)) => "4xx",
        Err(_) => "no answer",
    }
}
