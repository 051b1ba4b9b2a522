//! What the engine counts, by the `metrics` facade: without a recorder of the program around it, nothing is counted.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_histogram, histogram};

use crate::policy::Rule;

const CALLS: &str = "portkey_mcp_calls_total";
const CALL_SECONDS: &str = "portkey_mcp_call_duration_seconds";
const REFUSED: &str = "portkey_mcp_refused_total";

/// Tells the recorder of the program what each name means.
pub fn describe_metrics() {
    describe_counter!(CALLS, "Calls of tools, by tool and outcome");
    describe_histogram!(CALL_SECONDS, "How long calls of tools took");
    describe_counter!(REFUSED, "Calls that the policy refused, by rule");
}

/// A call has ended: `ok`, or the kind of its failure.
pub(crate) fn called(tool: &'static str, outcome: &'static str, duration: Duration) {
    counter!(CALLS, "tool" => tool, "outcome" => outcome).increment(1);
    histogram!(CALL_SECONDS, "tool" => tool).record(duration);
}

/// A call was refused by a rule of this sort.
pub(crate) fn refused(rule: Rule) {
    counter!(REFUSED, "rule" => rule.as_str()).increment(1);
}
