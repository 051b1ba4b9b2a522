//! Virtual keys, the deprecated face of providers: a provider's credentials under a slug.
//!
//! Limits in their whole spelling are understood here but not advertised: models should not learn much about them.

use portkey_api_core::{
    Check, Done, Expiry, JsonObject, Open, Page, Problem, RefersTo, Sealed, Secret, answer,
    arguments, catalog, endpoint, id,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    AiProvider, RateLimit, RequestsPerMinute, UsageLimits,
    ids::{SecretReferenceId, WorkspaceId},
    limits::{FlatLimits, check_limits},
    paging::Paging,
};

catalog! { "Virtual keys (deprecated)", also "keys":
    ListVirtualKeys,
    CreateVirtualKey,
    GetVirtualKey,
    UpdateVirtualKey,
    DeleteVirtualKey,
}

/// List all virtual keys
///
/// Shows all virtual keys (VKs, old-style provider keys) with status and limits. Deprecated: prefer providers.
#[endpoint(GET "/virtual-keys" -> Page<VirtualKey>, scopes("virtual_keys.list"), airs(absent))]
pub struct ListVirtualKeys {
    pub workspace_id: Option<WorkspaceId>,
    #[shared]
    pub paging: Paging,
}

/// Create a new virtual key
///
/// Adds a provider's key as a new virtual key (VK), whose slug configs and prompts use. Deprecated: prefer integrations
/// and providers.
#[endpoint(POST "/virtual-keys" -> NewVirtualKey, scopes("virtual_keys.create"), checked, airs(absent))]
pub struct CreateVirtualKey {
    pub name: String,
    /// Such as `openai`, `anthropic` or `azure-openai`.
    pub provider: AiProvider,
    /// The provider's API key.
    #[in_example]
    pub key: Option<Secret>,
    pub note: Option<String>,
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    /// Azure.
    #[body("apiVersion")]
    pub api_version: Option<String>,
    /// Azure.
    #[body("resourceName")]
    pub resource_name: Option<String>,
    /// Azure.
    #[body("deploymentName")]
    pub deployment_name: Option<String>,
    /// Several Azure deployments.
    #[hidden(outlined)]
    #[body("deploymentConfig")]
    #[alias("deployment_configurations")]
    pub deployment_config: Option<Vec<Open<Deployment>>>,
    #[shared]
    pub limits: VirtualKeyLimits,
    pub expires_at: Option<Expiry>,
    /// Credentials kept in a secret manager, instead of `key`.
    #[hidden(outlined)]
    pub secret_mappings: Option<Vec<Open<SecretMapping>>>,
}

impl Check for CreateVirtualKey {
    fn check(&self) -> Result<(), Problem> {
        if self.key.is_none() && self.secret_mappings.is_none() {
            return Err(Problem::rule(
                "key",
                "give the provider's `key`, or `secret_mappings` that say where it is kept",
            ));
        }
        self.limits.check()
    }
}

/// Get a virtual key
///
/// Shows details of one VK: which provider it belongs to, limits. Deprecated: prefer providers.
#[endpoint(GET "/virtual-keys/{slug}" -> VirtualKey, scopes("virtual_keys.read"), reads(VirtualKey), airs(absent))]
pub struct GetVirtualKey {
    pub slug: VirtualKeySlug,
}

/// Update a virtual key
///
/// Edits a virtual key (VK): new secret, budget or name. Deprecated: prefer providers.
#[endpoint(PUT "/virtual-keys/{slug}" -> VirtualKey,
    scopes("virtual_keys.update"), fresh(GetVirtualKey), checked, airs(absent))]
pub struct UpdateVirtualKey {
    pub slug: VirtualKeySlug,
    pub name: Option<String>,
    /// Replaces the provider's API key.
    pub key: Option<Secret>,
    pub note: Option<String>,
    /// Replaces the Azure deployments.
    #[hidden(outlined)]
    #[body("deploymentConfig")]
    #[alias("deployment_configurations")]
    pub deployment_config: Option<Vec<Open<Deployment>>>,
    #[shared]
    pub limits: VirtualKeyLimits,
    /// Credentials kept in a secret manager, instead of `key`.
    #[hidden(outlined)]
    pub secret_mappings: Option<Vec<Open<SecretMapping>>>,
}

