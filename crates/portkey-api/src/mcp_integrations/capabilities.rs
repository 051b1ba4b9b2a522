//! What an MCP server offers, and which of it may be used.

use portkey_api_core::{Done, JsonObject, Open, Page, answer, endpoint};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{paging::PagingFromOne, under};

use super::McpIntegrationId;

/// List the tools of an MCP integration
///
/// Shows what tools, prompts and resources an MCP integration has, and if each may be used. `verbose` adds schemas.
#[endpoint(GET "/mcp-integrations/{id}/capabilities" -> Page<Capability, under::Capabilities>, extended, scopes(
    "organisation_mcp_integrations.read", "workspace_mcp_integrations.read"), airs(admin))]
pub struct ListMcpIntegrationCapabilities {
    #[alias("mcp_integration_id")]
    pub id: McpIntegrationId,
    pub r#type: Option<Open<CapabilityKind>>,
    #[shared]
    pub paging: PagingFromOne,
}

/// Switch tools of an MCP integration
///
/// Disables (forbids) or enables tools everywhere, prompts and resources too. For one server use
/// `update_mcp_server_capabilities`.
#[endpoint(PUT "/mcp-integrations/{id}/capabilities" -> Done, extended, scopes(
    "organisation_mcp_integrations.update", "workspace_mcp_integrations.update"), airs(admin))]
pub struct UpdateMcpIntegrationCapabilities {
    #[alias("mcp_integration_id")]
    pub id: McpIntegrationId,
    /// The ones to change.
    #[schemars(length(min = 1))]
    pub capabilities: Vec<CapabilitySwitch>,
}

/// What a server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum CapabilityKind {
    Tool,
    Prompt,
    Resource,
    ResourceTemplate,
}

/// What can be allowed and forbidden: templates are only listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum SwitchableKind {
    Tool,
    Prompt,
    Resource,
}

/// One capability and whether it may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
#[allow(missing_docs, reason = "the names say it all")]
pub struct CapabilitySwitch {
    pub name: String,
    pub r#type: Open<SwitchableKind>,
    pub enabled: bool,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// A tool, prompt or resource.
#[answer(brief(id, name, r#type, description, enabled, integration_enabled))]
pub struct Capability {
    pub id: Option<String>,
    pub name: Option<String>,
    pub r#type: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub enabled: Option<bool>,
    /// On a server: whether the integration allows it.
    pub integration_enabled: Option<bool>,
    pub input_schema: Option<JsonObject>,
    pub output_schema: Option<JsonObject>,
    pub annotations: Option<JsonObject>,
    pub uri: Option<String>,
    pub uri_template: Option<String>,
    pub mime_type: Option<String>,
    pub size: Option<u64>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}
