//! Analytics: what requests cost and how they went.

pub mod days;
mod filter;
mod graphs;
mod groups;

use portkey_api_core::{JsonObject, catalog, endpoint};

pub use filter::{Filter, GRANULARITY, Granularity, Order, Rows, TimeSeries};
pub use graphs::{
    At, Average, AverageTime, CacheSummary, CacheTotals, Cost, Count, Distinct, Failed, Failures,
    Graph, HitRate, Hits, Latency, ModelFeedback, PerUser, Rate, Rescued, RescuedBy, Retried,
    Score, StatusCode, StatusCodes, Sum,
};
pub use groups::{
    Dimension, GetAnalyticsByMetadata, GetAnalyticsByModels, GetAnalyticsGroup,
    GetAnalyticsGroupProviders, GetAnalyticsGroupWorkspaces, GetUserStats, GroupStats,
    MetadataStats, ModelStats, UserStats,
};

catalog! { "Analytics":
    GetRequestAnalytics,
    GetCostAnalytics,
    GetTokenAnalytics,
    GetLatencyAnalytics,
    GetErrorAnalytics,
    GetErrorRateAnalytics,
    GetStatusCodeAnalytics,
    GetErrorStatusCodesAnalytics,
    GetRescuedRequests,
    GetUserAnalytics,
    GetRequestsPerUser,
    GetCacheAnalytics,
    GetCacheHitRate,
    GetCacheHitLatency,
    GetFeedbackAnalytics,
    GetFeedbackScoreDistribution,
    GetWeightedFeedback,
    GetFeedbackPerModel,
    GetUserStats,
    GetAnalyticsByModels,
    GetAnalyticsByMetadata,
    GetAnalyticsGroup,
    GetAnalyticsGroupProviders,
    GetAnalyticsGroupWorkspaces,
}

/// Get requests over time
///
/// Counts how many requests over time (traffic per day). Every analytics tool also filters by `configs`, `api_key_ids`,
/// `prompt_slug`, `trace_id`, `span_id`, `cache_status` (text, or lists of it), `cost_min` (cents), `total_units_min`,
/// `prompt_token_min`, `completion_token_min` and `weighted_feedback_min`, the last five also with max.
#[endpoint(GET "/analytics/graphs/requests" -> Graph<Count>, scopes("analytics.view"), plan(enterprise))]
pub struct GetRequestAnalytics(pub TimeSeries);

/// Get cost over time
///
/// Shows how much was spent (cost) over time, with the average per request.
#[endpoint(GET "/analytics/graphs/cost" -> Graph<Cost>, scopes("analytics.view"), plan(enterprise), essential)]
pub struct GetCostAnalytics(pub TimeSeries);

/// Get tokens over time
///
/// Counts how many tokens were used over time, with the average per request.
#[endpoint(GET "/analytics/graphs/tokens" -> Graph<Sum>, scopes("analytics.view"), plan(enterprise))]
pub struct GetTokenAnalytics(pub TimeSeries);

/// Get latency over time
///
/// Shows average, median, 90th and 99th percentile of latency (response time), in milliseconds.
#[endpoint(GET "/analytics/graphs/latency" -> Graph<Latency>, scopes("analytics.view"), plan(enterprise))]
pub struct GetLatencyAnalytics(pub TimeSeries);

/// Get errors over time
///
/// Counts how many requests failed over time; `get_error_rate_analytics` shows their share.
#[endpoint(GET "/analytics/graphs/errors" -> Graph<Count>, scopes("analytics.view"), plan(enterprise))]
pub struct GetErrorAnalytics(pub TimeSeries);

/// Get error rate over time
///
/// Shows the percentage of failed requests over time.
#[endpoint(GET "/analytics/graphs/errors/rate" -> Graph<Rate>, scopes("analytics.view"), plan(enterprise))]
pub struct GetErrorRateAnalytics(pub TimeSeries);