impl Check for UpdateVirtualKey {
    fn check(&self) -> Result<(), Problem> {
        self.limits.check()
    }
}

/// Delete a virtual key
///
/// Gets rid of a virtual key (VK), as an unused one. Configs and prompts that use it fail from then on. Deprecated:
/// prefer providers.
#[endpoint(DELETE "/virtual-keys/{slug}" -> Done, scopes("virtual_keys.delete"),
    undo(never = "the provider's key in it cannot be read, so it cannot be put back: \
        `create_virtual_key` takes it anew"), airs(absent))]
pub struct DeleteVirtualKey {
    pub slug: VirtualKeySlug,
}

/// A virtual key's budget and rate.
#[arguments(body)]
#[derive(Default)]
pub struct VirtualKeyLimits {
    /// Budget in dollars.
    #[body("usage_limits.credit_limit")]
    #[excludes(usage_limits)]
    pub credit_limit: Option<f64>,
    /// Below `credit_limit`.
    #[body("usage_limits.alert_threshold")]
    #[excludes(usage_limits)]
    #[example(2)]
    pub alert_threshold: Option<f64>,
    /// The whole budget, instead of `credit_limit`.
    #[hidden]
    pub usage_limits: Option<UsageLimits>,
    /// Requests per minute.
    #[body("rate_limits")]
    #[excludes(rate_limits)]
    pub rate_limit_rpm: Option<RequestsPerMinute>,
    /// Instead of `rate_limit_rpm`.
    #[hidden]
    pub rate_limits: Option<Vec<RateLimit>>,
}

impl Check for VirtualKeyLimits {
    fn check(&self) -> Result<(), Problem> {
        check_limits(&FlatLimits {
            credit_limit: self.credit_limit,
            alert_threshold: self.alert_threshold,
            usage_limits: self.usage_limits.as_ref(),
            has_rpm: self.rate_limit_rpm.is_some(),
            has_rate_limits: self.rate_limits.is_some(),
        })
    }
}

id! {
    /// Slug or UUID.
    VirtualKeySlug
}

/// A deployment of Azure OpenAI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-synonyms" = { "api_version": "apiVersion", "deployment_name": "deploymentName" }))]
pub struct Deployment {
    /// Such as `2024-06-01`.
    #[serde(rename = "apiVersion")]
    pub api_version: String,
    /// As Azure calls it.
    #[serde(rename = "deploymentName")]
    pub deployment_name: String,
    /// Model name in requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Use it for other models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
}

/// A credential that is read from a secret manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretMapping {
    /// Such as `key`.
    pub target_field: String,
    /// UUID or slug.
    pub secret_reference_id: RefersTo<SecretReferenceId>,
    /// Member of the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<String>,
    /// How the secret is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_format: Option<SecretFormat>,
}

/// How a secret is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum SecretFormat {
    Json,
    String,
}

/// A provider's credentials under a slug.
#[answer(brief(
    slug,
    name,
    status,
    provider,
    usage_limits,
    rate_limits,
    created_at,
    expires_at,
    integration_id,
    workspace_id
))]
pub struct VirtualKey {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub note: Option<String>,
    pub status: Option<String>,
    /// In lists.
    pub provider: Option<String>,
    /// When one virtual key is read.
    pub ai_provider_name: Option<String>,
    pub key: Option<Secret>,
    pub masked_api_key: Option<Secret>,
    pub model_config: Option<Sealed>,
    #[schemars(extend("x-limits" = true))]
    pub usage_limits: Option<JsonObject>,
    #[schemars(extend("x-limits" = true))]
    pub rate_limits: Option<Vec<JsonObject>>,
    pub created_at: Option<String>,
    pub expires_at: Option<String>,
    pub last_reset_at: Option<String>,
    pub integration_id: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub workspace_name: Option<String>,
    pub organisation_id: Option<String>,
    pub secret_mappings: Option<Vec<JsonObject>>,
}

/// A fresh virtual key.
#[answer]
pub struct NewVirtualKey {
    pub slug: Option<String>,
}
