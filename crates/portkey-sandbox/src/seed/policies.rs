//! Policies of the seed, from `policies.json`, which has them as requests would.

use portkey_api::JsonObject;
use serde::Deserialize;

use super::{
    seeding::{Seeding, samples},
    workspaces,
};
use crate::{
    domains::policies::{PolicySeed, seed_rate_limit, seed_usage_limit},
    identity::seeded_id,
    wire::{Fields, Refusal},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policies {
    usage_limits: Vec<PolicySample>,
    rate_limits: Vec<PolicySample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicySample {
    workspace: String,
    policy: JsonObject,
}

pub(super) fn fill(seed: &Seeding<'_>) -> Result<(), Refusal> {
    let Policies {
        usage_limits,
        rate_limits,
    } = samples(include_str!("policies.json"))?;
    let created = seed.moment(24 * 50);
    for (number, policy) in (1..).zip(&usage_limits) {
        seed_usage_limit(seed.db, policy.seed("usage limit", number), created)?;
    }
    for (number, policy) in (1..).zip(&rate_limits) {
        seed_rate_limit(seed.db, policy.seed("rate limit", number), created)?;
    }
    Ok(())
}

impl PolicySample {
    fn seed(&self, kind: &str, number: u8) -> PolicySeed<'_> {
        PolicySeed {
            id: seeded_id(&format!("{kind} {number}")),
            workspace_id: workspaces::id(&self.workspace),
            body: Fields::of(&self.policy),
        }
    }
}
