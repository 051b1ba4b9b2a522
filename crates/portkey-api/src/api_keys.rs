//! Portkey's own API keys: for a service of the organisation, or a service or person of a workspace.

use portkey_api_core::{
    Check, Done, Due, Email, Expiry, JsonObject, Minted, Nullable, Open, Page, Problem, RefersTo,
    Secret, answer, catalog, endpoint, id,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    KeyScope, RateLimit, RequestsPerMinute, ResetPeriod, UsageLimits,
    ids::{ConfigSlug, OrganisationId, UserId, WorkspaceId},
    limits::{FlatLimits, check_limits},
    paging::Paging,
};

catalog! { "API keys", also "keys":
    ListApiKeys,
    CreateApiKey,
    GetApiKey,
    UpdateApiKey,
    DeleteApiKey,
    RotateApiKey,
}

/// List all API keys
///
/// Shows all API keys of services and users: which exist in a workspace, their limits, status, when they expire.
/// `verbose` adds scopes and the masked keys.
#[endpoint(GET "/api-keys" -> Page<ApiKey>, scopes(
    "organisation_service_api_keys.list", "workspace_service_api_keys.list", "workspace_user_api_keys.list"),
    essential, lists(ApiKey, whole = GetApiKey))]
pub struct ListApiKeys {
    pub workspace_id: Option<WorkspaceId>,
    #[shared]
    pub paging: Paging,
    /// Comma-separated key UUIDs.
    pub ids: Option<String>,
}

/// Create a new API key
///
/// Makes (mints, issues) a new API key for an app, server, service account or person, returned this once only. Can have
/// scopes, a budget and an expiry. Kinds: organisation service, workspace service, workspace user.
#[endpoint(POST "/api-keys/{type}/{sub_type}" -> NewApiKey, plan(unspecified), checked, scopes(
    "organisation_service_api_keys.create", "workspace_service_api_keys.create", "workspace_user_api_keys.create"),
    undo(by = DeleteApiKey), essential, airs(path = "/api-keys/{sub_type}"))]
pub struct CreateApiKey {
    #[airs(body("type"))]
    pub r#type: Open<KeyType>,
    /// `user` only with `workspace`.
    #[example("service")]
    pub sub_type: Open<KeySubType>,
    #[schemars(length(max = 100))]
    pub name: String,
    pub description: Option<String>,
    /// What it may do, such as `logs.view`; see `list_key_scopes`.
    #[schemars(length(min = 1))]
    pub scopes: Vec<KeyScope>,
    /// For a workspace key made with an organisation key.
    pub workspace_id: Option<WorkspaceId>,
    /// Whose key; needed for `user`.
    pub user_id: Option<UserId>,
    /// UUID.
    #[hidden]
    #[airs(tenant)]
    pub organisation_id: Option<RefersTo<OrganisationId>>,
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
    #[hidden(outlined)]
    pub usage_limits: Option<UsageLimits>,
    /// Requests per minute.
    #[body("rate_limits")]
    #[excludes(rate_limits)]
    pub rate_limit_rpm: Option<RequestsPerMinute>,
    /// Instead of `rate_limit_rpm`.
    #[hidden(outlined)]
    pub rate_limits: Option<Vec<RateLimit>>,
    /// Config id or slug for its requests.
    #[body("defaults.config_id")]
    pub default_config_id: Option<RefersTo<ConfigSlug>>,
    /// Text values put on its requests.
    #[body("defaults.metadata")]
    pub default_metadata: Option<JsonObject>,
    /// Whether requests may name another config.
    #[hidden]
    #[body("defaults.allow_config_override")]
    #[alias("default_allow_config_override")]
    pub allow_config_override: Option<bool>,
    /// E-mail addresses.
    pub alert_emails: Option<Vec<Email>>,
    pub expires_at: Option<Expiry>,
    #[hidden(outlined)]
    pub rotation_policy: Option<RotationPolicy>,
}

