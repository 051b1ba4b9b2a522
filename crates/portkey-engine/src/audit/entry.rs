//! An entry of the audit log: one call.

use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use jiff::Timestamp;
use portkey_api_core::Effect;
use serde::{Serialize, Serializer};

use super::trail::Sent;

/// Characters that an entry holds of one text; names, ids and paths of the API are far shorter.
const LONGEST: usize = 300;

/// A text that others chose, cut where it is longer than any name, so that no entry is larger than a reader expects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Excerpt(Arc<str>);

/// One call, as it is written down: never with what it carried, but for the ids in the paths.
#[derive(Debug, Clone, Serialize)]
pub struct AuditEntry {
    /// When it began.
    #[serde(serialize_with = "as_text")]
    pub time: Timestamp,
    /// On whose behalf.
    pub principal: Excerpt,
    /// By which program, as it calls itself.
    pub client: Option<Excerpt>,
    /// What was called.
    pub tool: &'static str,
    /// What such a call does: `read`, `create`, `update`, `delete` or `execute`.
    pub effect: &'static str,
    /// The path of what it addresses, such as `configs/pc-x`.
    pub target: Option<Excerpt>,
    /// The workspace it names.
    pub workspace: Option<Excerpt>,
    /// Whether it could go ahead, and by whose leave.
    #[serde(flatten)]
    pub decision: Decision,
    /// `ok`, or the kind of failure.
    pub outcome: &'static str,
    /// How long it took.
    pub duration_ms: u64,
    /// Our own trace, where there is one.
    pub trace_id: Option<Excerpt>,
    /// What was sent to Portkey for it, the first of many.
    pub requests: Vec<Sent>,
    /// How many more were sent.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_requests: usize,
}

/// Whether a call could go ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// The policy lets it pass, and nobody needed to be asked.
    Allowed,
    /// The policy does not let it pass.
    Refused {
        /// By which rule.
        rule: Excerpt,
    },
    /// Somebody agreed to what it destroys.
    Confirmed {
        /// How they were asked.
        how: Excerpt,
    },
    /// Nobody agreed to what it destroys, so nothing was sent.
    Unconfirmed,
    /// It was to show what would be sent, so nothing was.
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
    /// The whole text, or its beginning.
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
    /// Whether something may have been changed by the call.
    pub(super) fn may_have_changed(&self) -> bool {
        self.effect != Effect::Read.as_str() && !self.requests.is_empty()
    }

    /// Writes it among the logs.
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

/// A duration as entries show it.
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
}
