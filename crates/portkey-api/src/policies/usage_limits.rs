//! Usage limits: budgets for the requests that meet some conditions. Over the budget they are refused (412).

use portkey_api_core::{
    Check, Done, Due, EveryPage, JsonObject, Nullable, Open, Page, PageNumber, PageSize, Path,
    Problem, Problems, RefersTo, answer, catalog, endpoint, id,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{NewPolicy, PolicyStatus, Subject, SubjectChange, check_fixed};
use crate::{
    ResetPeriod,
    ids::{OrganisationId, WorkspaceId},
    limits::check_alert,
    paging::Paging,
};

catalog! { "Usage limits", also "limits":
    ListUsageLimits,
    CreateUsageLimit,
    GetUsageLimit,
    UpdateUsageLimit,
    DeleteUsageLimit,
    ListUsageLimitEntities,
    ResetUsageLimitEntity,
}

/// List all budgets
///
/// Shows all usage limits: budgets, spending caps and policies, with conditions and groups. What each group has used is
/// in `list_usage_limit_entities`.
#[endpoint(GET "/policies/usage-limits" -> Page<UsageLimit>,
    scopes("policies.list"), plan(enterprise), essential, lists(UsageLimit))]
pub struct ListUsageLimits {
    pub workspace_id: Option<WorkspaceId>,
    /// Active unless said.
    pub status: Option<Open<PolicyStatus>>,
    /// What is counted.
    pub r#type: Option<Open<UsageUnit>>,
    #[shared]
    pub paging: Paging,
}

/// Create a budget
///
/// Sets a budget: caps spend (dollars a month) or tokens (quota) for each user, API key or team; more is refused. It
/// counts where all conditions hold.
#[endpoint(POST "/policies/usage-limits" -> NewPolicy,
    scopes("policies.create"), plan(enterprise), checked)]
#[schemars(extend("x-advice" = "usage_limit"))]
pub struct CreateUsageLimit {
    #[shared]
    pub subject: Subject,
    /// What is counted.
    #[alias("metric")]
    pub r#type: Open<UsageUnit>,
    /// Dollars, tokens or requests for each group.
    #[alias("value")]
    #[schemars(range(min = 0))]
    #[example(3)]
    pub credit_limit: f64,
    /// Below `credit_limit`.
    #[example(2)]
    pub alert_threshold: Option<f64>,
    /// Never unless said.
    #[alias("period")]
    #[excludes(periodic_reset_days)]
    pub periodic_reset: Option<Open<ResetPeriod>>,
    /// Instead of `periodic_reset`.
    #[schemars(range(min = 1, max = 365))]
    pub periodic_reset_days: Option<u32>,
    pub next_usage_reset_at: Option<Due>,
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    #[hidden]
    pub organisation_id: Option<OrganisationId>,
}

impl Check for CreateUsageLimit {
    fn check(&self) -> Result<(), Problem> {
        check_alert(
            "alert_threshold",
            self.alert_threshold,
            Some(self.credit_limit),
        )?;
        check_period(
            self.periodic_reset.is_some(),
            self.periodic_reset_days.is_some(),
        )
    }
}

/// Portkey's guide asks for more than its reference does.
pub(crate) fn advise(arguments: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let counts_tokens = arguments.get("type").is_some_and(|unit| unit == "tokens");
    let least = if counts_tokens { 100.0 } else { 1.0 };
    let limit = arguments.get("credit_limit").and_then(Value::as_f64);
    if limit.is_some_and(|limit| limit < least) {
        let at = path.member("credit_limit");
        problems.note(|| Problem::rule(at, format!("Portkey may ask for at least {least}")));
    }
}

fn check_period(has_name: bool, has_days: bool) -> Result<(), Problem> {
    if has_name && has_days {
        return Err(Problem::rule(
            "periodic_reset_days",
            "give `periodic_reset` or `periodic_reset_days`, not both",
        ));
    }
    Ok(())
}

/// Get one budget
///
/// Shows one budget policy: its limit (as monthly), conditions and groups.
#[endpoint(GET "/policies/usage-limits/{id}" -> UsageLimit,
    scopes("policies.read"), plan(enterprise))]
pub struct GetUsageLimit {
    #[alias("limit_id")]
    pub id: UsageLimitId,
    /// Active unless said.
    pub status: Option<Open<PolicyStatus>>,
    /// Add what each group has used.
    pub include_usage: Option<bool>,
}

/// Change a budget
///
/// Raises (increases, doubles) or lowers a usage limit (budget). A higher one revives exhausted groups; type and groups
/// are fixed.
#[endpoint(PUT "/policies/usage-limits/{id}" -> UsageLimit,
    scopes("policies.update"), plan(enterprise), fresh(GetUsageLimit), checked)]
