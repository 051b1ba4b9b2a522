//! Policies: limits on requests that meet conditions, counted separately for each group of requests.
//!
//! Usage limits and rate limits differ in their `Terms`. Deleting a policy archives it.

mod enforcement;
mod matching;
mod policy;
mod rate_limits;
mod scope;
mod usage;
mod usage_limits;
mod usage_terms;

use jiff::Timestamp;
use portkey_api::policies::PolicyStatus;
use rusqlite::Connection;

use self::{
    policy::{Policy, Terms},
    rate_limits::RateLimit,
    usage_terms::UsageLimit,
};
use crate::{
    identity,
    routes::Routes,
    wire::{Fields, Refusal},
};

pub(crate) use enforcement::{check_budgets, check_rates};

pub(crate) fn routes(routes: Routes) -> Routes {
    rate_limits::routes(usage_limits::routes(routes))
}

/// Adds the policy that the body of a request would describe.
pub(crate) fn seed_usage_limit(
    db: &Connection,
    seed: PolicySeed<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    seed.policy::<UsageLimit>(now)?.insert(db)?;
    Ok(())
}

/// Adds the policy that the body of a request would describe.
pub(crate) fn seed_rate_limit(
    db: &Connection,
    seed: PolicySeed<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    seed.policy::<RateLimit>(now)?.insert(db)?;
    Ok(())
}

/// A policy of the seed.
pub(crate) struct PolicySeed<'a> {
    pub(crate) id: String,
    pub(crate) workspace_id: String,
    pub(crate) body: Fields<'a>,
}

impl PolicySeed<'_> {
    fn policy<T: Terms>(self, created: Timestamp) -> Result<Policy<T>, Refusal> {
        Ok(Policy {
            id: self.id,
            workspace_id: self.workspace_id,
            status: PolicyStatus::Active,
            terms: T::read(self.body, created)?,
            created_at: identity::iso(created),
            last_updated_at: identity::iso(created),
        })
    }
}
