//! Checking a request against the policies that apply to it.

use jiff::Timestamp;
use portkey_api::policies::PolicyStatus;
use rusqlite::{Connection, params};

use super::{
    matching::Group,
    policy::{Policy, Terms, word},
    rate_limits::RateLimit,
    usage_terms::UsageLimit,
};
use crate::{records::Log, store::Queries as _, wire::Refusal};

/// Refuses a request if its group has used up a usage limit.
pub(crate) fn check_budgets(db: &Connection, now: Timestamp, request: &Log) -> Result<(), Refusal> {
    for (policy, group) in about::<UsageLimit>(db, request)? {
        if policy.is_exhausted_by(db, now, &group)? {
            let message = refused("usage limit", &policy.id, &group);
            let kind = "usage_limits_policy_exhaust_error";
            return Err(Refusal::exhausted(kind, "06", message));
        }
    }
    Ok(())
}

/// Refuses a request if a rate limit of its group has no room for another request with this many tokens.
pub(crate) fn check_rates(
    db: &Connection,
    now: Timestamp,
    request: &Log,
    tokens: u32,
) -> Result<(), Refusal> {
    for (policy, group) in about::<RateLimit>(db, request)? {
        let Some(rate) = policy.terms.of_models() else {
            continue;
        };
        if let Some(wait) = rate.wait(db, &group.logs, now, tokens)? {
            let message = refused("rate limit", &policy.id, &group);
            return Err(Refusal::too_fast(
                "rate_limits_policy_exhaust_error",
                message,
                wait,
            ));
        }
    }
    Ok(())
}

/// The policies that apply to a request, each with the request's group.
fn about<T: Terms>(db: &Connection, request: &Log) -> rusqlite::Result<Vec<(Policy<T>, Group)>> {
    let sql = "SELECT * FROM policies WHERE workspace_id = ? AND object = ? AND status = ? ORDER BY created_at, id";
    let active = word(PolicyStatus::Active);
    let key = params![request.workspace_id, T::OBJECT, active];
    let mut found = Vec::new();
    for policy in db.all(sql, key, Policy::<T>::read)? {
        if let Some(group) = policy.terms.scope().group_of(db, request)? {
            found.push((policy, group));
        }
    }
    Ok(found)
}

fn refused(what: &str, policy: &str, group: &Group) -> String {
    let group = &group.value_key;
    format!("The {what} of the policy {policy} is exceeded for {group}")
}
