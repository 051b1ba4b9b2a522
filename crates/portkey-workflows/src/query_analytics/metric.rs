//! What can be measured, and where Portkey tells it.

use portkey_api::{
    JsonObject,
    analytics::{
        Filter, GetCacheHitRate, GetCostAnalytics, GetErrorAnalytics, GetErrorRateAnalytics,
        GetFeedbackAnalytics, GetLatencyAnalytics, GetRequestAnalytics, GetRequestsPerUser,
        GetRescuedRequests, GetTokenAnalytics, GetUserAnalytics, GetWeightedFeedback, TimeSeries,
    },
};
use portkey_api_core::{Cents, Endpoint};
use portkey_engine::call::{CallContext, Failure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum Metric {
    Requests,
    Cost,
    CostPerRequest,
    Tokens,
    Errors,
    ErrorRate,
    Latency,
    LatencyP50,
    LatencyP90,
    LatencyP99,
    Users,
    RequestsPerUser,
    CacheHits,
    CacheHitRate,
    Rescued,
    Feedback,
    FeedbackScore,
}

/// The unit of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// A number of something.
    Count,
    /// Cents, which are shown as dollars.
    Money,
    Percent,
    Milliseconds,
    /// An average of what has no unit.
    Plain,
}

/// A graph of Portkey's, whose summary has the figures of all requests that a filter lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Graph {
    Requests,
    Cost,
    Tokens,
    Errors,
    ErrorRate,
    Latency,
    Users,
    PerUser,
    Cache,
    Rescued,
    Feedback,
    FeedbackScore,
}

/// The facts of a metric.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// Its name in rows.
    pub(super) name: &'static str,
    pub(super) unit: Unit,
    /// Whether the figures of parts add up to that of the whole.
    pub(super) adds_up: bool,
    /// The graph, and the members of its summary that add up to the figure.
    graph: (Graph, &'static [&'static str]),
    /// The columns of Portkey's groups that tell it; empty if none do.
    pub(super) columns: &'static [&'static str],
}

impl Metric {
    pub(super) const fn facts(self) -> Facts {
        use Unit::{Count, Milliseconds, Money, Percent, Plain};
        match self {
            Self::Requests => sum("requests", Count, Graph::Requests, &["requests"]),
            Self::Cost => sum("cost", Money, Graph::Cost, &["cost"]),
            Self::CostPerRequest => {
                let columns = &["cost", "requests"];
                rate("cost_per_request", Money, (Graph::Cost, &["avg"]), columns)
            }
            Self::Tokens => sum("tokens", Count, Graph::Tokens, &["total_tokens"]),
            Self::Errors => sum("errors", Count, Graph::Errors, &["error_count"]),
            Self::ErrorRate => {
                let graph = (Graph::ErrorRate, &["rate"] as &[_]);
                rate("error_rate", Percent, graph, &["success_rate"])
            }
            Self::Latency => {
                let graph = (Graph::Latency, &["avg"] as &[_]);
                rate("latency", Milliseconds, graph, &["avg_latency"])
            }
            Self::LatencyP50 => rate("latency_p50", Milliseconds, (Graph::Latency, &["p50"]), &[]),
            Self::LatencyP90 => rate("latency_p90", Milliseconds, (Graph::Latency, &["p90"]), &[]),
            Self::LatencyP99 => {
                let graph = (Graph::Latency, &["p99"] as &[_]);
                rate("latency_p99", Milliseconds, graph, &["p99_latency"])
            }
            Self::Users => rate("users", Count, (Graph::Users, &["total"]), &[]),
            Self::RequestsPerUser => {
                rate("requests_per_user", Plain, (Graph::PerUser, &["avg"]), &[])
            }
            Self::CacheHits => sum("cache_hits", Count, Graph::Cache, &[]),
            Self::CacheHitRate => {
                let graph = (Graph::Cache, &["rate"] as &[_]);
                rate("cache_hit_rate", Percent, graph, &["cache_hit_rate"])
            }
            Self::Rescued => Facts {
                graph: (Graph::Rescued, &["retry", "fallback"]),
                ..sum("rescued", Count, Graph::Rescued, &[])
            },
            Self::Feedback => sum("feedback", Count, Graph::Feedback, &[]),
            Self::FeedbackScore => {
                let graph = (Graph::FeedbackScore, &["avg"] as &[_]);
                rate("feedback_score", Plain, graph, &["avg_weighted_feedback"])
            }
        }
    }

    pub(super) const fn graph(self) -> Graph {
        self.facts().graph.0
    }

    /// The figure that the summary or a point of its graph tells.
    pub(super) fn in_graph(self, summary: &Value) -> Option<f64> {
        let members = self.facts().graph.1.iter();
        let told = members.filter_map(|name| summary.get(*name)?.as_f64());
        told.reduce(|sum, part| sum + part)
            .map(|told| self.shown(told))
    }

