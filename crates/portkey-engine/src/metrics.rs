//! Metrics of the engine, through the `metrics` facade. Nothing is counted unless the program installs a recorder.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_histogram, histogram};

use crate::policy::Rule;

const CALLS: &str = "portkey_mcp_calls_total";
const CALL_SECONDS: &str = "portkey_mcp_call_duration_seconds";
const REFUSED: &str = "portkey_mcp_refused_total";

/// Describes each metric to the program's recorder.
pub fn describe_metrics() {
    describe_counter!(CALLS, "Calls of tools, by tool and outcome");
    describe_histogram!(CALL_SECONDS, "How long calls of tools took");
    describe_counter!(REFUSED, "Calls that the policy refused, by rule");
}

/// Counts a call that has ended. `outcome` is `ok` or the kind of the failure.
pub(crate) fn called(tool: &'static str, outcome: &'static str, duration: Duration) {
    counter!(CALLS, "tool" => tool, "outcome" => outcome).increment(1);
    histogram!(CALL_SECONDS, "tool" => tool).record(duration);
}

/// Counts a call that a rule refused.
pub(crate) fn refused(rule: Rule) {
    counter!(REFUSED, "rule" => rule.as_str()).increment(1);
}
