//! Which workspaces may use an MCP integration.

use portkey_api_core::{JsonObject, Nullable, Page, Refers as _, RefersTo, answer, endpoint};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::McpIntegrationId;
use crate::{ids::WorkspaceId, under};

/// List workspaces of an MCP integration
///
/// Shows which workspaces have (may use) an MCP integration, and whether all may.
#[endpoint(GET "/mcp-integrations/{id}/workspaces" -> Page<WorkspaceAccess, under::Workspaces>, extended, scopes(
    "organisation_mcp_integrations.read", "workspace_mcp_integrations.read"), part_of(McpIntegration as "workspaces"),
    airs(admin))]
pub struct ListMcpIntegrationWorkspaces {
    #[alias("mcp_integration_id")]
    pub id: McpIntegrationId,
    /// Any value changes the form of the raw answer; ours stays the same.
    #[hidden]
    pub version: Option<String>,
}

/// Share an MCP integration with workspaces
///
/// Shares an MCP integration with workspaces: gives them it or takes it away. Workspaces left out stay as they are.
#[endpoint(PUT "/mcp-integrations/{id}/workspaces" -> Page<WorkspaceAccess, under::Workspaces>, extended,
    fresh(ListMcpIntegrationWorkspaces), scopes(
    "organisation_mcp_integrations.update", "workspace_mcp_integrations.update"),
    merges("global_workspace_access"), airs(admin))]
pub struct UpdateMcpIntegrationWorkspaces {
    #[alias("mcp_integration_id")]
    pub id: McpIntegrationId,
    /// The ones to change.
    pub workspaces: Vec<WorkspaceSwitch>,
    /// For all workspaces; to take the rule away, name it in `clear`.
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[schemars(extend("x-wide" = true))]
    pub global_workspace_access: Option<Nullable<GlobalAccess>>,
    /// Replace the whole list.
    #[schemars(extend("x-wide" = true))]
    #[instruction]
    #[replaces]
    pub override_existing_workspace_access: Option<bool>,
}

/// One workspace and whether it has access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
#[allow(missing_docs, reason = "the names say it all")]
pub struct WorkspaceSwitch {
    pub id: WorkspaceId,
    pub enabled: bool,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// Whether every workspace has access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
#[allow(missing_docs, reason = "the names say it all")]
pub struct GlobalAccess {
    pub enabled: bool,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// A workspace's access.
#[answer(brief(id, enabled, status))]
#[schemars(extend("x-is" = WorkspaceId::KIND))]
pub struct WorkspaceAccess {
    /// UUID with an organisation key, slug with a workspace key.
    pub id: Option<RefersTo<WorkspaceId>>,
    pub enabled: Option<bool>,
    pub status: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}
