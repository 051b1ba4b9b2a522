//! Which guardrails watch which MCP servers.

use std::collections::BTreeMap;

use portkey_api_core::{JsonObject, Open, Page, Refers as _, answer, endpoint};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::McpServerId;
use crate::ids::GuardrailId;

/// List MCP servers under a guardrail
///
/// Shows which MCP servers a guardrail covers, at which stages and for which tools.
#[endpoint(GET "/guardrails/{guardrail_id}/mcp-servers" -> Page<GuardrailMapping>,
    scopes("guardrails.read"), extended, part_of(Guardrail as "mcp_servers"))]
pub struct ListGuardrailMcpServers {
    pub guardrail_id: GuardrailId,
}

/// Replace the MCP servers under a guardrail
///
/// Makes a guardrail for MCP tools watch these servers only. To add one, use `upsert_guardrail_mcp_server`.
#[endpoint(PUT "/guardrails/{guardrail_id}/mcp-servers" -> Replacement, scopes("guardrails.update"), extended)]
pub struct ReplaceGuardrailMcpServers {
    pub guardrail_id: GuardrailId,
    /// By server UUID; those left out are watched no more.
    #[schemars(extend("x-names-refer" = McpServerId::KIND))]
    #[keyed_by("mcp_server_id")]
    pub mcp_servers: BTreeMap<McpServerId, GuardedServer>,
}

/// Put an MCP server under a guardrail
///
/// Puts an MCP server under a guardrail (attaches it, protects the server), or changes how it is watched.
#[endpoint(PUT "/guardrails/{guardrail_id}/mcp-servers/{mcp_server_id}" -> NewGuardrailMapping,
    scopes("guardrails.update"), extended, may_be_empty(because = "the server is watched from then on"),
    undo(by = ReplaceGuardrailMcpServers))]
pub struct UpsertGuardrailMcpServer {
    pub guardrail_id: GuardrailId,
    /// UUID.
    pub mcp_server_id: McpServerId,
    /// Both when left out.
    #[schemars(length(min = 1))]
    pub run_on: Option<Vec<Open<Stage>>>,
    /// Capability UUIDs; all tools when left out.
    #[reads_as("capability_ids")]
    pub mcp_integration_capability_ids: Option<Vec<String>>,
}

/// Before or after a tool is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum Stage {
    Input,
    Output,
}

/// How a guardrail watches one server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
pub struct GuardedServer {
    /// Both when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub run_on: Option<Vec<Open<Stage>>>,
    /// Capability UUIDs; all tools when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-reads-as" = "capability_ids"))]
    pub mcp_integration_capability_ids: Option<Vec<String>>,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// A guardrail on a server.
#[answer(brief(id, guardrail_id, mcp_server_id, run_on, capability_ids))]
pub struct GuardrailMapping {
    pub id: Option<String>,
    pub guardrail_id: Option<String>,
    pub mcp_server_id: Option<String>,
    pub run_on: Option<Vec<String>>,
    /// All tools when there are none.
    pub capability_ids: Option<Vec<String>>,
}

/// What a replacement changed.
#[answer]
pub struct Replacement {
    pub changed: Option<bool>,
    pub added: Option<u64>,
    pub updated: Option<u64>,
    pub removed: Option<u64>,
}

/// A guardrail put on a server.
#[answer]
pub struct NewGuardrailMapping {
    pub map_id: Option<String>,
    pub guardrail_id: Option<String>,
    pub mcp_server_id: Option<String>,
}
