//! `get_analytics_summary`: totals of a period from several requests.

use futures_util::future::join_all;
use portkey_api::{
    analytics::{
        CacheTotals, Cost, Count, Distinct, Filter, GetCacheAnalytics, GetCostAnalytics,
        GetErrorAnalytics, GetErrorRateAnalytics, GetFeedbackAnalytics, GetLatencyAnalytics,
        GetRequestAnalytics, GetTokenAnalytics, GetUserAnalytics, Latency, Rate, Sum, TimeSeries,
    },
    workflow,
};
use portkey_engine::call::{CallContext, Failure, Steps};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Get a summary of analytics
///
/// Overview of AI usage at a glance (summary, KPIs): requests, cost, tokens, latency, errors, users, feedback, cache.
/// For the course over time ask the single tools. Costs nine requests; a section that fails is told beside the others.
#[workflow(-> Summary, effect(read), scopes("analytics.view"), plan(enterprise), essential)]
pub(crate) struct GetAnalyticsSummary {
    #[shared]
    pub filter: Filter,
    /// All, when left out.
    pub sections: Option<Vec<Section>>,
}

/// A part of the summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Section {
    Requests,
    Cost,
    Tokens,
    Latency,
    Errors,
    ErrorRate,
    Users,
    Feedback,
    Cache,
}

const SECTIONS: [Section; 9] = [
    Section::Requests,
    Section::Cost,
    Section::Tokens,
    Section::Latency,
    Section::Errors,
    Section::ErrorRate,
    Section::Users,
    Section::Feedback,
    Section::Cache,
];

/// The totals of a period, by section.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Summary {
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<Count>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Cost>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<Sum>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: Option<Latency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Count>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_rate: Option<Rate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Distinct>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback: Option<Count>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<CacheTotals>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    failed: Vec<Failed>,
}

/// A section that could not be had.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Failed {
    section: Section,
    reason: String,
}

impl Steps for GetAnalyticsSummary {
    async fn run(self, context: CallContext<'_>) -> Result<Summary, Failure> {
        let sections = self.sections.unwrap_or_else(|| SECTIONS.to_vec());
        let filter = &self.filter;
        let asked = sections
            .iter()
            .map(async |section| (*section, Summary::ask(context, *section, filter).await));
        let mut summary = Summary::default();
        let mut first_failure = None;
        for (section, told) in join_all(asked).await {
            match told {
                Ok(told) => summary = summary.with(told),
                Err(failure) => {
                    let reason = context.describe(&failure);
                    summary.failed.push(Failed { section, reason });
                    first_failure.get_or_insert(failure);
                }
            }
        }
        // If no section could be read, the call fails.
        match first_failure {
            Some(failure) if summary.failed.len() == sections.len() => Err(failure),
            _ => Ok(summary),
        }
    }
}

impl Summary {
    /// Reads a section.
    async fn ask(
        context: CallContext<'_>,
        section: Section,
        filter: &Filter,
    ) -> Result<Self, Failure> {
        let series = TimeSeries {
            filter: filter.clone(),
            granularity: None,
        };
        let mut answered = Self::default();
        match section {
            Section::Requests => {
                answered.requests = context.ask(&GetRequestAnalytics(series)).await?.summary;
            }
            Section::Cost => answered.cost = context.ask(&GetCostAnalytics(series)).await?.summary,
            Section::Tokens => {
                answered.tokens = context.ask(&GetTokenAnalytics(series)).await?.summary;
            }
            Section::Latency => {
                answered.latency = context.ask(&GetLatencyAnalytics(series)).await?.summary;
            }
            Section::Errors => {
                answered.errors = context.ask(&GetErrorAnalytics(series)).await?.summary;
            }
            Section::ErrorRate => {
                answered.error_rate = context.ask(&GetErrorRateAnalytics(series)).await?.summary;
            }
            Section::Users => {
                answered.users = context.ask(&GetUserAnalytics(series)).await?.summary;
            }
            Section::Feedback => {
                answered.feedback = context.ask(&GetFeedbackAnalytics(series)).await?.summary;
            }
            Section::Cache => {
                answered.cache = context
                    .ask(&GetCacheAnalytics(series.filter))
                    .await?
                    .summary;
            }
        }
        Ok(answered)
    }

    /// Returns the sections of both.
    fn with(self, other: Self) -> Self {
        Self {
            requests: self.requests.or(other.requests),
            cost: self.cost.or(other.cost),
            tokens: self.tokens.or(other.tokens),
            latency: self.latency.or(other.latency),
            errors: self.errors.or(other.errors),
            error_rate: self.error_rate.or(other.error_rate),
            users: self.users.or(other.users),
            feedback: self.feedback.or(other.feedback),
            cache: self.cache.or(other.cache),
            failed: self.failed,
        }
    }
}
