//! Deployments: gateways that the organisation runs itself.

use std::collections::BTreeMap;

use portkey_api_core::{
    Done, Flag, JsonObject, Minted, Nullable, Open, Page, RefersTo, answer, arguments, catalog,
    endpoint, id,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{OrganisationId, WorkspaceSlug};

catalog! { "Deployments":
    ListDeployments,
    RegisterDeployment,
    GetDeployment,
    UpdateDeployment,
    ArchiveDeployment,
    PingDeployment,
}

/// List gateway deployments
///
/// Lists deployments: self-hosted (private) gateways, data planes, archived ones too, with type, status and health.
#[endpoint(GET "/deployments" -> Page<Deployment>, scopes("deployments.list"),
    keys(admin), plan(enterprise), base(v2), extended, lists(Deployment, whole = GetDeployment))]
pub struct ListDeployments {
    #[airs(unsent)]
    pub organisation_id: Option<OrganisationId>,
    pub status: Option<Open<DeploymentStatus>>,
    pub r#type: Option<Open<DeploymentType>>,
    /// Any of these workspaces.
    pub workspace_slug: Option<Vec<RefersTo<WorkspaceSlug>>>,
    /// Part of the name.
    pub search: Option<String>,
    /// Text values to match.
    pub tags: Option<BTreeMap<String, String>>,
}

/// Register a gateway deployment
///
/// Adds a new self-hosted (on-prem) gateway or data plane. Returns its credentials, this once only.
#[endpoint(POST "/deployments" -> NewDeployment, scopes("deployments.create"),
    keys(admin), plan(enterprise), base(v2), extended)]
pub struct RegisterDeployment {
    #[schemars(length(min = 1))]
    pub name: String,
    /// Made up when left out.
    #[schemars(length(min = 1, max = 50))]
    pub slug: Option<String>,
    pub r#type: Option<Open<DeploymentType>>,
    #[airs(tenant)]
    pub organisation_id: Option<OrganisationId>,
    /// Settings of the gateway.
    pub deployment_config: Option<JsonObject>,
    /// Make it the default, as the first always is.
    pub is_default: Option<bool>,
    /// Text values.
    pub tags: Option<BTreeMap<String, String>>,
    #[shared]
    pub settings: Settings,
}

/// Get a gateway deployment
///
/// Shows the health of one self-hosted (on-prem) gateway: is it connected, settings, workspaces. Credentials come
/// masked.
#[endpoint(GET "/deployments/{id}" -> Deployment, scopes("deployments.read"),
    keys(admin), plan(enterprise), base(v2), extended)]
pub struct GetDeployment {
    #[alias("deployment_id")]
    pub id: DeploymentId,
    #[airs(unsent)]
    pub organisation_id: Option<OrganisationId>,
}

/// Change a gateway deployment
///
/// Changes URL or status of a data plane, or allows another workspace. With `rotate_auth` it returns new credentials,
/// this once only.
#[endpoint(PUT "/deployments/{id}" -> Deployment, scopes("deployments.update"), keys(admin),
    plan(enterprise), base(v2), extended,
    not_repeatable(because = "may make new credentials each time"), fresh(GetDeployment),
    merges("auth_settings"))]
pub struct UpdateDeployment {
    #[alias("deployment_id")]
    pub id: DeploymentId,
    #[schemars(length(min = 1))]
    pub name: Option<String>,
    pub r#type: Option<Open<DeploymentType>>,
    pub status: Option<Open<DeploymentStatus>>,
    /// Settings of the gateway.
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub deployment_config: Option<Nullable<JsonObject>>,
    /// Make it the default.
    pub is_default: Option<bool>,
    /// Make new credentials; the old ones stop working.
    #[instruction]
    #[irreversible]
    pub rotate_auth: Option<bool>,
    /// Replace settings rather than add to them.
    #[instruction]
    #[replaces]
    pub override_existing: Option<bool>,
    /// Text values.
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub tags: Option<Nullable<BTreeMap<String, String>>>,
    #[shared]
    pub settings: Settings,
    /// Let every workspace in again.
    #[body("auth_settings.allow_all_workspaces")]
    #[schemars(extend("x-wide" = true))]
    #[shortens("workspaces_allowed")]
    pub allow_all_workspaces: Option<bool>,
    /// Workspace slugs to shut out.
    #[body("auth_settings.remove_workspaces_allowed")]
    #[shortens("workspaces_allowed")]
    pub remove_workspaces_allowed: Option<Vec<RefersTo<WorkspaceSlug>>>,
    /// `sub` values to shut out.
    #[body("auth_settings.remove_subs_allowed")]
    #[shortens("jwt_subs_allowed")]
    pub remove_subs_allowed: Option<Vec<String>>,
}

/// Archive a gateway deployment
///
/// Takes a self-hosted gateway out of service (decommissions it). The record stays and can be made active by
/// `update_deployment`.
#[endpoint(DELETE "/deployments/{id}" -> Done, scopes("deployments.delete"),
    keys(admin), plan(enterprise), base(v2), extended, undo(by = UpdateDeployment))]
