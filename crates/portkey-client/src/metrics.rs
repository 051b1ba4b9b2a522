//! What is counted of requests to Portkey, for whoever installs a recorder of the `metrics` facade.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_histogram, histogram};

use crate::{Answer, Error};

const REQUESTS: &str = "portkey_upstream_requests_total";
const RETRIES: &str = "portkey_upstream_retries_total";
const SECONDS: &str = "portkey_upstream_request_duration_seconds";

/// Says what the counts mean, once a recorder is there.
pub fn describe_metrics() {
    describe_counter!(
        REQUESTS,
        "Requests to Portkey, repeats included, by outcome"
    );
    describe_counter!(RETRIES, "Requests that repeat one that failed");
    describe_histogram!(SECONDS, "How long Portkey took to answer, or to fail");
}

/// A request was made, as the attempt of this number.
pub(crate) fn attempted(result: &Result<Answer, Error>, number: u32, duration: Duration) {
    counter!(REQUESTS, "outcome" => outcome(result)).increment(1);
    histogram!(SECONDS).record(duration);
    if number > 1 {
        counter!(RETRIES).increment(1);
    }
}

fn outcome(result: &Result<Answer, Error>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(Error::Refused(refusal)) if refusal.status >= 500 => "5xx",
        Err(Error::Refused(_)) => "4xx",
        Err(_) => "no answer",
    }
}
