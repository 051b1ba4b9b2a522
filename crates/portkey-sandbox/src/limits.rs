//! Budgets and rate limits, as workspaces, keys and providers carry them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    fields::{Change, Fields},
    refusal::Refusal,
};

/// A budget on the wire.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct UsageLimit {
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_limit: Option<f64>,
    #[serde(default = "cost", rename = "type")]
    unit: Unit,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_threshold: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    periodic_reset: Option<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    periodic_reset_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_usage_reset_at: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Unit {
    Cost,
    Tokens,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Period {
    Weekly,
    Monthly,
}

/// A rate limit on the wire.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct RateLimit {
    #[serde(rename = "type")]
    counted: Counted,
    unit: Rate,
    value: u64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Counted {
    Requests,
    Tokens,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Rate {
    Rps,
    Rpm,
    Rph,
    Rpd,
    Rpw,
}

fn cost() -> Unit {
    Unit::Cost
}

/// What a call does to `usage_limits`, where it is one object.
pub(crate) fn usage_limit(fields: Fields<'_>) -> Result<Change<Value>, Refusal> {
    match fields.change::<UsageLimit>("usage_limits")? {
        Change::Set(limit) => checked(fields, &limit).map(Change::Set),
        Change::Clear => Ok(Change::Clear),
        Change::Keep => Ok(Change::Keep),
    }
}

/// What a call does to `usage_limits`, where it is a list of at most one.
pub(crate) fn usage_limits(fields: Fields<'_>) -> Result<Change<Value>, Refusal> {
    match fields.change::<Vec<UsageLimit>>("usage_limits")? {
        Change::Set(limits) if limits.len() > 1 => {
            Err(fields.refuse("usage_limits", "holds at most one limit"))
        }
        Change::Set(limits) => {
            let limits = limits.iter().map(|limit| checked(fields, limit));
            limits.collect::<Result<_, _>>().map(Change::Set)
        }
        Change::Clear => Ok(Change::Clear),
        Change::Keep => Ok(Change::Keep),
    }
}

/// What a call does to `rate_limits`. A single object, as the specification has it for providers, is a list of one.
pub(crate) fn rate_limits(fields: Fields<'_>) -> Result<Change<Value>, Refusal> {
    let limits = if fields.value("rate_limits").is_some_and(Value::is_object) {
        fields
            .change("rate_limits")?
            .map(|limit: RateLimit| vec![limit])
    } else {
        fields.change::<Vec<RateLimit>>("rate_limits")?
    };
    Ok(limits.map(|limits| json!(limits)))
}

fn checked(fields: Fields<'_>, limit: &UsageLimit) -> Result<Value, Refusal> {
    let refuse = |problem| Err(fields.refuse("usage_limits", problem));
    let amount = limit.credit_limit;
    if amount.is_some_and(|amount| amount < 1.0) {
        return refuse("needs a credit_limit of at least 1");
    }
    match (limit.alert_threshold, amount) {
        (Some(alert), _) if alert < 1.0 => {
            return refuse("needs an alert_threshold of at least 1");
        }
        (Some(alert), Some(amount)) if alert >= amount => {
            return refuse("needs an alert_threshold below its credit_limit");
        }
        _ => {}
    }
    if limit
        .periodic_reset_days
        .is_some_and(|days| !(1..=365).contains(&days))
    {
        return refuse("needs periodic_reset_days between 1 and 365");
    }
    if limit.periodic_reset.is_some() && limit.periodic_reset_days.is_some() {
        return refuse("takes periodic_reset or periodic_reset_days, not both");
    }
    Ok(json!(limit)
        .as_object()
        .cloned()
        .map_or(Value::Null, whole_amounts))
}

/// Amounts travel as integers where they are whole.
fn whole_amounts(mut limit: serde_json::Map<String, Value>) -> Value {
    for name in ["credit_limit", "alert_threshold"] {
        if let Some(amount) = limit.get_mut(name)
            && let Some(number) = amount.as_f64()
            && number.fract() == 0.0
            && let Ok(whole) = format!("{number:.0}").parse::<i64>()
        {
            *amount = whole.into();
        }
    }
    limit.into()
}
