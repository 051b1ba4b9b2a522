//! Providers: an integration as one workspace uses it, under a slug, with limits of its own.
//!
//! Limits in their whole spelling are understood here but not advertised: the parts say the same in fewer words.

use portkey_api_core::{
    Check, Done, Expiry, JsonObject, Nullable, Open, Page, Problem, RefersTo, Sealed, Secret,
    answer, arguments, catalog, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;

use crate::{
    BudgetUnit, RateLimit, RatePeriod, ResetPeriod, UsageLimits,
    ids::{IntegrationSlug, WorkspaceId},
    limits::{FlatLimits, check_limits},
    paging::Paging,
};

pub use crate::ids::ProviderSlug;

catalog! { "Providers":
    ListProviders,
    CreateProvider,
    GetProvider,
    UpdateProvider,
    DeleteProvider,
}

/// List all providers of a workspace
///
/// Shows all providers that workspaces have and can use, with status and limits. Credentials are in
/// `list_integrations`.
#[endpoint(GET "/providers" -> Page<Provider>, scopes("providers.list", "virtual_keys.list"), essential,
    lists(Provider))]
pub struct ListProviders {
    #[shared]
    pub paging: Paging,
    /// UUID; for organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    /// Text values to find by.
    pub tags: Option<JsonObject>,
}

/// Create a provider for a workspace
///
/// Gives a workspace a provider: adds one, set up from an integration, with its own budget. Prompts and configs name it
/// as @slug.
#[endpoint(POST "/providers" -> SavedProvider,
    scopes("providers.create", "virtual_keys.create"), checked)]
pub struct CreateProvider {
    #[schemars(length(max = 255))]
    pub name: String,
    /// Integration UUID or slug, enabled for the workspace.
    pub integration_id: RefersTo<IntegrationSlug>,
    /// UUID; for organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    #[schemars(length(max = 255))]
    pub slug: Option<String>,
    pub note: Option<String>,
    pub expires_at: Option<Expiry>,
    /// Text values to find it by.
    pub tags: Option<JsonObject>,
    #[hidden]
    pub model_config: Option<Sealed<JsonObject>>,
    #[shared]
    pub limits: ProviderLimits,
}

impl Check for CreateProvider {
    fn check(&self) -> Result<(), Problem> {
        self.limits.check()
    }
}

/// Get a provider
///
/// Shows the status of one provider, its limits and how much budget is left.
#[endpoint(GET "/providers/{slug}" -> Provider, scopes("providers.read", "virtual_keys.read"), reads(Provider))]
pub struct GetProvider {
    pub slug: ProviderSlug,
    /// UUID; for organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    /// Add the integration's settings.
    pub include_configurations: Option<bool>,
}

/// Change a provider's limits
///
/// Changes a provider: puts another budget (dollar limit), rate limit or expiry on it. Each limit is replaced as a
/// whole. Raise the budget when it ran out.
#[endpoint(PUT "/providers/{slug}" -> Provider,
    scopes("providers.update", "virtual_keys.update"), checked, fresh(GetProvider))]
pub struct UpdateProvider {
    pub slug: ProviderSlug,
    /// UUID; for organisation keys.
    #[query]
    pub workspace_id: Option<WorkspaceId>,
    #[schemars(length(max = 255))]
    pub name: Option<String>,
    pub note: Option<String>,
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[schemars(extend("x-protects" = true))]
    pub expires_at: Option<Nullable<Expiry>>,
    /// Set what is used up to zero.
    #[instruction]
    #[irreversible]
    pub reset_usage: Option<bool>,
    #[shared]
    pub limits: ProviderLimits,
}

impl Check for UpdateProvider {
    fn check(&self) -> Result<(), Problem> {
        self.limits.check()
    }
}

/// Delete a provider
///
/// Deletes a provider for good: takes it away from a workspace. Prompts and configs that name it fail from then on.
#[endpoint(DELETE "/providers/{slug}" -> Done, scopes("providers.delete", "virtual_keys.delete"),
    undo(loses = "what was used up of its budget"))]
