//! What gateways tell the control plane about a server, and the credentials they fetch from it.
//!
//! Known from the vendor's client library alone, so none of it is in a tool set.

use portkey_api_core::{Done, JsonObject, Minted, Secret, answer, endpoint};

use super::McpServerId;

/// Push what an MCP server offers
///
/// Stores the capabilities a gateway found. Meant for gateways, and undocumented by Portkey.
#[endpoint(POST "/mcp-servers/{id}/capabilities/sync" -> JsonObject, scopes("mcp_servers.update"),
    extended, unlisted, effect(update, because = "stores anew what was there before"),
    may_be_empty(because = "a server may have told nothing"),
    undo(never = "the inventory is what the server itself told: the next synchronisation tells it again"),
    airs(uncertain))]
pub struct SyncMcpServerCapabilities {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
    /// Tools, prompts and resources.
    pub capabilities: Option<Vec<JsonObject>>,
}

/// Push what an MCP server says of itself
///
/// Stores how a server introduced itself to a gateway. Meant for gateways, and undocumented by Portkey.
#[endpoint(POST "/mcp-servers/{id}/metadata/sync" -> JsonObject, scopes("mcp_servers.update"),
    extended, unlisted, effect(update, because = "stores anew what was there before"),
    may_be_empty(because = "a server may have told nothing"),
    undo(never = "the metadata is what the server itself told: the next synchronisation tells it again"),
    airs(uncertain))]
pub struct SyncMcpServerMetadata {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
    pub server_name: Option<String>,
    pub server_version: Option<String>,
    /// A date, such as `2025-06-18`.
    pub protocol_version: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub website_url: Option<String>,
    pub icons: Option<JsonObject>,
    /// What the server can do.
    pub capability_flags: Option<JsonObject>,
    /// For models that use the server.
    pub instructions: Option<String>,
}

/// Get tokens for an MCP server
///
/// Hands out the OAuth tokens with which the gateway calls an MCP server. Undocumented by Portkey.
#[endpoint(GET "/mcp-servers/{id}/tokens" -> Tokens, scopes("mcp_servers.read"), extended, unlisted, airs(uncertain))]
pub struct GetMcpServerTokens {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
}

/// Set tokens for an MCP server
///
/// Replaces the OAuth tokens with which the gateway calls an MCP server. Undocumented by Portkey.
#[endpoint(PUT "/mcp-servers/{id}/tokens" -> JsonObject, scopes("mcp_servers.update"), extended, unlisted,
    undo(never = "tokens cannot be read, so the earlier ones cannot be put back: people sign in again"),
    airs(uncertain))]
pub struct UpdateMcpServerTokens {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
    pub access_token: Secret,
    pub refresh_token: Option<Secret>,
}

/// Delete tokens for an MCP server
///
/// Forgets the OAuth tokens for an MCP server; someone must sign in again. Undocumented by Portkey.
#[endpoint(DELETE "/mcp-servers/{id}/tokens" -> Done, scopes("mcp_servers.update"), extended, unlisted,
    undo(never = "tokens cannot be read, so they cannot be put back: people sign in again"), airs(uncertain))]
pub struct DeleteMcpServerTokens {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
}

/// Get the OAuth client of an MCP server
///
/// Hands out the client id and secret with which the gateway signs in to an MCP server. Undocumented by Portkey.
#[endpoint(GET "/mcp-servers/{id}/client-info" -> ClientInfo, scopes("mcp_servers.read"), extended, unlisted,
    airs(uncertain))]
pub struct GetMcpServerClientInfo {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
}

/// Keys to a server.
#[answer]
pub struct Tokens {
    pub access_token: Option<Minted>,
    pub refresh_token: Option<Minted>,
    pub expires_at: Option<String>,
}

/// As what the gateway signs in.
#[answer]
pub struct ClientInfo {
    pub client_id: Option<String>,
    pub client_secret: Option<Minted>,
}
