//! Rate limits: how many of the requests that meet some conditions may come in a period. More are refused (429).

use portkey_api_core::{
    Check, Done, JsonObject, Open, Page, Path, Problem, Problems, RefersTo, answer, catalog,
    endpoint, id,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{NewPolicy, PolicyStatus, Subject, SubjectChange, check_fixed};
use crate::{
    RateUnit,
    ids::{OrganisationId, WorkspaceId},
    paging::Paging,
};

catalog! { "Rate limits", also "limits":
    ListRateLimits,
    CreateRateLimit,
    GetRateLimit,
    UpdateRateLimit,
    DeleteRateLimit,
}

/// List all rate limits
///
/// Shows all rate limits (throttling policies) in force, with conditions and groups.
#[endpoint(GET "/policies/rate-limits" -> Page<RateLimitPolicy>,
    scopes("policies.list"), plan(enterprise), essential, lists(RateLimit))]
pub struct ListRateLimits {
    pub workspace_id: Option<WorkspaceId>,
    /// Active unless said.
    pub status: Option<Open<PolicyStatus>>,
    /// What is counted.
    pub r#type: Option<Open<RateUnit>>,
    /// Per minute, hour, day or week.
    pub unit: Option<Open<PolicyPeriod>>,
    pub target: Option<Open<RateTarget>>,
    #[shared]
    pub paging: Paging,
}

/// Create a rate limit
///
/// Throttles users, keys or teams: caps requests (calls) or tokens per minute, second or hour (rpm); more is refused.
/// It counts where all conditions hold.
#[endpoint(POST "/policies/rate-limits" -> NewPolicy,
    scopes("policies.create"), plan(enterprise))]
#[schemars(extend("x-advice" = "rate_limit"))]
pub struct CreateRateLimit {
    #[shared]
    pub subject: Subject,
    /// What is counted.
    #[alias("metric")]
    pub r#type: Open<RateUnit>,
    /// Per minute, hour, day or week.
    #[alias("window")]
    pub unit: Open<PolicyPeriod>,
    /// How many.
    #[example(1)]
    pub value: u64,
    /// Model requests unless said.
    pub target: Option<Open<RateTarget>>,
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    #[hidden]
    pub organisation_id: Option<OrganisationId>,
}

/// The reference has no least value, the guide has one.
pub(crate) fn advise(arguments: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    if arguments.get("value").and_then(Value::as_u64) == Some(0) {
        let rule = "no request comes within a limit of 0; Portkey may ask for at least 1";
        problems.note(|| Problem::rule(path.member("value"), rule));
    }
}

/// Get a rate limit
///
/// Shows details of one rate limit (rpm rule): conditions and groups.
#[endpoint(GET "/policies/rate-limits/{id}" -> RateLimitPolicy,
    scopes("policies.read"), plan(enterprise))]
pub struct GetRateLimit {
    pub id: RateLimitId,
    /// Active unless said.
    pub status: Option<Open<PolicyStatus>>,
}

/// Change a rate limit
///
/// Changes a rate limit: raises (loosens) or lowers requests or tokens per minute. Type, target and groups are fixed.
#[endpoint(PUT "/policies/rate-limits/{id}" -> RateLimitPolicy,
    scopes("policies.update"), plan(enterprise), fresh(GetRateLimit), checked)]
#[schemars(extend("x-advice" = "rate_limit"))]
pub struct UpdateRateLimit {
    pub id: RateLimitId,
    #[shared]
    pub subject: SubjectChange,
    /// Per minute, hour, day or week.
    #[alias("window")]
    pub unit: Option<Open<PolicyPeriod>>,
    /// How many.
    #[example(1)]
    pub value: Option<u64>,
    #[hidden]
    pub status: Option<Open<PolicyStatus>>,
    #[local]
    #[alias("metric")]
    #[hidden]
    pub r#type: Option<Open<RateUnit>>,
}

impl Check for UpdateRateLimit {
    fn check(&self) -> Result<(), Problem> {
        check_fixed("type", self.r#type.is_some())
    }
}

/// Remove a rate limit
///
/// Removes throttling: no more rate limit. It stays readable as archived.
#[endpoint(DELETE "/policies/rate-limits/{id}" -> Done,
    scopes("policies.delete"), plan(enterprise),
    undo(loses = "what was counted"))]
pub struct DeleteRateLimit {
    pub id: RateLimitId,
}

id! {
    /// UUID.
    RateLimitId: uuid
}

/// The period of a rate limit policy: minute, hour, day or week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(extend("x-instead" = {
    "rps": "policies do not count by the second: use `rpm` (60 a minute for 1 a second), or give the keys, providers or \
            workspaces `rate_limits` with the unit `rps`"
}))]
#[allow(missing_docs, reason = "the names say it all")]
pub enum PolicyPeriod {
    Rpm,
    Rph,
    Rpd,
    Rpw,
}

/// What a rate limit policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
pub enum RateTarget {
    /// Requests to models.
    Llm,
    /// Calls of MCP tools.
    McpTools,
}

/// How many of the requests that meet some conditions may come in a period.
#[answer(brief(
    id,
    name,
    conditions,
    group_by,
    r#type,
    unit,
    value,
    target,
    status,
    workspace_id
))]
pub struct RateLimitPolicy {
    pub id: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub conditions: Option<Vec<JsonObject>>,
    pub group_by: Option<Vec<JsonObject>>,
    pub r#type: Option<String>,
    pub unit: Option<String>,
    pub value: Option<f64>,
    pub target: Option<String>,
    pub status: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub organisation_id: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}
