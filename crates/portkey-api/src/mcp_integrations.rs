//! MCP integrations: tool servers of other people, registered once and handed to workspaces.

mod capabilities;
mod registry;
mod workspaces;

use portkey_api_core::{
    Done, JsonObject, Nullable, Open, Page, Path, Problem, Problems, RefersTo, Sealed, answer,
    catalog, endpoint, id,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    ids::{OrganisationId, WorkspaceId},
    known_names::advise_on_members,
    paging::Paging,
    virtual_keys::SecretMapping,
};

pub use capabilities::{
    Capability, CapabilityKind, CapabilitySwitch, ListMcpIntegrationCapabilities, SwitchableKind,
    UpdateMcpIntegrationCapabilities,
};
pub use registry::{ListMcpRegistryServers, RegistryEntry, RegistryServer};
pub use workspaces::{
    GlobalAccess, ListMcpIntegrationWorkspaces, UpdateMcpIntegrationWorkspaces, WorkspaceAccess,
    WorkspaceSwitch,
};

catalog! { "MCP integrations":
    ListMcpIntegrations,
    CreateMcpIntegration,
    GetMcpIntegration,
    UpdateMcpIntegration,
    DeleteMcpIntegration,
    GetMcpIntegrationMetadata,
    ListMcpIntegrationCapabilities,
    UpdateMcpIntegrationCapabilities,
    ListMcpIntegrationWorkspaces,
    UpdateMcpIntegrationWorkspaces,
    TestMcpIntegration,
    SyncMcpIntegration,
    ListMcpRegistryServers,
}

/// List all MCP integrations
///
/// Shows all MCP integrations: the MCP servers registered for the company, with address and authentication. What
/// workspaces call is in `list_mcp_servers`.
#[endpoint(GET "/mcp-integrations" -> Page<McpIntegration>, extended, scopes(
    "organisation_mcp_integrations.list", "workspace_mcp_integrations.list"), lists(McpIntegration), airs(admin))]
pub struct ListMcpIntegrations {
    /// Organisation UUID, which organisation keys are asked for.
    #[airs(unsent)]
    pub organisation_id: Option<OrganisationId>,
    pub workspace_id: Option<WorkspaceId>,
    /// Whose they are.
    pub r#type: Option<Open<IntegrationOwner>>,
    /// Part of the name.
    pub search: Option<String>,
    #[shared]
    pub paging: Paging,
}

/// Connect a remote MCP server
///
/// Adds (connects, registers) an MCP server to the organisation by URL and authentication (OAuth). Workspaces call it
/// once `create_mcp_server` offers it.
#[endpoint(POST "/mcp-integrations" -> NewMcpIntegration, extended, scopes(
    "organisation_mcp_integrations.create", "workspace_mcp_integrations.create"), airs(admin))]
#[schemars(extend("x-advice" = "mcp_integration"))]
pub struct CreateMcpIntegration {
    pub name: String,
    /// Where the MCP server answers.
    pub url: String,
    /// `headers` goes with `custom_headers`.
    pub auth_type: Open<McpAuthentication>,
    pub transport: Open<McpTransport>,
    /// Letters, digits, `-` and `_`; derived from the name when left out.
    pub slug: Option<String>,
    pub description: Option<String>,
    /// For one workspace. Organisation keys give this or `organisation_id`.
    pub workspace_id: Option<WorkspaceId>,
    #[airs(tenant)]
    pub organisation_id: Option<OrganisationId>,
    /// Other settings, such as `forward_headers` or `oauth_metadata`.
    pub configurations: Option<Sealed<JsonObject>>,
    /// Sent with every call.
    #[body("configurations.custom_headers")]
    pub custom_headers: Option<Sealed<JsonObject>>,
    /// Values kept in a secret manager.
    #[hidden(outlined)]
    pub secret_mappings: Option<Vec<Open<SecretMapping>>>,
}

/// The settings of an MCP integration that the API is known to take.
const SETTINGS: &[&str] = &[
    "custom_headers",
    "external_auth_config",
    "forward_headers",
    "jwt_validation",
    "oauth_metadata",
    "passthrough_header",
    "passthrough_headers",
    "user_identity_forwarding",
];

/// Notes settings that are not known here.
pub(crate) fn advise_on_settings(arguments: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let settings = arguments.get("configurations");
    advise_on_members(settings, SETTINGS, &path.member("configurations"), problems);
}

/// Headers to sign in with may be given later, so an integration without them is only noted.
pub(crate) fn advise(arguments: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    advise_on_settings(arguments, path, problems);
    let is_given = |name: &str| arguments.get(name).is_some();
    let settings = arguments.get("configurations");
    let among_settings = settings.is_some_and(|settings| settings.get("custom_headers").is_some());
    let signs_in_by_headers = arguments
        .get("auth_type")
        .is_some_and(|way| way == "headers");
    if signs_in_by_headers
        && !among_settings
        && !is_given("custom_headers")
        && !is_given("secret_mappings")
    {
        let rule = "left out, though `auth_type` is `headers`: the server sees no header to let calls in by";
        problems.note(|| Problem::rule(path.member("custom_headers"), rule));
    }
}

/// Get an MCP integration
///
/// Shows the address of one MCP integration, its authentication type, transport, status. Its secrets never come back.
#[endpoint(GET "/mcp-integrations/{id}" -> McpIntegration, extended, scopes(
    "organisation_mcp_integrations.read", "workspace_mcp_integrations.read"), reads(McpIntegration), airs(admin))]
pub struct GetMcpIntegration {
    #[alias("mcp_integration_id")]
    pub id: McpIntegrationId,
}

