//! Analytics by group: users, models, metadata.

use portkey_api_core::{
    Amount, Cents, CommaSeparated, Milliseconds, Open, Page, Percent, answer, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Filter, Rows};

/// Get spend per user
///
/// Shows which users cost most: who spent how much, top users (biggest spenders, power users), requests. By `_user`
/// metadata values.
#[endpoint(GET "/analytics/groups/users" -> Page<UserStats>, scopes("analytics.view"), plan(enterprise),
    aliases("get_analytics_group_users"))]
pub struct GetUserStats {
    #[shared]
    pub filter: Filter,
    #[shared]
    pub rows: Rows,
}

/// Get usage by model
///
/// Breaks usage down by model: which models are used most, by requests; cost (most expensive) by `columns`.
#[endpoint(GET "/analytics/groups/ai-models" -> Page<ModelStats>, scopes("analytics.view"), plan(enterprise),
    aliases("get_analytics_group_models"))]
pub struct GetAnalyticsByModels {
    #[shared]
    pub filter: Filter,
    /// Further columns, such as `cost`.
    #[hidden]
    pub columns: Option<CommaSeparated>,
    #[shared]
    pub rows: Rows,
}

/// Get spend by metadata value
///
/// Splits cost by a metadata key (custom tag): which customers, projects or features cost most; requests, tokens.
#[endpoint(GET "/analytics/groups/metadata/{metadata_key}" -> Page<MetadataStats>,
    scopes("analytics.view"), plan(enterprise), aliases("get_analytics_group_metadata"))]
pub struct GetAnalyticsByMetadata {
    #[schemars(extend("x-foreign-name" = true))]
    pub metadata_key: String,
    #[shared]
    pub filter: Filter,
    #[shared]
    pub rows: Rows,
}

/// Get usage and spend by any dimension
///
/// Breaks usage, cost or requests down by API key, prompt, config or workspace (team): how much each spent.
#[endpoint(GET "/analytics/groups/{group_by}" -> Page<GroupStats>,
    scopes("analytics.view"), plan(enterprise), extended, essential, airs(uncertain))]
pub struct GetAnalyticsGroup {
    pub group_by: Open<Dimension>,
    #[shared]
    pub filter: Filter,
    /// Such as `cost`, `total_tokens`, `avg_latency`, `p95_latency`, `success_rate`, `cache_hit_rate`, `last_seen`.
    pub columns: Option<CommaSeparated>,
    /// Count all groups too.
    pub include_total: Option<bool>,
    #[shared]
    pub rows: Rows,
}

/// Get usage by provider
///
/// Compares vendors: which provider we use most, by requests; cost per provider (most expensive) or latency on demand.
#[endpoint(GET "/analytics/groups/provider" -> Page<GroupStats>,
    scopes("analytics.view"), plan(enterprise), extended)]
pub struct GetAnalyticsGroupProviders {
    #[shared]
    pub filter: Filter,
    /// As of `get_analytics_group`, comma-separated.
    pub columns: Option<CommaSeparated>,
    /// Count all groups too.
    pub include_total: Option<bool>,
    #[shared]
    pub rows: Rows,
}

/// Get requests per MCP server
///
/// Counts requests by MCP server: which are called most.
#[endpoint(GET "/analytics/groups/mcp" -> Page<NamedRequests>, scopes("analytics.view"), plan(enterprise), extended)]
pub struct GetAnalyticsGroupMcp {
    #[shared]
    pub filter: Filter,
    #[shared]
    pub rows: Rows,
}

/// Get requests per A2A agent
///
/// Counts requests by A2A agent (agent to agent): which are called most.
#[endpoint(GET "/analytics/groups/a2a" -> Page<NamedRequests>, scopes("analytics.view"), plan(enterprise), extended)]
pub struct GetAnalyticsGroupA2a {
    #[shared]
    pub filter: Filter,
    #[shared]
    pub rows: Rows,
}

/// Get usage per workspace
///
/// Lists workspaces with their usage. Portkey does not document the columns.
#[endpoint(GET "/analytics/groups/workspaces" -> Page<GroupStats>,
    scopes("analytics.view"), keys(admin), plan(enterprise), extended, unlisted, airs(uncertain))]
pub struct GetAnalyticsGroupWorkspaces {
    #[shared]
    pub filter: Filter,
    #[shared]
    pub rows: Rows,
}

/// What requests can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum Dimension {
    AiService,
    Model,
    StatusCode,
    ApiKey,
    Config,
    Workspace,
    Provider,
    Prompt,
    Mcp,
    A2a,
}

/// What requests of one group used, in the columns that were asked for; the group itself is named beside them.
#[answer]
pub struct GroupStats {
    pub requests: Option<u64>,
    pub cost: Option<Cents>,
    pub total_tokens: Option<Amount>,
    pub avg_tokens: Option<Amount>,
    pub avg_input_tokens: Option<Amount>,
    pub avg_output_tokens: Option<Amount>,
    pub avg_latency: Option<Milliseconds>,
    pub p95_latency: Option<Milliseconds>,
    pub p99_latency: Option<Milliseconds>,
    pub success_rate: Option<Percent>,
    pub error_count: Option<u64>,
    pub cache_hit_rate: Option<Percent>,
    pub avg_weighted_feedback: Option<Amount>,
    pub first_seen: Option<String>,
    pub last_seen: Option<String>,
}

/// How often one MCP server or agent was called.
#[answer]
pub struct NamedRequests {
    pub name: Option<String>,
    pub requests: Option<u64>,
}

/// What one end user used.
#[answer]
pub struct UserStats {
    pub user: Option<String>,
    pub requests: Option<u64>,
    pub cost: Option<Cents>,
}

/// How much one model was used.
#[answer]
pub struct ModelStats {
    pub ai_model: Option<String>,
    pub requests: Option<u64>,
    pub cost: Option<Cents>,
}

/// What requests with one metadata value used.
#[answer]
pub struct MetadataStats {
    pub metadata_value: Option<String>,
    pub requests: Option<u64>,
    pub cost: Option<Cents>,
    pub avg_tokens: Option<Amount>,
    pub avg_weighted_feedback: Option<Amount>,
    pub requests_with_feedback: Option<u64>,
    pub last_seen: Option<String>,
}
