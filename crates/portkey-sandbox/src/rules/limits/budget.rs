//! Budgets: how much may be used, since when it is counted, and when that is reset.

use jiff::Timestamp;
use portkey_api::ResetPeriod;
use rusqlite::{
    Connection,
    types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::usage::{Unit, after, used};
use crate::{
    identity::iso,
    rules::periods::{Period, Schedule},
    store::SqlCondition,
    wire::{Change, Fields, Refusal},
};

/// A budget as it is stored: its terms, and since when usage is counted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Budget {
    #[serde(flatten)]
    terms: BudgetTerms,
    /// When it was set, or last reset by a call.
    counted_from: String,
}

/// A budget as requests and answers have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct BudgetTerms {
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_limit: Option<f64>,
    #[serde(default, rename = "type")]
    unit: BudgetMeasure,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_threshold: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    periodic_reset: Option<ResetPeriod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    periodic_reset_days: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_usage_reset_at: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BudgetMeasure {
    #[default]
    Cost,
    Tokens,
}

/// Changes a budget by the `usage_limits` of a call, where that is one object.
pub(crate) fn change(
    budget: &mut Option<Budget>,
    fields: Fields<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    change_to(budget, fields.change("usage_limits")?, fields, now)
}

/// The same where `usage_limits` is a list of at most one.
pub(crate) fn change_only(
    budget: &mut Option<Budget>,
    fields: Fields<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let change = match fields.change::<Vec<BudgetTerms>>("usage_limits")? {
        Change::Keep => Change::Keep,
        Change::Clear => Change::Clear,
        Change::Set(list) => {
            let mut list = list.into_iter();
            match (list.next(), list.next()) {
                (None, _) => Change::Clear,
                (Some(terms), None) => Change::Set(terms),
                _ => return Err(fields.refuse("usage_limits", "holds at most one limit")),
            }
        }
    };
    change_to(budget, change, fields, now)
}

/// A change keeps the start of counting; only a new budget starts now.
fn change_to(
    budget: &mut Option<Budget>,
    change: Change<BudgetTerms>,
    fields: Fields<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    match change {
        Change::Keep => {}
        Change::Clear => *budget = None,
        Change::Set(terms) => {
            terms.check(fields)?;
            let old = budget.take().map(|budget| budget.counted_from);
            *budget = Some(Budget {
                terms,
                counted_from: old.unwrap_or_else(|| iso(now)),
            });
        }
    }
    Ok(())
}

/// A budget as answers have it; null if there is none.
pub(crate) fn to_json(budget: Option<&Budget>, now: Timestamp) -> Value {
    budget.map_or(Value::Null, |budget| budget.to_json(now))
}

/// Resets the usage of a budget, if there is one.
pub(crate) fn restart(budget: &mut Option<Budget>, now: Timestamp) {
    if let Some(budget) = budget {
        budget.counted_from = iso(after(now));
    }
}

/// The moment of the last reset: periodic, or by a call at `by_hand`.
pub(crate) fn last_reset(
    budget: Option<&Budget>,
    now: Timestamp,
    by_hand: Option<&str>,
) -> Option<String> {
    let by_itself = budget.and_then(|budget| budget.schedule().around(now).0);
    by_itself.map(iso).max(by_hand.map(str::to_owned))
}

impl Budget {
    /// A budget in dollars that is reset every month.
    pub(crate) fn monthly(credit_limit: f64, since: &str) -> Self {
        Self {
            terms: BudgetTerms {
                credit_limit: Some(credit_limit),
                unit: BudgetMeasure::Cost,
                alert_threshold: None,
                periodic_reset: Some(ResetPeriod::Monthly),
                periodic_reset_days: None,
                next_usage_reset_at: None,
            },
            counted_from: since.to_owned(),
        }
    }

    /// The same with a threshold for alerts, in dollars.
    pub(crate) fn alerting_at(mut self, threshold: f64) -> Self {
        self.terms.alert_threshold = Some(threshold);
        self
    }

    /// Whether these logs have used it up.
    pub(crate) fn is_exhausted(
        &self,
        db: &Connection,
        logs: &SqlCondition,
        now: Timestamp,
    ) -> rusqlite::Result<bool> {
        let Some(limit) = self.terms.credit_limit else {
            return Ok(false);
        };
        let unit = match self.terms.unit {
            BudgetMeasure::Cost => Unit::Dollars,
            BudgetMeasure::Tokens => Unit::Tokens,
        };
        Ok(used(db, logs, unit, self.counted_since(now))? >= limit)
    }

    /// The moment of the next periodic reset.
    pub(crate) fn next_reset(&self, now: Timestamp) -> Option<String> {
        self.schedule().around(now).1.map(iso)
    }

    fn counted_since(&self, now: Timestamp) -> Timestamp {
        let last = self.schedule().around(now).0;
        last.max(self.counted_from.parse().ok()).unwrap_or_default()
    }

    fn schedule(&self) -> Schedule {
        let terms = &self.terms;
        let period = Period::of(terms.periodic_reset, terms.periodic_reset_days);
        let start = self.counted_from.parse().ok();
        let given = terms.next_usage_reset_at.as_ref();
        Schedule {
            first: given
                .and_then(|moment| moment.parse().ok())
                .or_else(|| period?.end(start?)),
            period,
        }
    }

    /// The budget as answers have it.
    pub(crate) fn to_json(&self, now: Timestamp) -> Value {
        let mut terms = self.terms.clone();
        terms.next_usage_reset_at = match terms.next_usage_reset_at {
            Some(_) => self.next_reset(now),
            None => None,
        };
        let mut wire = json!(terms);
        for name in ["credit_limit", "alert_threshold"] {
            if let Some(amount) = wire.get_mut(name) {
                whole(amount);
            }
        }
        wire
    }
}

impl BudgetTerms {
    fn check(&self, fields: Fields<'_>) -> Result<(), Refusal> {
        let refuse = |problem| Err(fields.refuse("usage_limits", problem));
        let amount = self.credit_limit;
        if amount.is_some_and(|amount| amount < 1.0) {
            return refuse("needs a credit_limit of at least 1");
        }
        match (self.alert_threshold, amount) {
            (Some(alert), _) if alert < 1.0 => {
                return refuse("needs an alert_threshold of at least 1");
            }
            (Some(alert), Some(amount)) if alert > amount => {
                return refuse("needs an alert_threshold no higher than its credit_limit");
            }
            _ => {}
        }
        let days = self.periodic_reset_days;
        if days.is_some_and(|days| !(1..=365).contains(&days)) {
            return refuse("needs periodic_reset_days between 1 and 365");
        }
        if self.periodic_reset.is_some() && days.is_some() {
            return refuse("takes periodic_reset or periodic_reset_days, not both");
        }
        let next = self.next_usage_reset_at.as_ref();
        if next.is_some_and(|next| next.parse::<Timestamp>().is_err()) {
            return refuse("needs an ISO 8601 moment as next_usage_reset_at");
        }
        Ok(())
    }
}

impl ToSql for Budget {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(self);
        text.map(ToSqlOutput::from)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl FromSql for Budget {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map_err(FromSqlError::other)
    }
}

/// Turns a whole amount into an integer, as the API writes it.
fn whole(amount: &mut Value) {
    if let Some(number) = amount.as_f64()
        && number.fract() == 0.0
        && let Ok(whole) = format!("{number:.0}").parse::<i64>()
    {
        *amount = whole.into();
    }
}
