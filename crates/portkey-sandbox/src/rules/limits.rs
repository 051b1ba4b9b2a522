//! Budgets and rate limits of workspaces, keys, providers and grants: their terms, and how much of them the logs have
//! used. `domains/admission.rs` refuses requests by them.

mod budget;
mod logs;
mod rate;
mod usage;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::Value;

use crate::store::SqlCondition;

pub(crate) use budget::{Budget, change, change_only, last_reset, restart, to_json};
pub(crate) use logs::{logs_of_api_key, logs_of_grant, logs_of_provider, logs_of_workspace};
pub(crate) use rate::{Rate, change_rates};
pub(crate) use usage::{COUNTED, COUNTED_LOGS, Unit, after, rounded, used};

/// The limits of one object, and the logs that count towards them.
#[derive(Debug)]
pub(crate) struct LimitsInForce<'a> {
    pub(crate) budget: Option<&'a Budget>,
    /// A list as [`change_rates`] makes it.
    pub(crate) rates: &'a Value,
    /// Matches the logs that count towards them.
    pub(crate) logs: SqlCondition,
}

impl LimitsInForce<'_> {
    /// Whether the budget is used up.
    pub(crate) fn is_exhausted(&self, db: &Connection, now: Timestamp) -> rusqlite::Result<bool> {
        match self.budget {
            Some(budget) => budget.is_exhausted(db, &self.logs, now),
            None => Ok(false),
        }
    }

    /// The status in answers: `exhausted` or `active`.
    pub(crate) fn status(&self, db: &Connection, now: Timestamp) -> rusqlite::Result<&'static str> {
        Ok(if self.is_exhausted(db, now)? {
            "exhausted"
        } else {
            "active"
        })
    }

    /// How many seconds a request with this many tokens has to wait; `None` if there is room for it now.
    pub(crate) fn wait(
        &self,
        db: &Connection,
        now: Timestamp,
        tokens: u32,
    ) -> rusqlite::Result<Option<u64>> {
        let mut longest = None;
        for rate in rate::rates(self.rates) {
            longest = longest.max(rate.wait(db, &self.logs, now, tokens)?);
        }
        Ok(longest)
    }
}