impl Check for CreateApiKey {
    fn check(&self) -> Result<(), Problem> {
        match (self.r#type.known(), self.sub_type.known()) {
            (Some(KeyType::Organisation), Some(KeySubType::User)) => {
                return Err(Problem::rule(
                    "sub_type",
                    "an organisation has no user keys: use `service`, or `type` `workspace`",
                ));
            }
            (Some(KeyType::Workspace), Some(KeySubType::User)) if self.user_id.is_none() => {
                return Err(Problem::rule(
                    "user_id",
                    "a user key belongs to a person: give their `user_id` (`list_all_users` has it)",
                ));
            }
            _ => {}
        }
        if let Some(policy) = &self.rotation_policy {
            policy.check()?;
        }
        check_limits(&FlatLimits {
            credit_limit: self.credit_limit,
            alert_threshold: self.alert_threshold,
            usage_limits: self.usage_limits.as_ref(),
            has_rpm: self.rate_limit_rpm.is_some(),
            has_rate_limits: self.rate_limits.is_some(),
        })
    }
}

/// Get one API key
///
/// Shows info on one API key: its scopes and limits, whether it is active, when it expires.
#[endpoint(GET "/api-keys/{id}" -> ApiKey, scopes(
    "organisation_service_api_keys.read", "workspace_service_api_keys.read", "workspace_user_api_keys.read"),
    essential, reads(ApiKey))]
pub struct GetApiKey {
    #[alias("api_key_id", "key_id")]
    pub id: ApiKeyId,
}

/// Change an API key's limits or scopes
///
/// Changes a key: raises or lowers its budget (spending limit) or rate limit, sets scopes (what it may do) or expiry.
/// Can reset its usage. `clear` empties fields; lists and `usage_limits` replace the old ones. Type and user are fixed.
#[endpoint(PUT "/api-keys/{id}" -> ApiKey, plan(unspecified), fresh(GetApiKey), checked, scopes(
    "organisation_service_api_keys.update", "workspace_service_api_keys.update", "workspace_user_api_keys.update"),
    merges("defaults"), essential)]
pub struct UpdateApiKey {
    #[alias("api_key_id", "key_id")]
    pub id: ApiKeyId,
    #[schemars(length(max = 100))]
    pub name: Option<String>,
    pub description: Option<String>,
    /// All it may do from now on.
    #[schemars(length(min = 1))]
    pub scopes: Option<Vec<KeyScope>>,
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
    #[hidden(outlined)]
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub usage_limits: Option<Nullable<UsageLimits>>,
    /// Set what is used up to zero; revives an exhausted key.
    #[instruction]
    #[irreversible]
    pub reset_usage: Option<bool>,
    /// Requests per minute.
    #[body("rate_limits")]
    #[excludes(rate_limits)]
    pub rate_limit_rpm: Option<RequestsPerMinute>,
    /// Instead of `rate_limit_rpm`.
    #[hidden(outlined)]
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub rate_limits: Option<Nullable<Vec<RateLimit>>>,
    /// Config id or slug for its requests.
    #[body("defaults.config_id")]
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub default_config_id: Option<Nullable<RefersTo<ConfigSlug>>>,
    /// Text values put on its requests.
    #[body("defaults.metadata")]
    pub default_metadata: Option<JsonObject>,
    /// Whether requests may name another config.
    #[hidden]
    #[body("defaults.allow_config_override")]
    #[alias("default_allow_config_override")]
    pub allow_config_override: Option<bool>,
    /// E-mail addresses.
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub alert_emails: Option<Nullable<Vec<Email>>>,
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[schemars(extend("x-protects" = true))]
    pub expires_at: Option<Nullable<Expiry>>,
    #[hidden(outlined)]
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub rotation_policy: Option<Nullable<RotationPolicy>>,
}

impl Check for UpdateApiKey {
    fn check(&self) -> Result<(), Problem> {
        if let Some(Nullable::Set(policy)) = &self.rotation_policy {
            policy.check()?;
        }
        let cleared = UsageLimits::default();
        check_limits(&FlatLimits {
            credit_limit: self.credit_limit,
            alert_threshold: self.alert_threshold,
            usage_limits: self.usage_limits.as_ref().map(|limits| match limits {
                Nullable::Set(limits) => limits,
                Nullable::Clear => &cleared,
            }),
            has_rpm: self.rate_limit_rpm.is_some(),
            has_rate_limits: self.rate_limits.is_some(),
        })
    }
}

/// Delete an API key
///
/// Revokes an API key permanently (kills, deactivates it), as when it leaked. Whatever uses it is refused from then on.
#[endpoint(DELETE "/api-keys/{id}" -> Done, plan(unspecified), scopes(
    "organisation_service_api_keys.delete", "workspace_service_api_keys.delete", "workspace_user_api_keys.delete"),
    undo(never = "its key material cannot come back: `create_api_key` makes another key, and \
        whoever used this one needs that"), essential)]
