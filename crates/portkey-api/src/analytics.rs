//! Analytics: what requests cost and how they went.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Page, PageNumber, PageSize, answer, catalog::catalog, endpoint};

catalog! { "Analytics":
    GetUserStats,
}

/// Get usage per user
///
/// Counts requests and adds up cost per end user (the `_user` metadata value) over a period. Costs are in cents.
#[endpoint(GET "/analytics/groups/users" -> Page<UserStats>, scopes("analytics.view"), plan(enterprise))]
pub struct GetUserStats {
    /// Start, RFC 3339 with offset.
    pub time_of_generation_min: String,
    /// End, RFC 3339 with offset.
    pub time_of_generation_max: String,
    /// Needed with an organisation key; the default workspace when left out.
    pub workspace_slug: Option<String>,
    /// Tokens in all.
    pub total_units_min: Option<u64>,
    pub total_units_max: Option<u64>,
    /// Cents.
    pub cost_min: Option<f64>,
    pub cost_max: Option<f64>,
    pub prompt_token_min: Option<u64>,
    pub prompt_token_max: Option<u64>,
    pub completion_token_min: Option<u64>,
    pub completion_token_max: Option<u64>,
    /// -10 to 10.
    pub weighted_feedback_min: Option<f64>,
    pub weighted_feedback_max: Option<f64>,
    /// Comma-separated, as all lists here.
    pub status_code: Option<String>,
    /// Slugs.
    pub virtual_keys: Option<String>,
    /// Slugs.
    pub configs: Option<String>,
    /// UUIDs.
    pub api_key_ids: Option<String>,
    /// JSON object as text.
    pub metadata: Option<String>,
    /// `provider__model`.
    pub ai_org_model: Option<String>,
    pub trace_id: Option<String>,
    pub span_id: Option<String>,
    pub prompt_slug: Option<String>,
    /// Such as `hit` or `miss`.
    pub cache_status: Option<String>,
    /// Column.
    pub order_by: Option<String>,
    pub order_by_type: Option<Order>,
    pub current_page: Option<PageNumber>,
    pub page_size: Option<PageSize>,
}

/// Which way rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum Order {
    Asc,
    Desc,
}

/// What one end user used.
#[answer]
pub struct UserStats {
    pub user: Option<String>,
    pub requests: Option<u64>,
    /// Cents.
    pub cost: Option<f64>,
}
