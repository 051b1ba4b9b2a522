use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Filter, Rows};
use crate::{CommaSeparated, JsonObject, Page, answer, endpoint};

/// Get usage per user
///
/// Lists end users (`_user` metadata values) with their requests and cost in cents.
#[endpoint(GET "/analytics/groups/users" -> Page<UserStats>, scopes("analytics.view"), plan(enterprise))]
pub struct GetUserStats {
    #[shared]
    pub filter: Filter,
    #[shared]
    pub rows: Rows,
}

/// Get usage per model
///
/// Lists models with their requests.
#[endpoint(GET "/analytics/groups/ai-models" -> Page<ModelStats>, scopes("analytics.view"), plan(enterprise))]
pub struct GetAnalyticsByModels {
    #[shared]
    pub filter: Filter,
    /// Further columns, such as `cost`.
    #[hidden]
    pub columns: Option<CommaSeparated>,
    #[shared]
    pub rows: Rows,
}

/// Get usage per metadata value
///
/// Lists the values of a metadata key with their requests, cost in cents, tokens and feedback.
#[endpoint(GET "/analytics/groups/metadata/{metadata_key}" -> Page<MetadataStats>,
    scopes("analytics.view"), plan(enterprise))]
pub struct GetAnalyticsByMetadata {
    #[schemars(extend("x-foreign-name" = true))]
    pub metadata_key: String,
    #[shared]
    pub filter: Filter,
    #[shared]
    pub rows: Rows,
}

/// Get usage by any dimension
///
/// Counts requests per value of a dimension, with further columns on demand.
#[endpoint(GET "/analytics/groups/{group_by}" -> Page<JsonObject>,
    scopes("analytics.view"), plan(enterprise), extended)]
pub struct GetAnalyticsGroup {
    pub group_by: Dimension,
    #[shared]
    pub filter: Filter,
    /// Such as `cost`, `total_tokens`, `avg_latency`, `p95_latency`, `success_rate`, `cache_hit_rate`, `last_seen`.
    pub columns: Option<CommaSeparated>,
    /// Count all groups too.
    pub include_total: Option<bool>,
    #[shared]
    pub rows: Rows,
}

/// Get usage per provider
///
/// Counts requests per provider, with further columns on demand, such as cost or latency.
#[endpoint(GET "/analytics/groups/provider" -> Page<JsonObject>,
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

/// Get usage per workspace
///
/// Lists workspaces with their usage. Portkey does not document the columns.
#[endpoint(GET "/analytics/groups/workspaces" -> Page<JsonObject>,
    scopes("analytics.view"), keys(admin), plan(enterprise), extended, unlisted)]
pub struct GetAnalyticsGroupWorkspaces {
    #[shared]
    pub filter: Filter,
    #[shared]
    pub rows: Rows,
}

/// What requests can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
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
}

/// What one end user used.
#[answer]
pub struct UserStats {
    pub user: Option<String>,
    pub requests: Option<u64>,
    /// Cents.
    pub cost: Option<f64>,
}

/// How much one model was used.
#[answer]
pub struct ModelStats {
    pub ai_model: Option<String>,
    pub requests: Option<u64>,
}

/// What requests with one metadata value used.
#[answer]
pub struct MetadataStats {
    pub metadata_value: Option<String>,
    pub requests: Option<u64>,
    /// Cents.
    pub cost: Option<f64>,
    pub avg_tokens: Option<f64>,
    pub avg_weighted_feedback: Option<f64>,
    pub requests_with_feedback: Option<u64>,
    pub last_seen: Option<String>,
}