    /// The figure that a row of Portkey's groups tells.
    pub(super) fn in_row(self, row: &JsonObject) -> Option<f64> {
        let columns = self.facts().columns.iter();
        let told: Option<Vec<f64>> = columns.map(|name| row.get(*name)?.as_f64()).collect();
        let told = match (self, told?.as_slice()) {
            (Self::CostPerRequest, [cost, requests]) if *requests > 0.0 => cost / requests,
            (Self::ErrorRate, [success]) => 100.0 - success,
            (_, [told]) => *told,
            _ => return None,
        };
        Some(self.shown(told))
    }

    /// Whether the points of its graph can be added up to longer stretches.
    pub(super) fn points_add_up(self) -> bool {
        self.facts().adds_up && matches!(self.facts().graph.1, ["total"]) && self != Self::CacheHits
    }

    /// Money becomes dollars here, and nowhere else.
    fn shown(self, figure: f64) -> f64 {
        match self.facts().unit {
            Unit::Money => Cents(figure).dollars(),
            _ => figure,
        }
    }
}

const fn sum(
    name: &'static str,
    unit: Unit,
    graph: Graph,
    columns: &'static [&'static str],
) -> Facts {
    Facts {
        name,
        unit,
        adds_up: true,
        graph: (graph, &["total"]),
        columns,
    }
}

const fn rate(
    name: &'static str,
    unit: Unit,
    graph: (Graph, &'static [&'static str]),
    columns: &'static [&'static str],
) -> Facts {
    Facts {
        name,
        unit,
        adds_up: false,
        graph,
        columns,
    }
}

impl Unit {
    /// What `units` of an answer says of a member with this unit.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Percent => Some("percent"),
            Self::Milliseconds => Some("milliseconds"),
            // The name of the member says that it is money.
            Self::Money | Self::Count | Self::Plain => None,
        }
    }

    /// How many decimals are worth showing.
    pub(super) const fn decimals(self) -> i32 {
        match self {
            Self::Money => 6,
            Self::Percent | Self::Milliseconds => 2,
            Self::Count | Self::Plain => 4,
        }
    }
}

impl Graph {
    /// Asks Portkey for the graph of the requests that a filter lets through.
    pub(super) async fn ask(
        self,
        context: CallContext<'_>,
        filter: &Filter,
    ) -> Result<Value, Failure> {
        let series = TimeSeries {
            filter: filter.clone(),
            granularity: None,
        };
        match self {
            Self::Requests => asked(context, &GetRequestAnalytics(series)).await,
            Self::Cost => asked(context, &GetCostAnalytics(series)).await,
            Self::Tokens => asked(context, &GetTokenAnalytics(series)).await,
            Self::Errors => asked(context, &GetErrorAnalytics(series)).await,
            Self::ErrorRate => asked(context, &GetErrorRateAnalytics(series)).await,
            Self::Latency => asked(context, &GetLatencyAnalytics(series)).await,
            Self::Users => asked(context, &GetUserAnalytics(series)).await,
            Self::PerUser => asked(context, &GetRequestsPerUser(series)).await,
            Self::Cache => asked(context, &GetCacheHitRate(series)).await,
            Self::Rescued => asked(context, &GetRescuedRequests(series)).await,
            Self::Feedback => asked(context, &GetFeedbackAnalytics(series)).await,
            Self::FeedbackScore => asked(context, &GetWeightedFeedback(series)).await,
        }
    }
}

/// The answer of an inner call as JSON.
pub(super) async fn asked<E: Endpoint>(
    context: CallContext<'_>,
    endpoint: &E,
) -> Result<Value, Failure> {
    let answer = context.ask(endpoint).await?;
    Ok(serde_json::to_value(answer).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn in_row(metric: Metric, row: &Value) -> Option<f64> {
        metric.in_row(row.as_object().unwrap())
    }

    #[test]
    fn money_is_told_in_dollars_wherever_it_comes_from() {
        let summary = json!({ "total": 1234.5, "avg": 2.5 });
        assert_eq!(Metric::Cost.in_graph(&summary), Some(12.345));
        assert_eq!(Metric::CostPerRequest.in_graph(&summary), Some(0.025));
        let row = json!({ "cost": 1234.5, "requests": 100 });
        assert_eq!(in_row(Metric::Cost, &row), Some(12.345));
        assert_eq!(in_row(Metric::CostPerRequest, &row), Some(0.12345));
    }

    #[test]
    fn figures_are_made_of_what_portkey_tells() {
        assert_eq!(
            in_row(Metric::ErrorRate, &json!({ "success_rate": 97.5 })),
            Some(2.5)
        );
        let rescued = json!({ "retry": 3, "fallback": 4 });
        assert_eq!(Metric::Rescued.in_graph(&rescued), Some(7.0));
    }

    #[test]
    fn what_is_not_told_is_no_figure() {
        assert_eq!(in_row(Metric::Cost, &json!({ "requests": 1 })), None);
        assert_eq!(in_row(Metric::Users, &json!({ "requests": 1 })), None);
        assert_eq!(
            in_row(Metric::CostPerRequest, &json!({ "cost": 1, "requests": 0 })),
            None
        );
        assert_eq!(Metric::Latency.in_graph(&json!({ "avg": null })), None);
    }
}
