//! What was listed a moment ago, so that completing a word letter by letter asks Portkey once.

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use portkey_api::JsonObject;
use portkey_engine::{catalog::Tool, keys::Account, policy::Policy};

use super::Found;
use crate::access::Principal;

/// How long an answer is good.
const GOOD_FOR: Duration = Duration::from_secs(10);
/// How many answers are kept.
const KEPT: usize = 64;

/// A call of a listing, with all that its answer depends on.
#[derive(Debug, PartialEq)]
pub(super) struct Question {
    principal: String,
    policy: Policy,
    account: Account,
    tool: &'static str,
    arguments: JsonObject,
}

impl Question {
    pub(super) fn of(principal: &Principal, tool: Tool, arguments: &JsonObject) -> Self {
        let settings = principal.profile().caller().settings();
        Self {
            principal: principal.name().to_owned(),
            policy: principal.policy().clone(),
            account: Account::of(settings, tool.declaration().keys),
            tool: tool.name(),
            arguments: arguments.clone(),
        }
    }
}

/// The answers of the last moments, the oldest first.
#[derive(Debug, Default)]
pub(in crate::server) struct Recent(Mutex<Vec<(Instant, Question, Found)>>);

impl Recent {
    pub(super) fn answer(&self, question: &Question) -> Option<Found> {
        let mut kept = self.0.lock();
        kept.retain(|(since, ..)| since.elapsed() < GOOD_FOR);
        let (.., found) = kept.iter().find(|(_, asked, _)| asked == question)?;
        Some(found.clone())
    }

    /// Forgets all, since something has changed.
    pub(in crate::server) fn forget(&self) {
        self.0.lock().clear();
    }

    pub(super) fn keep(&self, question: Question, found: Found) {
        let mut kept = self.0.lock();
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((Instant::now(), question, found));
    }
}
