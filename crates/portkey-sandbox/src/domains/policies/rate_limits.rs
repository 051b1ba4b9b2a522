//! Rate limits: how many requests or tokens in a minute, an hour, a day or a week.

use jiff::{SignedDuration, Timestamp};
use portkey_api::{
    RateUnit,
    policies::rate_limits::{
        CreateRateLimit, DeleteRateLimit, GetRateLimit, ListRateLimits, PolicyPeriod, RateTarget,
        UpdateRateLimit,
    },
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};

use super::{
    policy::{self, Terms, create, delete, get, update},
    scope::{OF_MODEL_REQUESTS, Scope, refuse_change},
};
use crate::{
    routes::Routes,
    rules::limits::{self, Unit},
    wire::{Answer, Call, Fields, Refusal},
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListRateLimits>(list)
        .on::<CreateRateLimit>(create::<RateLimit>)
        .on::<GetRateLimit>(get::<RateLimit>)
        .on::<UpdateRateLimit>(update::<RateLimit>)
        .on::<DeleteRateLimit>(delete::<RateLimit>)
}

/// The keys of conditions on calls of MCP tools.
const OF_TOOL_CALLS: &[&str] = &["api_key", "workspace_id", "mcp_server", "mcp_tool"];

/// The terms of a rate limit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RateLimit {
    #[serde(flatten)]
    scope: Scope,
    r#type: RateUnit,
    unit: PolicyPeriod,
    value: Number,
    target: RateTarget,
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let query = call.query();
    let counted: Option<RateUnit> = query.optional("type")?;
    let unit: Option<PolicyPeriod> = query.optional("unit")?;
    let target: Option<RateTarget> = query.optional("target")?;
    policy::list(call, db, |rate: &RateLimit| {
        counted.is_none_or(|counted| rate.r#type == counted)
            && unit.is_none_or(|unit| rate.unit == unit)
            && target.is_none_or(|target| rate.target == target)
    })
}

impl Terms for RateLimit {
    const OBJECT: &'static str = "policy_rate_limits";

    fn read(body: Fields<'_>, _: Timestamp) -> Result<Self, Refusal> {
        let target = body.optional("target")?.unwrap_or(RateTarget::Llm);
        Ok(Self {
            scope: Scope::read(body, &keys(target))?,
            r#type: body.required("type")?,
            unit: body.required("unit")?,
            value: value(body)?.ok_or_else(|| body.refuse("value", "is required"))?,
            target,
        })
    }

    fn change(&mut self, body: Fields<'_>, _: Timestamp) -> Result<(), Refusal> {
        refuse_change(body, "type", &self.r#type)?;
        refuse_change(body, "target", &self.target)?;
        self.scope.change(body, &keys(self.target))?;
        self.unit = body.optional("unit")?.unwrap_or(self.unit);
        if let Some(value) = value(body)? {
            self.value = value;
        }
        Ok(())
    }

    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn to_json(&self, _: Timestamp) -> Value {
        json!(self)
    }
}

impl RateLimit {
    /// The rate, if it limits requests to models.
    pub(super) fn of_models(&self) -> Option<limits::Rate> {
        let window = match self.unit {
            PolicyPeriod::Rpm => SignedDuration::from_mins(1),
            PolicyPeriod::Rph => SignedDuration::from_hours(1),
            PolicyPeriod::Rpd => SignedDuration::from_hours(24),
            PolicyPeriod::Rpw => SignedDuration::from_hours(7 * 24),
        };
        let rate = limits::Rate {
            unit: match self.r#type {
                RateUnit::Requests => Unit::Requests,
                RateUnit::Tokens => Unit::Tokens,
            },
            window,
            value: self.value.as_f64().unwrap_or(f64::INFINITY),
        };
        (self.target == RateTarget::Llm).then_some(rate)
    }
}

fn keys(target: RateTarget) -> Vec<&'static str> {
    match target {
        RateTarget::Llm => [OF_MODEL_REQUESTS, &["endpoint_type"]].concat(),
        RateTarget::McpTools => OF_TOOL_CALLS.to_vec(),
    }
}

fn value(body: Fields<'_>) -> Result<Option<Number>, Refusal> {
    let value: Option<Number> = body.optional("value")?;
    let amount = value.as_ref().and_then(Number::as_f64);
    if amount.is_some_and(|amount| amount < 0.0) {
        return Err(body.refuse("value", "must be at least 0"));
    }
    Ok(value)
}
