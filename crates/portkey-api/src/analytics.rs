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
    GetAnalyticsGroupA2a, GetAnalyticsGroupMcp, GetAnalyticsGroupProviders,
    GetAnalyticsGroupWorkspaces, GetUserStats, GroupStats, MetadataStats, ModelStats,
    NamedRequests, UserStats,
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
    GetAnalyticsGroupMcp,
    GetAnalyticsGroupA2a,
    GetAnalyticsGroupWorkspaces,
}

/// Get requests over time
///
/// Counts how many requests (calls) we made each day or week: request volume, traffic, usage.
#[endpoint(GET "/analytics/graphs/requests" -> Graph<Count>, scopes("analytics.view"), plan(enterprise))]
pub struct GetRequestAnalytics(pub TimeSeries);

/// Get cost over time
///
/// Shows how much money we spent over the days (spending trend): total cost, LLM bill in dollars, average per request.
#[endpoint(GET "/analytics/graphs/cost" -> Graph<Cost>, scopes("analytics.view"), plan(enterprise), essential)]
pub struct GetCostAnalytics(pub TimeSeries);

/// Get tokens over time
///
/// Counts tokens by day: how many we have used (usage), prompt (input) and completion (output), average per request.
#[endpoint(GET "/analytics/graphs/tokens" -> Graph<Sum>, scopes("analytics.view"), plan(enterprise))]
pub struct GetTokenAnalytics(pub TimeSeries);

/// Get latency over time
///
/// Shows whether responses are getting slow: average latency, median (p50), p90, p99 response time, in milliseconds.
#[endpoint(GET "/analytics/graphs/latency" -> Graph<Latency>, scopes("analytics.view"), plan(enterprise))]
pub struct GetLatencyAnalytics(pub TimeSeries);

/// Get errors over time
///
/// Counts how many errors (failures, failed requests) we had over time. `get_error_rate_analytics` shows their share.
#[endpoint(GET "/analytics/graphs/errors" -> Graph<Count>, scopes("analytics.view"), plan(enterprise))]
pub struct GetErrorAnalytics(pub TimeSeries);

/// Get error rate over time
///
/// Shows the error percentage over time: what percent (share) of requests or calls fail.
#[endpoint(GET "/analytics/graphs/errors/rate" -> Graph<Rate>, scopes("analytics.view"), plan(enterprise))]
pub struct GetErrorRateAnalytics(pub TimeSeries);

/// Get errors by status over time
///
/// Counts responses with an error per day by HTTP status code: 429s (rate limited by the provider), 500s.
#[endpoint(GET "/analytics/graphs/errors/stacks" -> Graph<Count, At<Failures>>,
    scopes("analytics.view"), plan(enterprise), aliases("get_error_stacks_analytics"))]
pub struct GetStatusCodeAnalytics(pub TimeSeries);

/// Get errors by status
///
/// Shows the most common (top) HTTP error codes that we get.
#[endpoint(GET "/analytics/graphs/errors/status-codes" -> Graph<StatusCodes, StatusCode>,
    scopes("analytics.view"), plan(enterprise), extended)]
pub struct GetErrorStatusCodesAnalytics(pub Filter);

/// Get rescued requests over time
///
/// Counts how often fallbacks or retries kick in and save a call.
#[endpoint(GET "/analytics/graphs/requests/rescued" -> Graph<Rescued, At<RescuedBy>>,
    scopes("analytics.view"), plan(enterprise), aliases("get_rescued_requests_analytics"))]
pub struct GetRescuedRequests(pub TimeSeries);

/// Get users over time
///
/// Counts how many people (end users) use it each day: active users. `get_user_stats` lists them.
#[endpoint(GET "/analytics/graphs/users" -> Graph<Distinct>, scopes("analytics.view"), plan(enterprise),
    aliases("get_users_analytics"))]
pub struct GetUserAnalytics(pub TimeSeries);

/// Get requests per user over time
///
/// Shows how many requests or calls a user makes on average (mean), over time.
#[endpoint(GET "/analytics/graphs/users/requests" -> Graph<PerUser, At<Average>>,
    scopes("analytics.view"), plan(enterprise), aliases("get_user_requests_analytics"))]
pub struct GetRequestsPerUser(pub TimeSeries);

/// Get cache totals
///
/// Sums up whether the cache is worth it: hits, latency, speed-up over the whole period.
#[endpoint(GET "/analytics/summary/cache" -> CacheSummary, scopes("analytics.view"), plan(enterprise),
    aliases("get_cache_summary"))]
pub struct GetCacheAnalytics(pub Filter);

/// Get cache hit rate over time
///
/// Shows cache hits over time, simple and semantic: the percentage served from cache, and how much that saves
/// (savings).
#[endpoint(GET "/analytics/graphs/cache/hit-rate" -> Graph<HitRate, At<Hits>>,
    scopes("analytics.view"), plan(enterprise))]
pub struct GetCacheHitRate(pub TimeSeries);

/// Get cache latency over time
///
/// Shows how fast cached responses are, over time.
#[endpoint(GET "/analytics/graphs/cache/latency" -> Graph<JsonObject, At<AverageTime>>,
    scopes("analytics.view"), plan(enterprise))]
pub struct GetCacheHitLatency(pub TimeSeries);

/// Get feedback over time
///
/// Counts how much feedback (ratings) we got over time.
#[endpoint(GET "/analytics/graphs/feedbacks" -> Graph<Count>, scopes("analytics.view"), plan(enterprise))]
pub struct GetFeedbackAnalytics(pub TimeSeries);

/// Get feedback by value
///
/// Shows how ratings are distributed: thumbs up versus thumbs down, a histogram.
#[endpoint(GET "/analytics/graphs/feedbacks/scores" -> Graph<Count, Score>,
    scopes("analytics.view"), plan(enterprise), aliases("get_feedback_scores_analytics"))]
pub struct GetFeedbackScoreDistribution(pub Filter);

/// Get weighted feedback over time
///
/// Shows the weighted average score (rating) over time.
#[endpoint(GET "/analytics/graphs/feedbacks/weighted" -> Graph<Average>,
    scopes("analytics.view"), plan(enterprise), aliases("get_feedback_weighted_analytics"))]
pub struct GetWeightedFeedback(pub TimeSeries);

/// Get feedback by model
///
/// Compares feedback for each model: which gets the best ratings on average.
#[endpoint(GET "/analytics/graphs/feedbacks/ai-models" -> Graph<JsonObject, ModelFeedback>,
    scopes("analytics.view"), plan(enterprise), aliases("get_feedback_models_analytics"))]
pub struct GetFeedbackPerModel(pub Filter);
