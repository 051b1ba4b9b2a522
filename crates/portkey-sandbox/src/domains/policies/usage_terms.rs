//! The terms of a usage limit: how much may be used, and when usage is reset.

use jiff::Timestamp;
use portkey_api::{
    ResetPeriod,
    policies::usage_limits::{EntityStatus, UsageUnit},
};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};

use super::{
    policy::Terms,
    scope::{OF_MODEL_REQUESTS, Scope, refuse_change},
};
use crate::{
    identity::iso,
    rules::periods::{Period, Schedule, midnight},
    wire::{Change, Fields, Refusal, merged},
};

/// The terms of a usage limit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UsageLimit {
    #[serde(flatten)]
    pub(super) scope: Scope,
    pub(super) r#type: UsageUnit,
    credit_limit: Number,
    alert_threshold: Option<Number>,
    periodic_reset: Option<ResetPeriod>,
    periodic_reset_days: Option<u16>,
    /// The first reset; further ones follow by the period.
    next_usage_reset_at: Option<String>,
}

impl Terms for UsageLimit {
    const OBJECT: &'static str = "policy_usage_limits";

    fn read(body: Fields<'_>, now: Timestamp) -> Result<Self, Refusal> {
        let mut budget = Self {
            scope: Scope::read(body, OF_MODEL_REQUESTS)?,
            r#type: body.required("type")?,
            credit_limit: body.required("credit_limit")?,
            alert_threshold: body.optional("alert_threshold")?,
            periodic_reset: None,
            periodic_reset_days: None,
            next_usage_reset_at: None,
        };
        budget.change_period(body, now)?;
        budget.check(body)?;
        Ok(budget)
    }

    fn change(&mut self, body: Fields<'_>, now: Timestamp) -> Result<(), Refusal> {
        refuse_change(body, "type", &self.r#type)?;
        self.scope.change(body, OF_MODEL_REQUESTS)?;
        if let Some(limit) = body.optional("credit_limit")? {
            self.credit_limit = limit;
        }
        let threshold = body.change("alert_threshold")?;
        self.alert_threshold = threshold.over(self.alert_threshold.take());
        self.change_period(body, now)?;
        self.check(body)
    }

    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn to_json(&self, now: Timestamp) -> Value {
        let (last, next) = self.resets(now);
        let resets = json!({
            "next_usage_reset_at": next.map(iso),
            "last_reset_at": last.map(iso),
        });
        merged(json!(self), resets)
    }
}

impl UsageLimit {
    pub(super) fn check(&self, body: Fields<'_>) -> Result<(), Refusal> {
        let limit = self.limit();
        if limit < 0.0 {
            return Err(body.refuse("credit_limit", "must be at least 0"));
        }
        let threshold = self.alert_threshold.as_ref().and_then(Number::as_f64);
        if threshold.is_some_and(|threshold| threshold < 0.0 || threshold > limit) {
            return Err(body.refuse("alert_threshold", "must not be above credit_limit"));
        }
        Ok(())
    }

    pub(super) fn limit(&self) -> f64 {
        self.credit_limit.as_f64().unwrap_or(f64::MAX)
    }

    pub(super) fn is_exhausted_by(&self, usage: &Number) -> bool {
        usage.as_f64().is_some_and(|usage| usage >= self.limit())
    }

    pub(super) fn alerts_at(&self, usage: &Number) -> bool {
        let threshold = self.alert_threshold.as_ref().and_then(Number::as_f64);
        threshold.is_some_and(|threshold| usage.as_f64().is_some_and(|usage| usage >= threshold))
    }

    pub(super) fn status_of(&self, usage: &Number) -> EntityStatus {
        if self.is_exhausted_by(usage) {
            EntityStatus::Exhausted
        } else {
            EntityStatus::Active
        }
    }

    /// Changes the period. One by name and one in days replace each other; null removes both.
    pub(super) fn change_period(
        &mut self,
        body: Fields<'_>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let name = body.change::<ResetPeriod>("periodic_reset")?;
        let days = body.change::<u16>("periodic_reset_days")?;
        match (&name, &days) {
            (Change::Set(_), Change::Set(_)) => {
                let problem = "cannot be combined with periodic_reset";
                return Err(body.refuse("periodic_reset_days", problem));
            }
            (_, Change::Set(days)) if !(1..=365).contains(days) => {
                return Err(body.refuse("periodic_reset_days", "must be between 1 and 365"));
            }
            (Change::Keep, Change::Keep) => {}
            _ => {
                self.periodic_reset = name.over(None);
                self.periodic_reset_days = days.over(None);
                self.next_usage_reset_at = self.end_of_period(now);
            }
        }
        match body.moment_to_come("next_usage_reset_at", now)? {
            Change::Keep => {}
            Change::Clear => self.next_usage_reset_at = self.end_of_period(now),
            Change::Set(text) => {
                let moment = text.parse().ok().and_then(midnight);
                self.next_usage_reset_at = moment.map(iso);
            }
        }
        Ok(())
    }

    /// The last reset and the next one.
    pub(super) fn resets(&self, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let first = self.next_usage_reset_at.as_ref();
        let schedule = Schedule {
            first: first.and_then(|first| first.parse().ok()),
            period: self.period(),
        };
        schedule.around(now)
    }

    pub(super) fn end_of_period(&self, now: Timestamp) -> Option<String> {
        self.period()?.end(now).map(iso)
    }

    pub(super) fn period(&self) -> Option<Period> {
        Period::of(self.periodic_reset, self.periodic_reset_days)
    }
}
