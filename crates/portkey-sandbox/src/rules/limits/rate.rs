//! Rate limits: how many requests or tokens fit into a period of time.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::usage::{self, Unit};
use crate::{
    store::SqlCondition,
    wire::{Change, Fields, Refusal},
};

/// At most `value` requests or tokens in any period of the length `window`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) unit: Unit,
    pub(crate) window: SignedDuration,
    pub(crate) value: f64,
}

/// A rate limit as requests and answers have it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct RateLimit {
    #[serde(rename = "type")]
    counted: RateMeasure,
    unit: RateWindow,
    value: u64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RateMeasure {
    Requests,
    Tokens,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RateWindow {
    Rps,
    Rpm,
    Rph,
    Rpd,
    Rpw,
}

/// The change of `rate_limits` by a call. A single object, as the specification has it for providers, is a list of one.
pub(crate) fn change_rates(fields: Fields<'_>) -> Result<Change<Value>, Refusal> {
    let limits = if fields.value("rate_limits").is_some_and(Value::is_object) {
        fields
            .change("rate_limits")?
            .map(|limit: RateLimit| vec![limit])
    } else {
        fields.change::<Vec<RateLimit>>("rate_limits")?
    };
    Ok(limits.map(|limits| json!(limits)))
}

/// The rates in a list that `change_rates` made.
pub(super) fn rates(list: &Value) -> impl Iterator<Item = Rate> {
    let limits = list.as_array().into_iter().flatten();
    limits.filter_map(|limit| {
        let limit = RateLimit::deserialize(limit).ok()?;
        Some(Rate {
            unit: match limit.counted {
                RateMeasure::Requests => Unit::Requests,
                RateMeasure::Tokens => Unit::Tokens,
            },
            window: match limit.unit {
                RateWindow::Rps => SignedDuration::from_secs(1),
                RateWindow::Rpm => SignedDuration::from_mins(1),
                RateWindow::Rph => SignedDuration::from_hours(1),
                RateWindow::Rpd => SignedDuration::from_hours(24),
                RateWindow::Rpw => SignedDuration::from_hours(7 * 24),
            },
            value: u32::try_from(limit.value).map_or(f64::INFINITY, f64::from),
        })
    })
}

impl Rate {
    /// How many seconds a request with this many tokens has to wait; `None` if there is room for it now.
    pub(crate) fn wait(
        &self,
        db: &Connection,
        logs: &SqlCondition,
        now: Timestamp,
        tokens: u32,
    ) -> rusqlite::Result<Option<u64>> {
        let Ok(start) = now.checked_sub(self.window) else {
            return Ok(None);
        };
        // A request at the exact start of the window does not count.
        let since = usage::after(start);
        let wanted = match self.unit {
            Unit::Tokens => f64::from(tokens),
            Unit::Requests | Unit::Dollars => 1.0,
        };
        let excess = usage::used(db, logs, self.unit, since)? + wanted - self.value;
        if excess <= 0.0 {
            return Ok(None);
        }
        let freed = usage::passed(db, logs, self.unit, since, excess)?;
        // A request above the whole limit never has room; it is told to wait for a whole window.
        let last = freed.unwrap_or(now);
        let wait = last.duration_since(now) + self.window;
        Ok(Some(seconds(wait)))
    }
}

/// Whole seconds, rounded up, and at least one.
fn seconds(wait: SignedDuration) -> u64 {
    let whole = u64::try_from(wait.as_secs()).unwrap_or_default();
    let rest = u64::from(wait.subsec_nanos() > 0);
    (whole + rest).max(1)
}
