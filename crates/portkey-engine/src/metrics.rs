//! Metrics of the engine, through the `metrics` facade. Nothing is counted unless the program installs a recorder.

use std::{
    collections::HashMap,
    sync::{LazyLock, OnceLock},
    time::Duration,
};

use metrics::{Counter, Histogram, counter, describe_counter, describe_histogram, histogram};
use parking_lot::RwLock;

use crate::policy::Rule;

const CALLS: &str = "portkey_mcp_calls_total";
const CALL_SECONDS: &str = "portkey_mcp_call_duration_seconds";
const REFUSED: &str = "portkey_mcp_refused_total";

/// Describes each metric to the program's recorder.
pub fn describe_metrics() {
    describe_counter!(
        CALLS,
        "Calls of tools, by tool and outcome (ok, or the kind of failure)"
    );
    describe_histogram!(
        CALL_SECONDS,
        "How long calls of tools took, in seconds, by tool"
    );
    describe_counter!(
        REFUSED,
        "Calls that the policy refused, by rule (read-only, deny, allow, tool-set, effect, workspace, quota)"
    );
    _ = IS_DESCRIBED.set(());
}

/// Set once a recorder takes what is counted. Handles that were made before would count nothing for ever.
static IS_DESCRIBED: OnceLock<()> = OnceLock::new();

/// What successful calls of a tool are counted with, by the name of the tool.
static WELL: LazyLock<RwLock<HashMap<&'static str, (Counter, Histogram)>>> =
    LazyLock::new(RwLock::default);

/// The outcome of a successful call.
pub(crate) const OK: &str = "ok";

/// Counts a call that has ended. `outcome` is [`OK`] or the kind of the failure.
pub(crate) fn called(tool: &'static str, outcome: &'static str, duration: Duration) {
    if outcome == OK
        && let Some((calls, seconds)) = WELL.read().get(tool)
    {
        calls.increment(1);
        seconds.record(duration);
        return;
    }
    let calls = counter!(CALLS, "tool" => tool, "outcome" => outcome);
    let seconds = histogram!(CALL_SECONDS, "tool" => tool);
    calls.increment(1);
    seconds.record(duration);
    if outcome == OK && IS_DESCRIBED.get().is_some() {
        WELL.write().insert(tool, (calls, seconds));
    }
}

/// Counts a call that a rule refused.
pub(crate) fn refused(rule: Rule) {
    counter!(REFUSED, "rule" => rule.as_str()).increment(1);
}
