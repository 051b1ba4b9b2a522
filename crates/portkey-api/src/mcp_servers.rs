//! MCP servers: MCP integrations as workspaces use them through the gateway.

mod capabilities;
mod gateway;
mod guardrails;
mod people;

use portkey_api_core::{Done, Nullable, Page, RefersTo, Sealed, answer, catalog, endpoint, id};

use crate::{
    ids::{WorkspaceId, WorkspaceSlug},
    mcp_integrations::{ConnectionTest, McpIntegrationId, McpMetadata},
    paging::Paging,
};

pub use capabilities::{ListMcpServerCapabilities, UpdateMcpServerCapabilities};
pub use gateway::{
    ClientInfo, DeleteMcpServerTokens, GetMcpServerClientInfo, GetMcpServerTokens,
    SyncMcpServerCapabilities, SyncMcpServerMetadata, Tokens, UpdateMcpServerTokens,
};
pub use guardrails::{
    GuardedServer, GuardrailMapping, ListGuardrailMcpServers, NewGuardrailMapping,
    ReplaceGuardrailMcpServers, Replacement, Stage, UpsertGuardrailMcpServer,
};
pub use people::{
    CheckMcpServerUserAccess, Connection, DefaultAccess, DisconnectMcpServerConnection,
    ListMcpServerConnections, ListMcpServerUserAccess, UpdateMcpServerUserAccess, UserAccess,
    UserSwitch,
};

catalog! { "MCP servers":
    ListMcpServers,
    CreateMcpServer,
    GetMcpServer,
    UpdateMcpServer,
    DeleteMcpServer,
    TestMcpServer,
    ListMcpServerCapabilities,
    UpdateMcpServerCapabilities,
    ListMcpServerUserAccess,
    UpdateMcpServerUserAccess,
    ListMcpServerConnections,
    DisconnectMcpServerConnection,
    GetMcpServerMetadata,
    SyncMcpServerCapabilities,
    SyncMcpServerMetadata,
    CheckMcpServerUserAccess,
    GetMcpServerTokens,
    UpdateMcpServerTokens,
    DeleteMcpServerTokens,
    GetMcpServerClientInfo,
    ListGuardrailMcpServers,
    ReplaceGuardrailMcpServers,
    UpsertGuardrailMcpServer,
}

/// List all MCP servers
///
/// Shows all MCP servers that we offer in workspaces, with address and integration.
#[endpoint(GET "/mcp-servers" -> Page<McpServer>, scopes("mcp_servers.list"), extended, lists(McpServer))]
pub struct ListMcpServers {
    pub workspace_id: Option<WorkspaceId>,
    /// Only this server.
    pub id: Option<McpServerId>,
    /// Part of the name.
    #[schemars(length(max = 255))]
    pub search: Option<String>,
    #[shared]
    pub paging: Paging,
}

/// Offer an MCP server in a workspace
///
/// Creates an MCP server in a workspace from a registered MCP integration, which it offers through the gateway.
#[endpoint(POST "/mcp-servers" -> NewMcpServer, scopes("mcp_servers.create"), extended)]
pub struct CreateMcpServer {
    #[schemars(length(min = 1, max = 255))]
    pub name: String,
    pub mcp_integration_id: McpIntegrationId,
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    #[schemars(length(min = 3, max = 50))]
    pub slug: Option<String>,
    #[schemars(length(max = 500))]
    pub description: Option<String>,
}

/// Get an MCP server
///
/// Shows one MCP server: its address, details and the integration behind it. Its tools are in
/// `list_mcp_server_capabilities`.
#[endpoint(GET "/mcp-servers/{id}" -> McpServer, scopes("mcp_servers.read"), extended, reads(McpServer))]
pub struct GetMcpServer {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
}

/// Rename an MCP server
///
/// Renames an MCP server: gives it a new name or description. Address and authentication change with the integration.
#[endpoint(PUT "/mcp-servers/{id}" -> McpServer, scopes("mcp_servers.update"),
    extended, fresh(GetMcpServer))]
pub struct UpdateMcpServer {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
    #[schemars(length(min = 1, max = 255))]
    pub name: Option<String>,
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[schemars(length(max = 500))]
    pub description: Option<Nullable<String>>,
}

/// Delete an MCP server
///
/// Removes an MCP server from its workspace for good. The integration stays.
#[endpoint(DELETE "/mcp-servers/{id}" -> Done, scopes("mcp_servers.delete"), extended,
    undo(loses = "who was signed in, and rules of access"))]
pub struct DeleteMcpServer {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
}

/// Test an MCP server
///
/// Pings an MCP server: is it up, working, does it respond, or is it down? A failure is an answer with success false.
#[endpoint(POST "/mcp-servers/{id}/test" -> ConnectionTest, scopes("mcp_servers.read"),
    extended, effect(execute, because = "calls the server, adds nothing"),
    repeatable(because = "looks whether it answers"))]
pub struct TestMcpServer {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
}

/// Get what an MCP server says of itself
///
/// Reads what an MCP server says about itself: server info, version, protocol, instructions. Also how the last
/// synchronisation went.
#[endpoint(GET "/mcp-servers/{id}/metadata" -> McpMetadata, scopes("mcp_servers.read"), extended, airs(uncertain))]
pub struct GetMcpServerMetadata {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
}

id! {
    /// UUID or slug.
    McpServerId
}

/// An MCP integration in a workspace.
#[answer(brief(
    id,
    slug,
    name,
    status,
    url,
    auth_type,
    mcp_integration_slug,
    workspace_slug,
    created_at
))]
pub struct McpServer {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub status: Option<String>,
    /// Of the gateway, in lists.
    pub url: Option<String>,
    pub auth_type: Option<String>,
    pub mcp_integration_id: Option<String>,
    pub mcp_integration_slug: Option<String>,
    pub mcp_integration_url: Option<String>,
    /// When one server is read.
    pub mcp_integration_details: Option<IntegrationDetails>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub workspace_slug: Option<RefersTo<WorkspaceSlug>>,
    pub workspace_name: Option<String>,
    pub organisation_id: Option<String>,
    pub owner_id: Option<String>,
    pub created_at: Option<String>,
}

/// The integration behind a server.
#[answer]
pub struct IntegrationDetails {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub status: Option<String>,
    pub url: Option<String>,
    pub transport: Option<String>,
    pub auth_type: Option<String>,
    pub configurations: Option<Sealed>,
}

/// A fresh MCP server.
#[answer]
pub struct NewMcpServer {
    pub id: Option<String>,
    pub slug: Option<String>,
}
