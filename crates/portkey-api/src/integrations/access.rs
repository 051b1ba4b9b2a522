//! Which workspaces may use an integration, and how much of it.

use portkey_api_core::{
    Check, JsonObject, Nullable, Open, Page, Problem, Refers as _, RefersTo, answer, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::IntegrationSlug;
use crate::{
    RateLimit, RatePeriod, RateUnit, RequestsPerMinute, UsageLimits,
    ids::WorkspaceId,
    limits::{FlatLimits, check_alert, check_limits},
    paging::Unpaged,
    under,
};

/// List an integration's workspaces
///
/// Shows who can use an integration: which workspaces may, and with what limits. Their ids are slugs.
#[endpoint(GET "/integrations/{slug}/workspaces" -> Page<IntegrationWorkspace, under::Workspaces>,
    plan(enterprise), scopes("organisation_integrations.read"), part_of(Integration as "workspaces"), airs(admin))]
pub struct ListIntegrationWorkspaces {
    pub slug: IntegrationSlug,
    #[shared]
    pub paging: Unpaged,
}

/// Share an integration with workspaces
///
/// Shares an integration with workspaces: gives one access to it, lets it use it or not, limits what it may spend.
#[endpoint(PUT "/integrations/{slug}/workspaces" -> Page<IntegrationWorkspace, under::Workspaces>,
    plan(unspecified), scopes("organisation_integrations.update"), fresh(ListIntegrationWorkspaces), checked,
    merges("global_workspace_access"), airs(admin))]
pub struct UpdateIntegrationWorkspaces {
    pub slug: IntegrationSlug,
    /// What changes.
    #[in_example]
    pub workspaces: Option<Vec<WorkspaceAccess>>,
    /// Let all workspaces use it, new ones too.
    #[body("global_workspace_access.enabled")]
    #[schemars(extend("x-wide" = true))]
    pub global_workspace_access_enabled: Option<bool>,
    /// Dollars for each workspace.
    #[body("global_workspace_access.usage_limits.0.credit_limit")]
    pub global_credit_limit: Option<f64>,
    /// Alert from here, below `global_credit_limit`.
    #[body("global_workspace_access.usage_limits.0.alert_threshold")]
    #[example(2)]
    pub global_alert_threshold: Option<f64>,
    /// Requests per minute for each workspace.
    #[body("global_workspace_access.rate_limits")]
    pub global_rate_limit_rpm: Option<RequestsPerMinute>,
    /// Replace what workspaces had of their own.
    #[schemars(extend("x-wide" = true))]
    #[instruction]
    pub override_existing_workspace_access: Option<bool>,
    /// Make the workspaces a provider at once; default true.
    #[instruction]
    pub create_default_provider: Option<bool>,
    #[hidden]
    #[instruction]
    pub default_provider_slug: Option<String>,
}

impl Check for UpdateIntegrationWorkspaces {
    fn check(&self) -> Result<(), Problem> {
        let limits_all = self.global_credit_limit.is_some()
            || self.global_alert_threshold.is_some()
            || self.global_rate_limit_rpm.is_some();
        if limits_all && self.global_workspace_access_enabled.is_none() {
            return Err(Problem::rule(
                "global_workspace_access_enabled",
                "say whether all workspaces may use the integration when you limit them all",
            ));
        }
        if self.workspaces.is_none() && self.global_workspace_access_enabled.is_none() {
            return Err(Problem::rule(
                "workspaces",
                "nothing to change: give `workspaces`, or `global_workspace_access_enabled`",
            ));
        }
        check_alert(
            "global_alert_threshold",
            self.global_alert_threshold,
            self.global_credit_limit,
        )?;
        for (index, workspace) in self.workspaces.iter().flatten().enumerate() {
            workspace.check().map_err(|problem| Problem {
                path: format!("workspaces[{index}].{}", problem.path),
                ..problem
            })?;
        }
        Ok(())
    }
}