/// Get errors by status over time
///
/// Counts errors per day by HTTP status (429, 500).
#[endpoint(GET "/analytics/graphs/errors/stacks" -> Graph<Count, At<Failures>>,
    scopes("analytics.view"), plan(enterprise), aliases("get_error_stacks_analytics"))]
pub struct GetStatusCodeAnalytics(pub TimeSeries);

/// Get errors by status
///
/// Shows the most common error codes: failed requests by HTTP status.
#[endpoint(GET "/analytics/graphs/errors/status-codes" -> Graph<StatusCodes, StatusCode>,
    scopes("analytics.view"), plan(enterprise), extended)]
pub struct GetErrorStatusCodesAnalytics(pub Filter);

/// Get rescued requests over time
///
/// Counts requests that retries or fallbacks saved.
#[endpoint(GET "/analytics/graphs/requests/rescued" -> Graph<Rescued, At<RescuedBy>>,
    scopes("analytics.view"), plan(enterprise), aliases("get_rescued_requests_analytics"))]
pub struct GetRescuedRequests(pub TimeSeries);

/// Get users over time
///
/// Counts active (distinct) users per day; `get_user_stats` lists them.
#[endpoint(GET "/analytics/graphs/users" -> Graph<Distinct>, scopes("analytics.view"), plan(enterprise),
    aliases("get_users_analytics"))]
pub struct GetUserAnalytics(pub TimeSeries);

/// Get requests per user over time
///
/// Shows the average number of requests per end user over time.
#[endpoint(GET "/analytics/graphs/users/requests" -> Graph<PerUser, At<Average>>,
    scopes("analytics.view"), plan(enterprise), aliases("get_user_requests_analytics"))]
pub struct GetRequestsPerUser(pub TimeSeries);

/// Get cache totals
///
/// Sums up the cache over the whole period: hits, latency, speed-up.
#[endpoint(GET "/analytics/summary/cache" -> CacheSummary, scopes("analytics.view"), plan(enterprise))]
pub struct GetCacheAnalytics(pub Filter);

/// Get cache hit rate over time
///
/// Shows the percentage served from cache, simple and semantic hits and savings over time.
#[endpoint(GET "/analytics/graphs/cache/hit-rate" -> Graph<HitRate, At<Hits>>,
    scopes("analytics.view"), plan(enterprise))]
pub struct GetCacheHitRate(pub TimeSeries);

/// Get cache latency over time
///
/// Shows how fast cached answers are: average latency of hits.
#[endpoint(GET "/analytics/graphs/cache/latency" -> Graph<JsonObject, At<AverageTime>>,
    scopes("analytics.view"), plan(enterprise))]
pub struct GetCacheHitLatency(pub TimeSeries);

/// Get feedback over time
///
/// Counts feedback (ratings) over time.
#[endpoint(GET "/analytics/graphs/feedbacks" -> Graph<Count>, scopes("analytics.view"), plan(enterprise))]
pub struct GetFeedbackAnalytics(pub TimeSeries);

/// Get feedback by value
///
/// Counts each rating: thumbs up versus down, a histogram.
#[endpoint(GET "/analytics/graphs/feedbacks/scores" -> Graph<Count, Score>,
    scopes("analytics.view"), plan(enterprise), aliases("get_feedback_scores_analytics"))]
pub struct GetFeedbackScoreDistribution(pub Filter);

/// Get weighted feedback over time
///
/// Shows the weighted average rating over time.
#[endpoint(GET "/analytics/graphs/feedbacks/weighted" -> Graph<Average>,
    scopes("analytics.view"), plan(enterprise), aliases("get_feedback_weighted_analytics"))]
pub struct GetWeightedFeedback(pub TimeSeries);

/// Get feedback by model
///
/// Compares ratings (feedback) by model, with weighted average.
#[endpoint(GET "/analytics/graphs/feedbacks/ai-models" -> Graph<JsonObject, ModelFeedback>,
    scopes("analytics.view"), plan(enterprise), aliases("get_feedback_models_analytics"))]
pub struct GetFeedbackPerModel(pub Filter);
