//! Who may use an MCP server, and who is connected to it.

use portkey_api_core::{Done, JsonObject, Open, Page, answer, endpoint};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::McpServerId;
use crate::{
    ids::{UserId, WorkspaceId},
    paging::{Paging, PagingFromOne},
};

/// List who can use an MCP server
///
/// Shows who may use an MCP server (has access to it), by rule or default, and if they are connected.
#[endpoint(GET "/mcp-servers/{id}/user-access" -> Page<UserAccess>, scopes("mcp_servers.read"), extended)]
pub struct ListMcpServerUserAccess {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
    /// Part of the name.
    pub search: Option<String>,
    #[shared]
    pub paging: PagingFromOne,
}

/// Change who can use an MCP server
///
/// Lets people use an MCP server or blocks them from it (denies), each by a rule or everybody else by default.
#[endpoint(PUT "/mcp-servers/{id}/user-access" -> Done, scopes("mcp_servers.update"), extended)]
pub struct UpdateMcpServerUserAccess {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
    /// The ones to change.
    #[alias("users")]
    pub user_access: Option<Vec<UserSwitch>>,
    /// For everybody without a rule.
    #[in_example]
    pub default_user_access: Option<Open<DefaultAccess>>,
}

/// Check one's access to an MCP server
///
/// Asks whether the owner of the key may use an MCP server. Undocumented by Portkey.
#[endpoint(GET "/mcp-servers/{id}/user-access/check" -> JsonObject,
    scopes("mcp_servers.read"), extended, unlisted, airs(uncertain))]
pub struct CheckMcpServerUserAccess {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
}

/// List who is connected to an MCP server
///
/// Shows who is connected (signed in) to an MCP server right now. User keys see their own connection, service keys
/// everybody's.
#[endpoint(GET "/mcp-servers/{id}/connections" -> Page<Connection>, scopes("mcp_servers.read"), extended)]
pub struct ListMcpServerConnections {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
    pub user_id: Option<UserId>,
    pub workspace_id: Option<WorkspaceId>,
    #[shared]
    pub paging: Paging,
}

/// Disconnect a person from an MCP server
///
/// Logs a person out of an MCP server: forces them to sign in again.
#[endpoint(DELETE "/mcp-servers/{id}/connections" -> Done, scopes("mcp_servers.update"), extended,
    undo(never = "a sign-in cannot be made for somebody else: they sign in again"),
    aliases("delete_mcp_server_connection"))]
pub struct DisconnectMcpServerConnection {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
    /// User UUID; needed with a service key.
    pub user_id: Option<UserId>,
    pub workspace_id: Option<WorkspaceId>,
}

/// What people may do who have no rule of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum DefaultAccess {
    Allow,
    Deny,
}

/// One person and whether they have access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
#[allow(missing_docs, reason = "the names say it all")]
pub struct UserSwitch {
    pub user_id: UserId,
    pub enabled: bool,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// A person's access.
#[answer(brief(
    user_id,
    first_name,
    last_name,
    enabled,
    has_override,
    connection_status
))]
pub struct UserAccess {
    pub user_id: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub enabled: Option<bool>,
    /// By a rule of their own.
    pub has_override: Option<bool>,
    pub connection_status: Option<String>,
}

/// A person's sign-in to a server.
#[answer(brief(user_id, connected, created_at, last_updated_at))]
pub struct Connection {
    pub user_id: Option<String>,
    pub connected: Option<bool>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}
