//! Budgets and rate limits, as workspaces, keys, providers and grants carry them: what they say, and what the logs say
//! of how much is left. Who is turned away for them is in `gate`.

mod budget;
mod rate;
mod slice;
mod usage;

use jiff::Timestamp;
use rusqlite::Connection;

pub(crate) use budget::{Budget, change, change_only, last_reset, shown, start_again};
pub(crate) use rate::{Rate, change_rates, rates};
pub(crate) use slice::Slice;
pub(crate) use usage::{COUNTED, Unit, after, used};

/// `active`, `exhausted` or `expired`: how something stands that may have an end and a budget for some of the logs.
pub(crate) fn status(
    db: &Connection,
    now: Timestamp,
    expires_at: Option<&str>,
    budget: Option<&Budget>,
    slice: &Slice,
) -> rusqlite::Result<&'static str> {
    if expires_at.is_some_and(|end| end <= crate::identity::iso(now).as_str()) {
        return Ok("expired");
    }
    match budget {
        Some(budget) if budget.is_exhausted(db, slice, now)? => Ok("exhausted"),
        _ => Ok("active"),
    }
}
