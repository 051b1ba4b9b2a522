//! An entry of the audit log: one call.

use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use jiff::Timestamp;
use portkey_api_core::Effect;
use serde::{Serialize, Serializer};

use super::trail::Sent;

/// The largest number of characters that an entry holds of one text. Names, ids and paths of the API are far shorter.
const LONGEST: usize = 300;

/// A text from outside the program, cut to 300 characters so that the size of an entry is bounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Excerpt(Arc<str>);

/// The entry of one call. It holds neither the arguments nor the answer, except for ids in paths.
#[derive(Debug, Clone, Serialize)]
pub struct AuditEntry {
    /// The time at which the call began.
    #[serde(serialize_with = "as_text")]
    pub time: Timestamp,
    /// The principal that the call was made for.
    pub principal: Excerpt,
    /// The name that the MCP client gave itself, if it gave one.
    pub client: Option<Excerpt>,
    /// The name of the tool.
    pub tool: &'static str,
    /// The effect of the tool: `read`, `create`, `update`, `delete` or `execute`.
    pub effect: &'static str,
    /// The path of the object that the call addresses, such as `configs/pc-x`.
    pub target: Option<Excerpt>,
    /// The workspace that the arguments name.
    pub workspace: Option<Excerpt>,
    /// Whether the call was allowed, and by what.
    #[serde(flatten)]
    pub decision: Decision,
    /// `ok`, or the kind of failure.
    pub outcome: &'static str,
    /// The duration of the call, in milliseconds.
    pub duration_ms: u64,
    /// The id of this program's own trace, if the call is traced.
    pub trace_id: Option<Excerpt>,
    /// The first 20 requests that the call sent to Portkey.
    pub requests: Vec<Sent>,
    /// The number of further requests.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_requests: usize,
}

/// Whether a call was allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// The policy allows the call, and no confirmation was needed.
    Allowed,
    /// The policy forbids the call.
    Refused {
        /// The name of the rule that forbids it.
        rule: Excerpt,
    },
    /// The destructive call was confirmed.
    Confirmed {
        /// How it was confirmed, such as `token`.
        how: Excerpt,
    },
    /// The destructive call was not confirmed, so nothing was sent.
    Unconfirmed,
    /// The call was a dry run, so nothing was sent.
    DryRun,
}

impl Decision {
    fn word(&self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused { .. } => "refused",
            Self::Confirmed { .. } => "confirmed",
            Self::Unconfirmed => "unconfirmed",
            Self::DryRun => "dry_run",
        }
    }

    fn detail(&self) -> Option<&str> {
        match self {
            Self::Refused { rule } => Some(rule),
            Self::Confirmed { how } => Some(how),
            _ => None,
        }
    }
}

impl Excerpt {
    /// Returns the text, cut after 300 characters.
    pub fn of(text: impl Into<Arc<str>>) -> Self {
        let text: Arc<str> = text.into();
        let cut = text.char_indices().nth(LONGEST);
        let beginning = cut.and_then(|(end, _)| text.get(..end));
        let beginning = beginning.map(|beginning| format!("{beginning}…").into());
        Self(beginning.unwrap_or(text))
    }
}

impl Deref for Excerpt {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl AuditEntry {
    /// Whether the call may have changed something.
    pub(super) fn may_have_changed(&self) -> bool {
        self.effect != Effect::Read.as_str() && !self.requests.is_empty()
    }

    /// Writes the entry to the program's own logs.
    pub(super) fn log(&self) {
        let mut latest = self.requests.iter().rev();
        let upstream = latest.find_map(|sent| sent.trace_id.as_deref());
        tracing::info!(
            target: "portkey_mcp::audit",
            principal = %self.principal,
            client = self.client.as_deref(),
            tool = self.tool,
            effect = self.effect,
            target = self.target.as_deref(),
            workspace = self.workspace.as_deref(),
            decision = self.decision.word(),
            detail = self.decision.detail(),
            outcome = self.outcome,
            duration_ms = self.duration_ms,
            trace_id = self.trace_id.as_deref(),
            upstream_trace_id = upstream,
            "call"
        );
    }
}

/// Returns a duration in whole milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn as_text<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_longer_than_a_name_is_cut_and_shows_it() {
        let name = "é".repeat(LONGEST);
        assert_eq!(&*Excerpt::of(name.as_str()), name);
        assert_eq!(&*Excerpt::of(format!("{name}x")), format!("{name}…"));
    }

    #[test]
    fn a_decision_has_the_same_word_in_files_as_in_logs() {
        let excerpt = || Excerpt::of("read-only");
        for decision in [
            Decision::Allowed,
            Decision::Refused { rule: excerpt() },
            Decision::Confirmed { how: excerpt() },
            Decision::Unconfirmed,
            Decision::DryRun,
        ] {
            let written = serde_json::to_value(&decision).unwrap();
            assert_eq!(written["decision"], decision.word());
        }
        assert_eq!(Decision::Allowed.word(), "allowed");
    }
}
