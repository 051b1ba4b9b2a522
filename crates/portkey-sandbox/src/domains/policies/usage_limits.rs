//! Usage limits: budgets in dollars, tokens or requests, which may be reset periodically.

use jiff::Timestamp;
use portkey_api::policies::{
    PolicyStatus,
    usage_limits::{
        CreateUsageLimit, DeleteUsageLimit, EntityStatus, GetUsageLimit, ListUsageLimitEntities,
        ListUsageLimits, ResetUsageLimitEntity, UpdateUsageLimit, UsageUnit,
    },
};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{
    matching::Group,
    policy::{self, Policy, create, delete, status_in_query},
    usage::{self, Entity},
    usage_terms::UsageLimit,
};
use crate::{
    routes::Routes,
    rules::limits,
    wire::{Answer, Call, Page, Paging, Refusal, merged},
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListUsageLimits>(list)
        .on::<CreateUsageLimit>(create::<UsageLimit>)
        .on::<GetUsageLimit>(get)
        .on::<UpdateUsageLimit>(update)
        .on::<DeleteUsageLimit>(delete::<UsageLimit>)
        .on::<ListUsageLimitEntities>(entities)
        .on::<ResetUsageLimitEntity>(reset)
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let counted: Option<UsageUnit> = call.query().optional("type")?;
    policy::list(call, db, |budget: &UsageLimit| {
        counted.is_none_or(|counted| budget.r#type == counted)
    })
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy::<UsageLimit>::in_path(call, db, "id", status_in_query(call)?)?;
    let mut answer = policy.to_json(call);
    if call.query().flag("include_usage")? == Some(true) {
        let entities = policy.entities(call, db)?;
        let usage = entities.iter().map(|entity| {
            let is_exhausted = policy.terms.is_exhausted_by(&entity.current_usage);
            let usage = json!({
                "current_usage": entity.current_usage,
                "status": policy.terms.status_of(&entity.current_usage),
                "is_threshold_alerts_sent": policy.terms.alerts_at(&entity.current_usage),
                "is_exhausted_alerts_sent": is_exhausted,
            });
            (entity.value_key.clone(), usage)
        });
        let usage = Value::Object(usage.collect());
        answer = merged(answer, json!({ "value_key_usage_map": usage }));
    }
    Ok(answer.into())
}

/// May reset the usage of one group, named by its key or, if the policy has a single key, by its value.
fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    if let Some(wanted) = body.optional_text("reset_usage_for_value")? {
        let policy = Policy::<UsageLimit>::in_path(call, db, "id", PolicyStatus::Active)?;
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
    policy::update::<UsageLimit>(call, db)
}

fn entities(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy::<UsageLimit>::in_path(call, db, "limit_id", PolicyStatus::Active)?;
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
        status.is_none_or(|status| policy.terms.status_of(&entity.current_usage) == status)
            && entity.value_key.to_lowercase().contains(&search)
    });
    let entries = entities.iter().map(|entity| {
        json!({
            "id": entity.id,
            "value_key": entity.value_key,
            "current_usage": entity.current_usage,
            "status": policy.terms.status_of(&entity.current_usage),
        })
    });
    Ok(page.cut(entries.collect()))
}

fn reset(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = Policy::<UsageLimit>::in_path(call, db, "limit_id", PolicyStatus::Active)?;
    let mut entities = policy.entities(call, db)?.into_iter();
    let found = entities.find(|entity| entity.id == call.path("entity_id"));
    let entity = found.ok_or_else(|| Refusal::not_found("entity"))?;
    usage::reset(db, &policy.id, &entity, limits::after(call.now))?;
    Ok(Answer::empty())
}

impl Policy<UsageLimit> {
    /// The usage of each group since the last periodic reset.
    fn entities(&self, call: &Call, db: &Connection) -> Result<Vec<Entity>, Refusal> {
        let since = self.counted_since(call.now);
        let entities = usage::entities(db, &self.id, &self.workspace_id, &self.terms, since)?;
        Ok(entities)
    }

    /// Whether a group has used up the limit.
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
