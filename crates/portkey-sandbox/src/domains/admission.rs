//! What the gateway refuses before a model answers: first the caller, by the limits of its key and its workspace; then
//! the request, by the limits of its integration's grant, its provider, and the policies that apply to it.
//!
//! The real gateway makes the same distinction: a refused request is logged, a refused caller leaves no log.

use portkey_api::masked;
use rusqlite::Connection;
use serde_json::Value;

use crate::{
    domains::policies,
    records::{ApiKey, Integration, Log, Provider, Workspace},
    wire::{Call, Refusal},
};

/// Refuses callers whose budget is used up, or who exceed their rate limit.
pub(crate) fn admit_caller(call: &Call, db: &Connection) -> Result<(), Refusal> {
    let workspace = call.principal.workspace_id.as_deref().unwrap_or_default();
    let found = (
        ApiKey::find(db, &call.principal.key_id)?,
        Workspace::find(db, workspace)?,
    );
    let (Some(key), Some(workspace)) = &found else {
        return Ok(());
    };
    let limited = [("API key", key.limits()), ("workspace", workspace.limits())];
    for (what, limits) in &limited {
        if limits.is_exhausted(db, call.now)? {
            let message = format!("The budget of the {what} is used up");
            return Err(Refusal::caller_exhausted(&message));
        }
    }
    for (what, limits) in &limited {
        if let Some(wait) = limits.wait(db, call.now, 1)? {
            let message = format!("The rate limit of the {what} is exceeded");
            return Err(Refusal::caller_too_fast(&message, wait));
        }
    }
    Ok(())
}

/// Refuses a request if the budget or the rate limit of its integration, its provider or a policy is exceeded.
pub(crate) fn admit_request(
    call: &Call,
    db: &Connection,
    provider: &Provider,
    request: &Log,
) -> Result<(), Refusal> {
    let integration = Integration::find(db, &provider.integration_id)?
        .ok_or_else(|| Refusal::not_found("integration"))?;
    let grant = integration.grant_for(db, &provider.workspace_id)?;
    let key = format!("virtual key {}", masked(&provider.slug));
    if !grant.enabled {
        return Err(Refusal::invalid(format!(
            "The integration of the {key} is not enabled for this workspace"
        )));
    }
    let integration_limits = grant.limits(&integration.id, &provider.workspace_id);
    let integration = format!("integration {}", integration.slug);
    let limited = [
        (&integration, integration_limits, INTEGRATION),
        (&key, provider.limits(), VIRTUAL_KEY),
    ];
    for (what, limits, kinds) in &limited {
        if limits.is_exhausted(db, call.now)? {
            let message = format!("The budget of the {what} is used up");
            return Err(Refusal::exhausted(kinds.exhausted, "04", message));
        }
    }
    if provider.is_expired(call.now) {
        let message = format!("The {key} has expired");
        return Err(Refusal::expired("virtual_key_expired_error", message));
    }
    policies::check_budgets(db, call.now, request)?;
    let tokens = most_tokens(&request.request);
    for (what, limits, kinds) in &limited {
        if let Some(wait) = limits.wait(db, call.now, tokens)? {
            let message = format!("The rate limit of the {what} is exceeded");
            return Err(Refusal::too_fast(kinds.too_fast, message, wait));
        }
    }
    policies::check_rates(db, call.now, request, tokens)
}

/// The `type` of the gateway's errors for one kind of limit.
struct ErrorTypes {
    exhausted: &'static str,
    too_fast: &'static str,
}

const INTEGRATION: ErrorTypes = ErrorTypes {
    exhausted: "integration_exhaust_error",
    too_fast: "integration_rate_limit_error",
};
const VIRTUAL_KEY: ErrorTypes = ErrorTypes {
    exhausted: "virtual_key_exhaust_error",
    too_fast: "virtual_key_rate_limit_error",
};

/// How many tokens a request asks for at most; one if it does not say.
fn most_tokens(request: &Value) -> u32 {
    let names = ["max_tokens", "max_completion_tokens"];
    let given = names.iter().find_map(|name| request.get(*name)?.as_u64());
    given.map_or(1, |tokens| u32::try_from(tokens).unwrap_or(u32::MAX))
}
