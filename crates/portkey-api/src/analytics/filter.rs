//! Which requests analytics count.

use crate::{deployments::DeploymentId, ids::WorkspaceSlug};
use portkey_api_core::{
    CommaSeparated, EveryPage, JsonObject, Open, PageNumber, PageSize, PeriodEnd, PeriodStart,
    RefersTo, arguments,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which requests count.
///
/// Twenty-odd tools carry this, so a model is shown what it usually needs; the rest is told in one place, by
/// [`GetRequestAnalytics`](super::GetRequestAnalytics), which the others refer to.
#[arguments]
#[derive(Default)]
pub struct Filter {
    pub time_of_generation_min: Option<PeriodStart>,
    pub time_of_generation_max: Option<PeriodEnd>,
    pub workspace_slug: Option<RefersTo<WorkspaceSlug>>,
    /// As `provider__model`.
    #[alias("provider_models")]
    pub ai_org_model: Option<CommaSeparated>,
    #[alias("metadata_filter")]
    pub metadata: Option<JsonObject>,
    #[hidden]
    #[alias("status_codes")]
    pub status_code: Option<CommaSeparated>,
    #[hidden]
    #[alias("virtual_key_slugs")]
    pub virtual_keys: Option<CommaSeparated>,
    /// Slugs.
    #[hidden]
    #[alias("config_slugs")]
    pub configs: Option<CommaSeparated>,
    /// UUIDs.
    #[hidden]
    pub api_key_ids: Option<CommaSeparated>,
    #[hidden]
    #[alias("prompt_slugs")]
    pub prompt_slug: Option<CommaSeparated>,
    #[hidden]
    #[alias("trace_ids")]
    pub trace_id: Option<CommaSeparated>,
    #[hidden]
    #[alias("span_ids")]
    pub span_id: Option<CommaSeparated>,
    #[hidden]
    pub deployment_id: Option<RefersTo<DeploymentId>>,
    /// Such as `hit` or `miss`.
    #[hidden]
    pub cache_status: Option<CommaSeparated>,
    /// Cents.
    #[hidden(outlined)]
    pub cost_min: Option<f64>,
    #[hidden]
    pub cost_max: Option<f64>,
    /// Tokens in all.
    #[hidden]
    pub total_units_min: Option<u64>,
    #[hidden]
    pub total_units_max: Option<u64>,
    #[hidden]
    pub prompt_token_min: Option<u64>,
    #[hidden]
    pub prompt_token_max: Option<u64>,
    #[hidden]
    pub completion_token_min: Option<u64>,
    #[hidden]
    pub completion_token_max: Option<u64>,
    #[hidden]
    #[schemars(range(min = -10, max = 10))]
    pub weighted_feedback_min: Option<f64>,
    #[hidden]
    #[schemars(range(min = -10, max = 10))]
    pub weighted_feedback_max: Option<f64>,
}

/// A graph: which requests count, and into which stretches of time they are put.
#[arguments]
#[derive(Default)]
pub struct TimeSeries {
    #[shared]
    pub filter: Filter,
    #[local]
    pub granularity: Option<Granularity>,
}

/// The argument of a [`TimeSeries`] that this side reads.
pub const GRANULARITY: &str = "granularity";

/// Into which stretches of time a graph is put. `hour` are the points as Portkey gives them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline, description = "")]
pub enum Granularity {
    /// A point a day.
    #[default]
    Day,
    /// Portkey's own points.
    Hour,
    /// The summary alone.
    None,
}

/// Which rows of a grouping, and in which order.
#[arguments]
#[derive(Default)]
pub struct Rows {
    /// Column.
    #[hidden]
    pub order_by: Option<String>,
    #[hidden]
    pub order_by_type: Option<Open<Order>>,
    pub current_page: Option<PageNumber>,
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
}

/// Which way rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum Order {
    Asc,
    Desc,
}
