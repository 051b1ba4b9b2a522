//! The registry that MCP clients read, on a host of its own.

use portkey_api_core::{JsonObject, Page, PageSize, Since, answer, endpoint};

use crate::{ids::WorkspaceId, under};

/// List the MCP registry
///
/// Browses the MCP registry: servers a key may use, as MCP clients see them. The next `cursor` is in the answer's
/// metadata.
#[endpoint(GET "/servers" -> Page<RegistryServer, under::Servers>, scopes("mcp_servers.list"),
    base(mcp_registry), extended)]
pub struct ListMcpRegistryServers {
    /// Part of the name.
    pub search: Option<String>,
    pub updated_since: Option<Since>,
    pub workspace_id: Option<WorkspaceId>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    #[query("limit")]
    #[alias("limit")]
    pub page_size: Option<PageSize>,
}

/// A server with the registry's notes on it.
#[answer(brief(server))]
pub struct RegistryServer {
    pub server: Option<RegistryEntry>,
}

/// A server as the registry describes it.
#[answer(brief(name, title, description, version))]
pub struct RegistryEntry {
    pub name: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub version: Option<String>,
    #[serde(rename = "websiteUrl")]
    pub website_url: Option<String>,
    /// Where it answers, and how.
    pub remotes: Option<Vec<JsonObject>>,
}