pub struct DeleteApiKey {
    #[alias("api_key_id", "key_id")]
    pub id: ApiKeyId,
}

/// Rotate an API key's secret
///
/// Rolls an API key: issues a new secret for it (a replacement, as when compromised) and returns it this once only. The
/// old secret works until the transition ends.
#[endpoint(POST "/api-keys/{id}/rotate" -> RotatedApiKey, effect(execute, because = "changes a key that stays"),
    destructive(because = "the old key ends"), extended, scopes(
    "organisation_service_api_keys.rotate", "workspace_service_api_keys.rotate", "workspace_user_api_keys.rotate"),
    undo(never = "the old key material cannot come back: rotate again, or wait until the transition ends"),
    essential)]
pub struct RotateApiKey {
    #[alias("api_key_id", "key_id")]
    pub id: ApiKeyId,
    /// How long both secrets work, in milliseconds; 30 minutes when left out.
    #[schemars(range(min = 1_800_000))]
    pub key_transition_period_ms: Option<u64>,
}

id! {
    /// UUID.
    ApiKeyId: uuid
}

/// Whom a key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(extend("x-wide" = "organisation"))]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum KeyType {
    Organisation,
    Workspace,
}

/// Who uses a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum KeySubType {
    User,
    Service,
}

/// Regular replacement of the secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
#[schemars(extend("x-example" = {
    "rotation_period": "weekly",
    "next_rotation_at": "2026-01-01T00:00:00Z",
    "key_transition_period_ms": 1_800_000,
}))]
pub struct RotationPolicy {
    /// On Mondays, or on the 1st.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation_period: Option<Open<ResetPeriod>>,
    /// Or each so many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 365))]
    pub rotation_period_days: Option<u32>,
    /// Date or span from now, such as `30d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_rotation_at: Option<Due>,
    /// How long both secrets work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1_800_000))]
    pub key_transition_period_ms: Option<u64>,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

impl Check for RotationPolicy {
    fn check(&self) -> Result<(), Problem> {
        if self.rotation_period.is_some() && self.rotation_period_days.is_some() {
            return Err(Problem::rule(
                "rotation_policy.rotation_period_days",
                "give `rotation_period` or `rotation_period_days`, not both",
            ));
        }
        Ok(())
    }
}

/// A key of Portkey's.
#[answer(brief(
    id,
    name,
    r#type,
    status,
    workspace_id,
    user_id,
    usage_limits,
    rate_limits,
    created_at,
    expires_at
))]
pub struct ApiKey {
    pub id: Option<String>,
    pub key: Option<Secret>,
    pub name: Option<String>,
    pub description: Option<String>,
    /// Such as `workspace-service`.
    pub r#type: Option<String>,
    pub status: Option<String>,
    pub organisation_id: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub user_id: Option<String>,
    pub scopes: Option<Vec<String>>,
    #[schemars(extend("x-limits" = true))]
    pub usage_limits: Option<JsonObject>,
    #[schemars(extend("x-limits" = true))]
    pub rate_limits: Option<Vec<JsonObject>>,
    pub defaults: Option<KeyDefaults>,
    pub allow_config_override: Option<bool>,
    pub alert_emails: Option<Vec<String>>,
    pub rotation_policy: Option<JsonObject>,
    pub creation_mode: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
    pub last_reset_at: Option<String>,
    pub expires_at: Option<String>,
    pub expiry_enforced: Option<bool>,
}

/// What requests with a key get unless they say otherwise.
#[answer]
pub struct KeyDefaults {
    pub metadata: Option<JsonObject>,
    pub config_id: Option<String>,
    pub allow_config_override: Option<bool>,
}

/// A fresh key.
#[answer]
pub struct NewApiKey {
    pub id: Option<String>,
    /// Never shown again.
    pub key: Option<Minted>,
}

/// A key with a fresh secret.
#[answer]
pub struct RotatedApiKey {
    pub id: Option<String>,
    /// Never shown again.
    pub key: Option<Minted>,
    /// When the old secret stops working.
    pub key_transition_expires_at: Option<String>,
}