/// Change an MCP integration
///
/// Changes authentication, name or URL (moved to a new address) of an MCP integration, for every MCP server built on
/// it.
#[endpoint(PUT "/mcp-integrations/{id}" -> McpIntegration, extended, fresh(GetMcpIntegration), scopes(
    "organisation_mcp_integrations.update", "workspace_mcp_integrations.update"),
    merges("configurations"), airs(admin))]
#[schemars(extend("x-advice" = "mcp_settings"))]
pub struct UpdateMcpIntegration {
    #[alias("mcp_integration_id")]
    pub id: McpIntegrationId,
    pub name: Option<String>,
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub description: Option<Nullable<String>>,
    /// Where the MCP server answers.
    pub url: Option<String>,
    pub auth_type: Option<Open<McpAuthentication>>,
    pub transport: Option<Open<McpTransport>>,
    /// Other settings, such as `forward_headers` or `oauth_metadata`.
    pub configurations: Option<Sealed<JsonObject>>,
    /// Sent with every call.
    #[body("configurations.custom_headers")]
    pub custom_headers: Option<Sealed<JsonObject>>,
    /// Values kept in a secret manager.
    #[hidden(outlined)]
    pub secret_mappings: Option<Vec<Open<SecretMapping>>>,
}

/// Delete an MCP integration
///
/// Removes (drops) an MCP integration for good, and with it the MCP servers built on it.
#[endpoint(DELETE "/mcp-integrations/{id}" -> Done, extended, scopes(
    "organisation_mcp_integrations.delete", "workspace_mcp_integrations.delete"),
    undo(loses = "which workspaces had it, and its secrets"), airs(admin))]
pub struct DeleteMcpIntegration {
    #[alias("mcp_integration_id")]
    pub id: McpIntegrationId,
}

/// Get what an MCP integration says of itself
///
/// Reads which version and protocol an MCP integration runs, what it reports, its instructions. Also how the last
/// synchronisation went.
#[endpoint(GET "/mcp-integrations/{id}/metadata" -> McpMetadata, extended, scopes(
    "organisation_mcp_integrations.read", "workspace_mcp_integrations.read"), airs(admin))]
pub struct GetMcpIntegrationMetadata {
    #[alias("mcp_integration_id")]
    pub id: McpIntegrationId,
}

/// Test an MCP integration's connection
///
/// Checks whether an MCP integration is reachable. A failure is an answer with success false.
#[endpoint(POST "/mcp-integrations/{id}/test" -> ConnectionTest, extended,
    effect(execute, because = "calls the server, adds nothing"),
    repeatable(because = "looks whether it answers"), scopes(
    "organisation_mcp_integrations.read", "workspace_mcp_integrations.read"), airs(admin, uncertain))]
pub struct TestMcpIntegration {
    #[alias("mcp_integration_id")]
    pub id: McpIntegrationId,
}

/// Push what an MCP integration offers
///
/// Stores what a gateway found out about the server. Meant for gateways, and undocumented by Portkey.
#[endpoint(POST "/mcp-integrations/{id}/sync" -> JsonObject, extended, unlisted,
    effect(update, because = "stores anew what was there before"),
    may_be_empty(because = "a server may have told nothing"), scopes(
    "organisation_mcp_integrations.update", "workspace_mcp_integrations.update"),
    undo(never = "the inventory is what the server itself told: the next synchronisation tells it again"),
    airs(admin, uncertain))]
pub struct SyncMcpIntegration {
    #[alias("mcp_integration_id")]
    pub id: McpIntegrationId,
    /// As the server introduced itself.
    pub server_info: Option<JsonObject>,
    /// Tools, prompts and resources.
    pub capabilities: Option<Vec<JsonObject>>,
}

id! {
    /// UUID or slug.
    McpIntegrationId
}

/// Whose integrations are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum IntegrationOwner {
    Workspace,
    Organisation,
    All,
}

/// How callers prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum McpAuthentication {
    OauthAuto,
    OauthClientCredentials,
    Headers,
    None,
}

/// How messages travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum McpTransport {
    Http,
    Sse,
}

/// A registered MCP server.
#[answer(brief(
    id,
    slug,
    name,
    status,
    r#type,
    url,
    auth_type,
    transport,
    workspace_id,
    workspaces_count
))]
pub struct McpIntegration {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub status: Option<String>,
    /// `workspace` or `organisation`.
    pub r#type: Option<String>,
    pub url: Option<String>,
    pub auth_type: Option<String>,
    pub transport: Option<String>,
    pub configurations: Option<Sealed>,
    pub secret_mappings: Option<Vec<JsonObject>>,
    pub global_workspace_access: Option<JsonObject>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    /// In lists.
    pub workspaces_count: Option<u64>,
    pub owner_id: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}

/// A fresh integration.
#[answer]
pub struct NewMcpIntegration {
    pub id: Option<String>,
    pub slug: Option<String>,
}

/// What an MCP server says of itself.
#[answer]
pub struct McpMetadata {
    pub server_name: Option<String>,
    pub server_version: Option<String>,
    pub protocol_version: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub website_url: Option<String>,
    pub instructions: Option<String>,
    pub capability_flags: Option<JsonObject>,
    pub sync_status: Option<String>,
    pub last_synced_at: Option<String>,
    pub sync_error: Option<String>,
}

/// Whether an MCP server answers.
#[answer]
pub struct ConnectionTest {
    pub success: Option<bool>,
    pub status_code: Option<u16>,
    pub response_time_ms: Option<u64>,
    pub url: Option<String>,
    pub server_name: Option<String>,
    pub error: Option<String>,
}