pub struct DeleteProvider {
    pub slug: ProviderSlug,
    /// UUID; for organisation keys.
    pub workspace_id: Option<WorkspaceId>,
}

/// How many requests may come in a period that is given beside it. Travels as a [`RateLimit`] without its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Requests(#[schemars(range(min = 1))] pub u64);

impl Serialize for Requests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({ "type": "requests", "value": self.0 }).serialize(serializer)
    }
}

/// A provider's budget and rate, each given whole or in parts.
#[arguments]
#[derive(Default)]
pub struct ProviderLimits {
    /// Budget in dollars or tokens.
    #[body("usage_limits.credit_limit")]
    #[excludes(usage_limits)]
    pub credit_limit: Option<f64>,
    /// Below `credit_limit`.
    #[body("usage_limits.alert_threshold")]
    #[excludes(usage_limits)]
    #[example(2)]
    pub alert_threshold: Option<f64>,
    /// What the budget counts.
    #[body("usage_limits.type")]
    #[excludes(usage_limits)]
    pub usage_limit_type: Option<Open<BudgetUnit>>,
    /// When the budget starts again.
    #[body("usage_limits.periodic_reset")]
    #[excludes(usage_limits)]
    pub periodic_reset: Option<Open<ResetPeriod>>,
    #[hidden]
    #[body("usage_limits")]
    pub usage_limits: Option<UsageLimits>,
    /// Requests in each `rate_limit_unit`.
    #[body("rate_limits.0")]
    #[zero_counts]
    #[excludes(rate_limits)]
    pub rate_limit_value: Option<Requests>,
    /// Per minute, hour, day, second or week.
    #[body("rate_limits.0.unit")]
    #[excludes(rate_limits)]
    pub rate_limit_unit: Option<Open<RatePeriod>>,
    #[hidden]
    #[body("rate_limits")]
    pub rate_limits: Option<Vec<RateLimit>>,
}

impl Check for ProviderLimits {
    fn check(&self) -> Result<(), Problem> {
        if self.usage_limits.is_some()
            && (self.usage_limit_type.is_some() || self.periodic_reset.is_some())
        {
            return Err(Problem::rule(
                "usage_limits",
                "holds the budget's type and period: give them there",
            ));
        }
        let lacking = match (&self.rate_limit_value, &self.rate_limit_unit) {
            (Some(_), None) => Some("rate_limit_unit"),
            (None, Some(_)) => Some("rate_limit_value"),
            _ => None,
        };
        if let Some(lacking) = lacking {
            return Err(Problem::rule(
                lacking,
                "give `rate_limit_value` and `rate_limit_unit` together",
            ));
        }
        if self.rate_limits.is_some() && self.rate_limit_value.is_some() {
            return Err(Problem::rule(
                "rate_limits",
                "give `rate_limits`, or `rate_limit_value` and `rate_limit_unit`, not both",
            ));
        }
        check_limits(&FlatLimits {
            credit_limit: self.credit_limit,
            alert_threshold: self.alert_threshold,
            usage_limits: self.usage_limits.as_ref(),
            has_rpm: false,
            has_rate_limits: self.rate_limits.is_some(),
        })
    }
}

/// An integration as a workspace uses it.
#[answer(brief(
    slug,
    name,
    status,
    integration_id,
    ai_provider_name,
    usage_limits,
    rate_limits,
    workspace_id,
    created_at,
    expires_at
))]
pub struct Provider {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub note: Option<String>,
    pub status: Option<String>,
    pub integration_id: Option<String>,
    pub ai_provider_name: Option<String>,
    pub key: Option<Secret>,
    pub masked_api_key: Option<Secret>,
    pub model_config: Option<Sealed>,
    #[schemars(extend("x-limits" = true))]
    pub usage_limits: Option<JsonObject>,
    #[schemars(extend("x-limits" = true))]
    pub rate_limits: Option<Vec<JsonObject>>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub created_at: Option<String>,
    pub expires_at: Option<String>,
    pub last_reset_at: Option<String>,
}

/// A provider that was written; `get_provider` has the rest.
#[answer]
pub struct SavedProvider {
    pub id: Option<String>,
    pub slug: Option<String>,
}
