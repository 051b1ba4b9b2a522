//! What the graphs answer.

use portkey_api_core::{Amount, Cents, Milliseconds, Percent, answer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something measured: `S` for the whole period, then a list of `P`, by default `S` again for each stretch of time.
/// The API chooses how long a stretch is. What `x-over-time` says of a member tells how stretches make a day of it.
#[answer]
pub struct Graph<S, P = At<S>> {
    pub summary: Option<S>,
    pub data_points: Option<Vec<P>>,
}

/// What was measured in the stretch of time that begins at `timestamp`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct At<V> {
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The values.
    #[serde(flatten)]
    pub values: V,
}

/// A count.
#[answer]
pub struct Count {
    #[schemars(extend("x-over-time" = "sum"))]
    pub total: Option<u64>,
}

/// A count of different ones, which may come again in the next stretch.
#[answer]
pub struct Distinct {
    pub total: Option<u64>,
}

/// What requests cost.
#[answer]
pub struct Cost {
    #[schemars(extend("x-over-time" = "sum"))]
    pub total: Option<Cents>,
    /// Per request.
    pub avg: Option<Cents>,
}

/// A sum.
#[answer]
pub struct Sum {
    #[schemars(extend("x-over-time" = "sum"))]
    pub total: Option<Amount>,
    /// Per request.
    pub avg: Option<Amount>,
}

/// An average.
#[answer]
pub struct Average {
    pub avg: Option<Amount>,
}

/// An average time.
#[answer]
pub struct AverageTime {
    pub avg: Option<Milliseconds>,
}

/// A share of the requests.
#[answer]
pub struct Rate {
    pub rate: Option<Percent>,
}

/// How long requests took.
#[answer]
pub struct Latency {
    pub avg: Option<Milliseconds>,
    pub p50: Option<Milliseconds>,
    pub p90: Option<Milliseconds>,
    pub p99: Option<Milliseconds>,
}

/// How many requests users made.
#[answer]
pub struct PerUser {
    pub total: Option<u64>,
    /// Users.
    pub unique: Option<u64>,
    /// Requests per user.
    pub avg: Option<Amount>,
}

/// Failed requests by status.
#[answer]
pub struct Failures {
    #[schemars(extend("x-over-time" = "response_status_code"))]
    pub stats: Option<Vec<Failed>>,
}

/// How many requests failed with a status.
#[answer]
pub struct Failed {
    pub response_status_code: Option<u16>,
    #[schemars(extend("x-over-time" = "sum"))]
    pub count: Option<u64>,
}

/// How many errors of how many kinds there were.
#[answer]
pub struct StatusCodes {
    pub total_errors: Option<u64>,
    pub unique_error_codes: Option<u64>,
}

/// How many errors had a status.
#[answer]
pub struct StatusCode {
    pub status_code: Option<u16>,
    pub count: Option<u64>,
}

/// Requests that succeeded after all.
#[answer]
pub struct Rescued {
    pub retry: Option<u64>,
    pub fallback: Option<u64>,
}

/// Requests that succeeded after all, by the number of tries.
#[answer]
pub struct RescuedBy {
    #[schemars(extend("x-over-time" = "retry_success_count"))]
    pub retry: Option<Vec<Retried>>,
    #[schemars(extend("x-over-time" = "sum"))]
    pub fallback: Option<u64>,
}

/// How many requests succeeded at a retry.
#[answer]
pub struct Retried {
    /// Which retry it was.
    pub retry_success_count: Option<u64>,
    #[schemars(extend("x-over-time" = "sum"))]
    pub count: Option<u64>,
}

/// How often the cache answered.
#[answer]
pub struct HitRate {
    pub total: Option<u64>,
    pub rate: Option<Percent>,
}

/// How often each kind of cache answered, and what that saved up to then.
#[answer]
pub struct Hits {
    #[schemars(extend("x-over-time" = "sum"))]
    pub simple_hits: Option<u64>,
    #[schemars(extend("x-over-time" = "sum"))]
    pub semantic_hits: Option<u64>,
    pub rate: Option<Percent>,
    #[schemars(extend("x-over-time" = "last"))]
    pub cumulative_simple_cache_savings: Option<Cents>,
    #[schemars(extend("x-over-time" = "last"))]
    pub cumulative_semantic_cache_savings: Option<Cents>,
}

/// How often a feedback value was given.
#[answer]
pub struct Score {
    pub score: Option<Amount>,
    pub total: Option<u64>,
}

/// The feedback on a model.
#[answer]
pub struct ModelFeedback {
    pub ai_model: Option<String>,
    pub total: Option<u64>,
    pub avg_weighted_feedback: Option<Amount>,
}

/// The cache over the whole period.
#[answer]
pub struct CacheSummary {
    pub summary: Option<CacheTotals>,
}

/// What the cache did.
#[answer]
pub struct CacheTotals {
    pub hits: Option<u64>,
    pub avg_latency: Option<Milliseconds>,
    pub total_requests: Option<u64>,
    /// How much faster hits are than other requests.
    pub cache_speedup: Option<Percent>,
}