pub struct ArchiveDeployment {
    #[alias("deployment_id")]
    pub id: DeploymentId,
}

/// Ping a gateway deployment
///
/// Tests both ways between Portkey and a self-hosted gateway now, for up to 10 seconds. `get_deployment` tells when it
/// last synchronised.
#[endpoint(GET "/deployments/{id}/ping" -> DeploymentPing, scopes("deployments.read"),
    keys(admin), plan(enterprise), base(v2), extended)]
pub struct PingDeployment {
    #[alias("deployment_id")]
    pub id: DeploymentId,
}

/// Where a deployment answers, and whom it lets in.
#[arguments]
#[derive(Default)]
pub struct Settings {
    /// Where the gateway answers.
    #[body("auth_settings.gateway_base_url")]
    pub gateway_base_url: Option<String>,
    /// Where the MCP gateway answers.
    #[body("auth_settings.mcp_gateway_base_url")]
    pub mcp_gateway_base_url: Option<String>,
    /// Whether it has a data service of its own.
    #[body("auth_settings.is_dataservice_hosted")]
    pub is_dataservice_hosted: Option<Flag>,
    /// Whether the playground may use it.
    #[body("auth_settings.is_playground_proxy_allowed")]
    pub is_playground_proxy_allowed: Option<Flag>,
    /// Workspace slugs to let in; all when none are given.
    #[body("auth_settings.workspaces_allowed")]
    pub workspaces_allowed: Option<Vec<RefersTo<WorkspaceSlug>>>,
    /// `sub` values of tokens to let in.
    #[body("auth_settings.jwt_subs_allowed")]
    pub jwt_subs_allowed: Option<Vec<String>>,
    /// Workspace slug by `sub` value.
    #[body("auth_settings.jwt_sub_workspace_mapping")]
    pub jwt_sub_workspace_mapping: Option<BTreeMap<String, RefersTo<WorkspaceSlug>>>,
}

id! {
    /// UUID.
    DeploymentId
}

/// Whether a deployment is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum DeploymentStatus {
    Active,
    Archived,
}

/// What a deployment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum DeploymentType {
    Production,
    NonProduction,
}

/// A gateway that the organisation runs itself.
#[answer(brief(
    id,
    slug,
    name,
    r#type,
    status,
    is_default,
    connection_status,
    created_at,
    last_synced_at
))]
pub struct Deployment {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub r#type: Option<String>,
    pub status: Option<String>,
    pub is_default: Option<bool>,
    /// `healthy` if it synchronised in the last five minutes, `unhealthy`, or `unknown` if it never did.
    pub connection_status: Option<String>,
    pub auth_settings: Option<DeploymentSettings>,
    pub deployment_config: Option<JsonObject>,
    pub tags: Option<JsonObject>,
    pub workspaces: Option<Vec<JsonObject>>,
    /// Masked, but right after it was rotated.
    pub client_auth: Option<Minted>,
    /// Masked, but right after they were rotated.
    pub credentials: Option<RegistryCredentials>,
    pub created_by: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
    pub last_synced_at: Option<String>,
    pub last_resynced_at: Option<String>,
}

/// Where a deployment answers, and whom.
#[answer]
pub struct DeploymentSettings {
    pub gateway_base_url: Option<String>,
    pub mcp_gateway_base_url: Option<String>,
    pub private_link_endpoint: Option<String>,
    pub use_private_link_proxy: Option<bool>,
    pub disable_portkey_gateway: Option<bool>,
    pub is_dataservice_hosted: Option<bool>,
    pub is_playground_proxy_allowed: Option<bool>,
    pub allow_all_workspaces: Option<bool>,
    pub workspaces_allowed: Option<Vec<String>>,
    pub jwt_subs_allowed: Option<Vec<String>>,
    pub jwt_sub_workspace_mapping: Option<JsonObject>,
}

/// Whether Portkey and a deployment reach each other.
#[answer]
pub struct DeploymentPing {
    /// `healthy`, `partial` or `unhealthy`.
    pub status: Option<String>,
    pub gateway_base_url: Option<String>,
    /// From Portkey to the gateway.
    pub outbound: Option<OutboundPing>,
    /// From the gateway to Portkey.
    pub inbound: Option<InboundPing>,
}

/// Whether Portkey reaches a deployment.
#[answer]
pub struct OutboundPing {
    /// `healthy`, `unhealthy` or `unreachable`.
    pub status: Option<String>,
    pub status_code: Option<u16>,
    /// Of the gateway.
    pub version: Option<String>,
    pub error: Option<String>,
}

/// Whether a deployment reaches Portkey.
#[answer]
pub struct InboundPing {
    /// `healthy` or `failed`.
    pub status: Option<String>,
    pub error: Option<String>,
}

/// A fresh deployment.
#[answer]
pub struct NewDeployment {
    pub id: Option<String>,
    pub organisation_id: Option<String>,
    pub client_auth: Option<Minted>,
    pub credentials: Option<RegistryCredentials>,
}

/// With what a deployment fetches the gateway's image.
#[answer]
pub struct RegistryCredentials {
    pub username: Option<String>,
    pub password: Option<Minted>,
}