/// What a workspace may use of an integration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(into = "Grant")]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
#[schemars(extend("x-synonyms" = { "workspace_id": "id" }))]
#[allow(
    missing_docs,
    reason = "models read every word: only what names do not say"
)]
pub struct WorkspaceAccess {
    /// UUID or slug.
    pub id: WorkspaceId,
    pub enabled: bool,
    /// Dollars.
    #[serde(default)]
    pub credit_limit: Option<f64>,
    #[serde(default)]
    #[schemars(extend("x-example" = 2))]
    pub alert_threshold: Option<f64>,
    #[serde(default)]
    pub rate_limit_rpm: Option<u64>,
    /// The whole budget, instead of its parts.
    #[serde(default, deserialize_with = "portkey_api_core::present")]
    #[schemars(length(max = 1), extend("x-hidden" = true))]
    pub usage_limits: Option<Nullable<Vec<UsageLimits>>>,
    /// Instead of `rate_limit_rpm`.
    #[serde(default, deserialize_with = "portkey_api_core::present")]
    #[schemars(length(max = 1), extend("x-hidden" = true))]
    pub rate_limits: Option<Nullable<Vec<RateLimit>>>,
    /// Set what is used up to zero.
    #[serde(default)]
    pub reset_usage: Option<bool>,
    #[serde(default)]
    #[schemars(extend("x-hidden" = true))]
    pub create_default_provider: Option<bool>,
    #[serde(default)]
    #[schemars(extend("x-hidden" = true))]
    pub default_provider_slug: Option<String>,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

impl Check for WorkspaceAccess {
    fn check(&self) -> Result<(), Problem> {
        let cleared = UsageLimits::default();
        check_limits(&FlatLimits {
            credit_limit: self.credit_limit,
            alert_threshold: self.alert_threshold,
            usage_limits: self.usage_limits.as_ref().map(|limits| match limits {
                Nullable::Set(limits) => limits.first().unwrap_or(&cleared),
                Nullable::Clear => &cleared,
            }),
            has_rpm: self.rate_limit_rpm.is_some(),
            has_rate_limits: self.rate_limits.is_some(),
        })
    }
}

/// The same in the API's words, where limits are lists.
#[derive(Serialize, JsonSchema)]
struct Grant {
    id: WorkspaceId,
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_limits: Option<Nullable<Vec<UsageLimits>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limits: Option<Nullable<Vec<RateLimit>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_usage: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    create_default_provider: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_provider_slug: Option<String>,
    #[serde(flatten)]
    others: JsonObject,
}

impl From<WorkspaceAccess> for Grant {
    fn from(access: WorkspaceAccess) -> Self {
        let has_budget = access.credit_limit.is_some() || access.alert_threshold.is_some();
        let budget = has_budget.then(|| {
            Nullable::Set(vec![UsageLimits {
                credit_limit: access.credit_limit,
                alert_threshold: access.alert_threshold,
                ..UsageLimits::default()
            }])
        });
        let rate = access.rate_limit_rpm.map(|value| {
            Nullable::Set(vec![RateLimit {
                r#type: Open::of(&RateUnit::Requests),
                unit: Open::of(&RatePeriod::Rpm),
                value,
                others: JsonObject::new(),
            }])
        });
        Self {
            id: access.id,
            enabled: access.enabled,
            usage_limits: access.usage_limits.or(budget),
            rate_limits: access.rate_limits.or(rate),
            reset_usage: access.reset_usage,
            create_default_provider: access.create_default_provider,
            default_provider_slug: access.default_provider_slug,
            others: access.others,
        }
    }
}

/// What a workspace may use of an integration.
#[answer(brief(id, enabled, usage_limits, rate_limits, status))]
#[schemars(extend("x-is" = WorkspaceId::KIND))]
pub struct IntegrationWorkspace {
    /// Workspace slug.
    pub id: Option<RefersTo<WorkspaceId>>,
    pub enabled: Option<bool>,
    #[schemars(extend("x-limits" = true))]
    pub usage_limits: Option<Vec<JsonObject>>,
    #[schemars(extend("x-limits" = true))]
    pub rate_limits: Option<Vec<JsonObject>>,
    pub status: Option<String>,
}
