//! Budgets and rate limits, as keys, providers and workspaces carry them.

use portkey_api_core::{Due, JsonObject, Open, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;

/// A budget.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
#[schemars(extend("x-protects" = true))]
#[allow(
    missing_docs,
    reason = "models read every word: only what names and bounds do not say"
)]
pub struct UsageLimits {
    /// Dollars or tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_limit: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<Open<BudgetUnit>>,
    /// Alert from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-example" = 2))]
    pub alert_threshold: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periodic_reset: Option<Open<ResetPeriod>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 365))]
    pub periodic_reset_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_usage_reset_at: Option<Due>,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// What a budget counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
#[allow(missing_docs, reason = "the names say it all")]
pub enum BudgetUnit {
    Cost,
    Tokens,
}

/// When a budget starts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum ResetPeriod {
    Weekly,
    Monthly,
}

/// A rate limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
#[schemars(extend("x-protects" = true))]
#[allow(missing_docs, reason = "the names say it all")]
pub struct RateLimit {
    pub r#type: Open<RateUnit>,
    pub unit: Open<RatePeriod>,
    pub value: u64,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// What a rate limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum RateUnit {
    Requests,
    Tokens,
}

/// The period of a rate limit: minute, hour, day, second or week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum RatePeriod {
    Rpm,
    Rph,
    Rpd,
    Rps,
    Rpw,
}

/// Requests per minute: the plain way to say the commonest rate limit. Travels as a list of one [`RateLimit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RequestsPerMinute(pub u64);

impl Serialize for RequestsPerMinute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!([{ "type": "requests", "unit": "rpm", "value": self.0 }]).serialize(serializer)
    }
}

/// The limits of one call, in their plain and their whole spelling.
pub(crate) struct FlatLimits<'a> {
    pub(crate) credit_limit: Option<f64>,
    pub(crate) alert_threshold: Option<f64>,
    pub(crate) usage_limits: Option<&'a UsageLimits>,
    pub(crate) has_rpm: bool,
    pub(crate) has_rate_limits: bool,
}

/// Each limit is given in one spelling, and alerts come no later than the end.
pub(crate) fn check_limits(limits: &FlatLimits<'_>) -> Result<(), Problem> {
    if let Some(whole) = limits.usage_limits {
        if limits.credit_limit.is_some() || limits.alert_threshold.is_some() {
            return Err(Problem::rule(
                "usage_limits",
                "give `usage_limits`, or `credit_limit` and `alert_threshold`, not both",
            ));
        }
        check_alert(
            "usage_limits.alert_threshold",
            whole.alert_threshold,
            whole.credit_limit,
        )?;
    }
    check_alert(
        "alert_threshold",
        limits.alert_threshold,
        limits.credit_limit,
    )?;
    if limits.has_rpm && limits.has_rate_limits {
        return Err(Problem::rule(
            "rate_limits",
            "give `rate_limits` or `rate_limit_rpm`, not both",
        ));
    }
    Ok(())
}

pub(crate) fn check_alert(
    path: &str,
    alert: Option<f64>,
    limit: Option<f64>,
) -> Result<(), Problem> {
    match (alert, limit) {
        (Some(alert), Some(limit)) if alert > limit => Err(Problem::rule(
            path,
            format!(
                "must not be above the credit limit of {limit}: it is in the unit of the limit, not in percent"
            ),
        )),
        _ => Ok(()),
    }
}
