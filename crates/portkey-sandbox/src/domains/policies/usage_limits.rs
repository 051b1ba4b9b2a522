//! Usage limits: budgets in dollars, tokens or requests, which may start again every week or so.

use jiff::Timestamp;
use portkey_api::{
    ResetPeriod,
    policies::usage_limits::{
        CreateUsageLimit, DeleteUsageLimit, EntityStatus, GetUsageLimit, ListUsageLimitEntities,
        ListUsageLimits, ResetUsageLimitEntity, UpdateUsageLimit, UsageUnit,
    },
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};

use super::{
    Policy, PolicyStatus, Terms, create, delete,
    matching::Group,
    refuse_change,
    scope::{OF_MODEL_REQUESTS, Scope},
    status_in_query,
    usage::{self, Entity},
};
use crate::{
    identity::iso,
    routes::Routes,
    rules::{
        limits,
        periods::{Period, Schedule, midnight},
    },
    wire::{Answer, Call, Change, Fields, Page, Paging, Refusal, joined},
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListUsageLimits>(list)
        .on::<CreateUsageLimit>(create::<Budget>)
        .on::<GetUsageLimit>(get)
        .on::<UpdateUsageLimit>(update)
        .on::<DeleteUsageLimit>(delete::<Budget>)
        .on::<ListUsageLimitEntities>(entities)
        .on::<ResetUsageLimitEntity>(reset)
}

/// What a usage limit says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Budget {
    #[serde(flatten)]
    pub(super) scope: Scope,
    pub(super) r#type: UsageUnit,
    credit_limit: Number,
    alert_threshold: Option<Number>,
    periodic_reset: Option<ResetPeriod>,
    periodic_reset_days: Option<u16>,
    /// The first one, where a period brings more.
    next_usage_reset_at: Option<String>,
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let counted: Option<UsageUnit> = call.query().optional("type")?;
    super::list(call, db, |budget: &Budget| {
        counted.is_none_or(|counted| budget.r#type == counted)
    })
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy::<Budget>::in_path(call, db, "id", status_in_query(call)?)?;
    let mut answer = policy.wire(call);
    if call.query().flag("include_usage")? == Some(true) {
        let entities = policy.entities(call, db)?;
        let usage = entities.iter().map(|entity| {
            let is_exhausted = policy.terms.is_exhausted_by(&entity.current_usage);
            let usage = json!({
                "current_usage": entity.current_usage,
                "status": policy.terms.status_of(entity),
                "is_threshold_alerts_sent": policy.terms.alerts_at(&entity.current_usage),
                "is_exhausted_alerts_sent": is_exhausted,
            });
            (entity.value_key.clone(), usage)
        });
        let usage = Value::Object(usage.collect());
        answer = joined(answer, json!({ "value_key_usage_map": usage }));
    }
    Ok(answer.into())
}

/// May start the count of one group again, by its key or, where the policy has one key only, its value.
fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    if let Some(wanted) = body.optional_text("reset_usage_for_value")? {
        let policy = Policy::<Budget>::in_path(call, db, "id", PolicyStatus::Active)?;
        let mut entities = policy.entities(call, db)?.into_iter();
        let found = entities.find(|entity| {
            let value = entity.value_key.split_once(':').map(|(_, value)| value);
            entity.value_key == wanted || value == Some(&wanted)
        });
        let entity = found.ok_or_else(|| {
            body.refuse("reset_usage_for_value", "names no group that used anything")
        })?;
        usage::reset(db, &policy.id, &entity, limits::after(call.now))?;
    }
    super::update::<Budget>(call, db)
}

fn entities(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy::<Budget>::in_path(call, db, "limit_id", PolicyStatus::Active)?;
    let paging = Paging {
        max_size: 100,
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let status: Option<EntityStatus> = call.query().optional("status")?;
    let search = call.query().optional_text("search")?.unwrap_or_default();
    let search = search.to_lowercase();
    let mut entities = policy.entities(call, db)?;
    entities.retain(|entity| {
        status.is_none_or(|status| policy.terms.status_of(entity) == status)
            && entity.value_key.to_lowercase().contains(&search)
    });
    let entries = entities.iter().map(|entity| {
        json!({
            "id": entity.id,
            "value_key": entity.value_key,
            "current_usage": entity.current_usage,
            "status": policy.terms.status_of(entity),
        })
    });
    Ok(page.cut(entries.collect()))
}

fn reset(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy::<Budget>::in_path(call, db, "limit_id", PolicyStatus::Active)?;
    let mut entities = policy.entities(call, db)?.into_iter();
    let found = entities.find(|entity| entity.id == call.path("entity_id"));
    let entity = found.ok_or_else(|| Refusal::not_found("entity"))?;
    usage::reset(db, &policy.id, &entity, limits::after(call.now))?;
    Ok(Answer::empty())
}

impl Policy<Budget> {
    /// What each group has used since the last periodic reset.
    fn entities(&self, call: &Call, db: &Connection) -> Result<Vec<Entity>, Refusal> {
        let since = self.counted_since(call.now);
        let entities = usage::entities(db, &self.id, &self.workspace_id, &self.terms, since)?;
        Ok(entities)
    }

    /// Whether a group has used it up.
    pub(super) fn is_exhausted_by(
        &self,
        db: &Connection,
        now: Timestamp,
        group: &Group,
    ) -> rusqlite::Result<bool> {
        let since = self.counted_since(now);
        let usage = usage::of_group(db, &self.id, group, &self.terms, since)?;
        Ok(usage >= self.terms.limit())
    }

    fn counted_since(&self, now: Timestamp) -> Timestamp {
        let (last, _) = self.terms.resets(now);
        let since = last.or_else(|| self.created_at.parse().ok());
        since.unwrap_or_default()
    }
}

impl Terms for Budget {
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

    fn wire(&self, now: Timestamp) -> Value {
        let (last, next) = self.resets(now);
        let resets = json!({
            "next_usage_reset_at": next.map(iso),
            "last_reset_at": last.map(iso),
        });
        joined(json!(self), resets)
    }
}

impl Budget {
    fn check(&self, body: Fields<'_>) -> Result<(), Refusal> {
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

    fn limit(&self) -> f64 {
        self.credit_limit.as_f64().unwrap_or(f64::MAX)
    }

    fn is_exhausted_by(&self, usage: &Number) -> bool {
        usage.as_f64().is_some_and(|usage| usage >= self.limit())
    }

    fn alerts_at(&self, usage: &Number) -> bool {
        let threshold = self.alert_threshold.as_ref().and_then(Number::as_f64);
        threshold.is_some_and(|threshold| usage.as_f64().is_some_and(|usage| usage >= threshold))
    }

    fn status_of(&self, entity: &Entity) -> EntityStatus {
        if self.is_exhausted_by(&entity.current_usage) {
            EntityStatus::Exhausted
        } else {
            EntityStatus::Active
        }
    }

    /// A period by name and one in days replace each other; null ends both.
    fn change_period(&mut self, body: Fields<'_>, now: Timestamp) -> Result<(), Refusal> {
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
    fn resets(&self, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let first = self.next_usage_reset_at.as_ref();
        let schedule = Schedule {
            first: first.and_then(|first| first.parse().ok()),
            period: self.period(),
        };
        schedule.around(now)
    }

    fn end_of_period(&self, now: Timestamp) -> Option<String> {
        self.period()?.end(now).map(iso)
    }

    fn period(&self) -> Option<Period> {
        Period::of(self.periodic_reset, self.periodic_reset_days)
    }
}