#[schemars(extend("x-advice" = "usage_limit"))]
pub struct UpdateUsageLimit {
    #[alias("limit_id")]
    pub id: UsageLimitId,
    #[shared]
    pub subject: SubjectChange,
    /// Dollars, tokens or requests for each group.
    #[alias("value")]
    #[schemars(range(min = 0))]
    #[example(3)]
    pub credit_limit: Option<f64>,
    /// Below `credit_limit`.
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[example(2)]
    pub alert_threshold: Option<Nullable<f64>>,
    /// To end it, name it in `clear`.
    #[alias("period")]
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[excludes(periodic_reset_days)]
    pub periodic_reset: Option<Nullable<Open<ResetPeriod>>>,
    /// Instead of `periodic_reset`.
    #[schemars(range(min = 1, max = 365))]
    pub periodic_reset_days: Option<u32>,
    pub next_usage_reset_at: Option<Due>,
    /// The group whose usage starts again; see `list_usage_limit_entities`.
    #[instruction]
    #[irreversible]
    pub reset_usage_for_value: Option<String>,
    #[hidden]
    pub status: Option<Open<PolicyStatus>>,
    #[local]
    #[alias("metric")]
    #[hidden]
    pub r#type: Option<Open<UsageUnit>>,
}

impl Check for UpdateUsageLimit {
    fn check(&self) -> Result<(), Problem> {
        check_fixed("type", self.r#type.is_some())?;
        if let Some(Nullable::Set(threshold)) = self.alert_threshold {
            check_alert("alert_threshold", Some(threshold), self.credit_limit)?;
        }
        let named = matches!(self.periodic_reset, Some(Nullable::Set(_)));
        check_period(named, self.periodic_reset_days.is_some())
    }
}

/// Remove a budget
///
/// Lifts a cap on spending: no more limit. It stays readable as archived.
#[endpoint(DELETE "/policies/usage-limits/{id}" -> Done,
    scopes("policies.delete"), plan(enterprise),
    undo(loses = "what was counted"))]
pub struct DeleteUsageLimit {
    #[alias("limit_id")]
    pub id: UsageLimitId,
}

/// List who has used how much of a budget
///
/// Shows who is close to their budget or ran out: how much of the quota each user or team has used, and what is left.
#[endpoint(GET "/policies/usage-limits/{limit_id}/entities" -> Page<Entity>,
    scopes("policies.read"), plan(enterprise), extended)]
pub struct ListUsageLimitEntities {
    #[alias("id")]
    pub limit_id: UsageLimitId,
    pub status: Option<Open<EntityStatus>>,
    /// Part of the name.
    pub search: Option<String>,
    pub current_page: Option<PageNumber>,
    #[schemars(range(max = 100))]
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
}

/// Reset what is used of a budget
///
/// Clears one user's or team's spend counter to zero: a fresh budget, which unblocks who exceeded it.
#[endpoint(PUT "/policies/usage-limits/{limit_id}/entities/{entity_id}/reset" -> Done,
    scopes("policies.update"), plan(enterprise),
    effect(execute, because = "empties a counter, changes no policy"),
    repeatable(because = "the counter stays empty"), destructive(because = "what was counted is gone"),
    extended, undo(never = "what was used up is forgotten and cannot be counted again"))]
pub struct ResetUsageLimitEntity {
    #[alias("id")]
    pub limit_id: UsageLimitId,
    pub entity_id: EntityId,
}

id! {
    /// UUID.
    UsageLimitId: uuid
}

id! {
    /// Group id; see `list_usage_limit_entities`.
    EntityId
}

/// What a usage limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum UsageUnit {
    Cost,
    Tokens,
    Requests,
}

/// Whether a group has something left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum EntityStatus {
    Active,
    Exhausted,
}

/// A budget for the requests that meet some conditions.
#[answer(brief(
    id,
    name,
    conditions,
    group_by,
    r#type,
    credit_limit,
    alert_threshold,
    periodic_reset,
    periodic_reset_days,
    next_usage_reset_at,
    status,
    workspace_id
))]
pub struct UsageLimit {
    pub id: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub conditions: Option<Vec<JsonObject>>,
    pub group_by: Option<Vec<JsonObject>>,
    pub r#type: Option<String>,
    pub credit_limit: Option<f64>,
    pub alert_threshold: Option<f64>,
    pub periodic_reset: Option<String>,
    pub periodic_reset_days: Option<u64>,
    pub next_usage_reset_at: Option<String>,
    pub last_reset_at: Option<String>,
    pub status: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub organisation_id: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
    /// By group, when asked for.
    pub value_key_usage_map: Option<JsonObject>,
}

/// A group that a usage limit counts apart.
#[answer(brief(id, value_key, current_usage, status))]
pub struct Entity {
    pub id: Option<String>,
    pub value_key: Option<String>,
    pub current_usage: Option<f64>,
    pub status: Option<String>,
}
