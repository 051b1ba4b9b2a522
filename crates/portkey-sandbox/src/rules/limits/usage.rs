//! Usage computed from the logs. These are the only sums by which requests are refused.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params_from_iter};

use crate::store::{Queries as _, SqlCondition};

/// SQL condition: requests that the gateway refused used nothing; those that a provider refused are counted.
pub(crate) const COUNTED: &str = "NOT (status_code IN (401, 412, 429) AND prompt_tokens = 0)";

/// The logs without their contents.
pub(crate) const COUNTED_LOGS: &str = "log_figures JOIN log_kinds ON log_kinds.id = kind";

/// The unit of usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Dollars,
    Tokens,
    Requests,
}

impl Unit {
    /// The SQL expression for the amount in a row of the logs.
    pub(crate) fn amount(self) -> &'static str {
        match self {
            Self::Dollars => "cost / 100",
            Self::Tokens => "prompt_tokens + completion_tokens",
            Self::Requests => "1",
        }
    }
}

/// The usage in some logs since a moment.
pub(crate) fn used(
    db: &Connection,
    logs: &SqlCondition,
    unit: Unit,
    since: Timestamp,
) -> rusqlite::Result<f64> {
    let sql = format!(
        "SELECT total({}) FROM {COUNTED_LOGS} WHERE {} AND created_at >= ? AND {COUNTED}",
        unit.amount(),
        logs.sql(),
    );
    let values = logs.values([since.as_millisecond().into()]);
    let total: Option<f64> = db.first(&sql, params_from_iter(values), |row| row.get(0))?;
    Ok(rounded(total.unwrap_or_default()))
}

/// The moment at which the usage since a moment reached an amount; `None` if it has not.
pub(super) fn passed(
    db: &Connection,
    logs: &SqlCondition,
    unit: Unit,
    since: Timestamp,
    amount: f64,
) -> rusqlite::Result<Option<Timestamp>> {
    let sql = format!(
        "SELECT created_at FROM (
            SELECT created_at, sum({}) OVER (ORDER BY created_at, number) AS so_far FROM {COUNTED_LOGS}
            WHERE {} AND created_at >= ? AND {COUNTED})
        WHERE so_far >= ? ORDER BY created_at LIMIT 1",
        unit.amount(),
        logs.sql(),
    );
    let values = logs.values([since.as_millisecond().into(), amount.into()]);
    let moment = db.first(&sql, params_from_iter(values), |row| row.get(0))?;
    Ok(moment.and_then(|moment| Timestamp::from_millisecond(moment).ok()))
}

/// The next millisecond. Counting from it leaves out everything up to the given moment.
pub(crate) fn after(moment: Timestamp) -> Timestamp {
    let next = moment.checked_add(SignedDuration::from_millis(1));
    next.unwrap_or(moment)
}

/// Rounds to a millionth, to remove the error of adding fractions.
pub(crate) fn rounded(amount: f64) -> f64 {
    (amount * 1e6).round() / 1e6
}
