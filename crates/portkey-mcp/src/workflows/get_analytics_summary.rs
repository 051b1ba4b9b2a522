use futures_util::future::join_all;
use portkey_api::{
    Endpoint,
    analytics::{
        Filter, GetCacheAnalytics, GetCostAnalytics, GetErrorAnalytics, GetErrorRateAnalytics,
        GetFeedbackAnalytics, GetLatencyAnalytics, GetRequestAnalytics, GetTokenAnalytics,
        GetUserAnalytics,
    },
    workflow,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Steps;
use crate::call::{Failure, Run};

/// Get an analytics summary
///
/// Sums up a period at once: requests, cost (cents), tokens, latency, errors, users, feedback, cache. For the course
/// over time ask the single tools. Costs nine requests; a section that fails is told beside the others.
#[workflow(-> Summary, effect(read), scopes("analytics.view"), plan(enterprise))]
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
    requests: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_rate: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<Value>,
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
    async fn run(self, run: Run<'_>) -> Result<Summary, Failure> {
        let sections = self.sections.unwrap_or_else(|| SECTIONS.to_vec());
        let filter = &self.filter;
        let asked = sections
            .iter()
            .map(async |section| (*section, total(run, *section, filter).await));
        let mut summary = Summary::default();
        let mut first_failure = None;
        for (section, total) in join_all(asked).await {
            match total {
                Ok(total) => summary.put(section, total),
                Err(failure) => {
                    let reason = failure.to_string();
                    summary.failed.push(Failed { section, reason });
                    first_failure.get_or_insert(failure);
                }
            }
        }
        // Where nothing could be had there is nothing to report beside.
        match first_failure {
            Some(failure) if summary.failed.len() == sections.len() => Err(failure),
            _ => Ok(summary),
        }
    }
}

impl Summary {
    fn put(&mut self, section: Section, total: Value) {
        let place = match section {
            Section::Requests => &mut self.requests,
            Section::Cost => &mut self.cost,
            Section::Tokens => &mut self.tokens,
            Section::Latency => &mut self.latency,
            Section::Errors => &mut self.errors,
            Section::ErrorRate => &mut self.error_rate,
            Section::Users => &mut self.users,
            Section::Feedback => &mut self.feedback,
            Section::Cache => &mut self.cache,
        };
        *place = Some(total);
    }
}

async fn total(run: Run<'_>, section: Section, filter: &Filter) -> Result<Value, Failure> {
    let filter = filter.clone();
    match section {
        Section::Requests => summary(run, GetRequestAnalytics(filter)).await,
        Section::Cost => summary(run, GetCostAnalytics(filter)).await,
        Section::Tokens => summary(run, GetTokenAnalytics(filter)).await,
        Section::Latency => summary(run, GetLatencyAnalytics(filter)).await,
        Section::Errors => summary(run, GetErrorAnalytics(filter)).await,
        Section::ErrorRate => summary(run, GetErrorRateAnalytics(filter)).await,
        Section::Users => summary(run, GetUserAnalytics(filter)).await,
        Section::Feedback => summary(run, GetFeedbackAnalytics(filter)).await,
        Section::Cache => summary(run, GetCacheAnalytics(filter)).await,
    }
}

/// The summary of one answer, without its course over time.
async fn summary<E: Endpoint>(run: Run<'_>, endpoint: E) -> Result<Value, Failure> {
    let answer = run.ask(&endpoint).await?;
    let mut answer = serde_json::to_value(answer).unwrap_or_default();
    Ok(answer.get_mut("summary").map_or(Value::Null, Value::take))
}
