//! What an MCP server offers its workspace.

use portkey_api_core::{Done, Open, Page, endpoint};

use super::McpServerId;
use crate::{
    mcp_integrations::{Capability, CapabilityKind, CapabilitySwitch},
    paging::PagingFromOne,
    under,
};

/// List the tools of an MCP server
///
/// Shows what tools, prompts and resources an MCP server has (exposes), and if each may be used. `verbose` adds
/// schemas.
#[endpoint(GET "/mcp-servers/{id}/capabilities" -> Page<Capability, under::Capabilities>,
    scopes("mcp_servers.read"), extended)]
pub struct ListMcpServerCapabilities {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
    pub r#type: Option<Open<CapabilityKind>>,
    #[shared]
    pub paging: PagingFromOne,
}

/// Switch tools of an MCP server on or off
///
/// Turns off (hides, disables) or on a tool of one server, prompts and resources too. What its integration forbids
/// stays forbidden.
#[endpoint(PUT "/mcp-servers/{id}/capabilities" -> Done, scopes("mcp_servers.update"), extended)]
pub struct UpdateMcpServerCapabilities {
    #[alias("mcp_server_id")]
    pub id: McpServerId,
    /// The ones to change.
    #[schemars(length(min = 1))]
    pub capabilities: Vec<CapabilitySwitch>,
}
