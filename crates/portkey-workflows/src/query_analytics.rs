//! `query_analytics`: figures by group, with shares, totals and a comparison, from as many requests as that takes.

mod course;
mod dimension;
mod figures;
mod metric;
mod period;
mod survey;
mod table;

use std::num::NonZeroUsize;

use portkey_api::{Check, Declared as _, JsonObject, Problem, Since, analytics::Filter, workflow};
use portkey_engine::call::{CallContext, Failure, Steps};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use dimension::{Dimension, GroupBy};
use metric::Metric;
use period::{Period, Shift, Stretch};
use survey::Survey;
use table::Table;

/// Query analytics
///
/// Answers who or what used and spent how much: metrics by group, with totals, shares and changes. Use it for top
/// lists, breakdowns such as team by model by month, and comparisons with last week or month; a single graph or list is
/// cheaper with the other analytics tools. Costs a request or two for one group, and up to 150 for several: `requests_made`
/// tells. Costs are in dollars, latencies in milliseconds, rates and shares in percent, days in UTC.
#[workflow(-> Analysis, effect(read), scopes("analytics.view"), plan(enterprise), extended, checked)]
pub(crate) struct QueryAnalytics {
    /// Default `requests` and `cost`. Groups are sorted by the first.
    pub metrics: Option<Vec<Metric>>,
    /// Up to three, such as `workspace` and `month`. Total alone, when left out.
    pub group_by: Option<Vec<GroupBy>>,
    /// For `group_by` metadata: the key, such as `team`.
    pub metadata_key: Option<String>,
    /// Groups of each kind; 10 when left out.
    #[schemars(range(min = 1, max = 100))]
    pub top: Option<NonZeroUsize>,
    /// Compare with the period right before, or with the same one a week, month or year earlier.
    pub compare: Option<Shift>,
    /// Compare with a period of the same length that begins here.
    pub compare_from: Option<Since>,
    #[shared]
    pub filter: Filter,
}

/// Figures of a period.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Analysis {
    /// Both ends in it, as ISO 8601 writes an interval.
    period: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared_with: Option<String>,
    /// The figures of all requests.
    total: JsonObject,
    /// A row for each group.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    data: Vec<JsonObject>,
    /// What sums up to the total besides the rows.
    #[serde(skip_serializing_if = "JsonObject::is_empty", default)]
    other: JsonObject,
    units: JsonObject,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    remarks: Vec<String>,
    requests_made: usize,
}

/// Groups of a kind when the call says nothing of it.
const TOP: usize = 10;
/// Most kinds of groups.
const MOST_GROUPS: usize = 3;
/// Most stretches of time.
const MOST_STRETCHES: usize = 400;

impl Check for QueryAnalytics {
    fn check(&self) -> Result<(), Problem> {
        let dimensions = self.dimensions();
        let times = self.groups().len() - dimensions.len();
        let is_double = |at: usize| {
            dimensions
                .iter()
                .skip(at + 1)
                .any(|one| dimensions.get(at) == Some(one))
        };
        let rule = |path, text: String| Err(Problem::rule(path, text));
        if self.groups().len() > MOST_GROUPS {
            return rule("group_by", format!("takes at most {MOST_GROUPS} groups"));
        }
        if times > 1 {
            return rule(
                "group_by",
                "takes one of `hour`, `day`, `week` and `month`".to_owned(),
            );
        }
        if (0..dimensions.len()).any(is_double) {
            return rule("group_by", "names a group twice".to_owned());
        }
        if self.compare.is_some() && self.compare_from.is_some() {
            return rule(
                "compare_from",
                "stands instead of `compare`; send one".to_owned(),
            );
        }
        let by_metadata = dimensions.contains(&Dimension::Metadata);
        match (&self.metadata_key, by_metadata) {
            (None, true) => rule(
                "metadata_key",
                "is needed to group by metadata: the key, such as `team`".to_owned(),
            ),
            (Some(_), false) => rule(
                "metadata_key",
                "is only for `group_by` metadata; `metadata` filters".to_owned(),
            ),
            _ => check_crossing(&dimensions),
        }
    }
}

/// Fails where two groups would both have to be the last: Portkey filters by neither.
fn check_crossing(dimensions: &[Dimension]) -> Result<(), Problem> {
    let last: Vec<&str> = dimensions
        .iter()
        .filter(|one| !one.is_filter())
        .map(|one| one.name())
        .collect();
    if last.len() > 1 {
        let rule = format!(
            "cannot cross {}, since Portkey filters by neither; leave one out, or use `provider`",
            last.join(" with ")
        );
        return Err(Problem::rule("group_by", rule));
    }
    Ok(())
}

impl QueryAnalytics {
    fn groups(&self) -> &[GroupBy] {
        self.group_by.as_deref().unwrap_or_default()
    }

    /// The dimensions in the order in which they were asked for.
    fn dimensions(&self) -> Vec<Dimension> {
        let groups = self.groups().iter();
        groups.filter_map(|group| group.dimension()).collect()
    }

    fn stretch(&self) -> Option<Stretch> {
        self.groups().iter().find_map(|group| group.stretch())
    }

    fn top(&self) -> usize {
        self.top.map_or(TOP, NonZeroUsize::get)
    }

    fn metrics(&self) -> Vec<Metric> {
        let mut metrics: Vec<Metric> = Vec::new();
        let asked = self.metrics.as_deref().unwrap_or_default();
        let usual = [Metric::Requests, Metric::Cost];
        for metric in if asked.is_empty() { &usual } else { asked } {
            if !metrics.contains(metric) {
                metrics.push(*metric);
            }
        }
        metrics
    }

    /// The period that is compared with, if the call wants a comparison.
    fn compared(&self, period: Period) -> Result<Option<Period>, Problem> {
        let other = match (&self.compare_from, self.compare) {
            (Some(from), _) => period.moved_to(from.as_str()),
            (None, Some(shift)) => period.earlier(shift),
            (None, None) => return Ok(None),
        };
        let why = "leads to a time before all calendars; give a later period";
        other.map(Some).ok_or_else(|| Problem::rule("compare", why))
    }
}

impl Steps for QueryAnalytics {
    async fn run(self, context: CallContext<'_>) -> Result<Analysis, Failure> {
        let invalid = |problem| Failure::invalid(Self::NAME, problem);
        let period = Period::of(&self.filter).map_err(invalid)?;
        let compared = self.compared(period).map_err(invalid)?;
        let stretch = self.stretch();
        let stretches = stretch.map_or(0, |stretch| period.stretches(stretch).len());
        if stretches > MOST_STRETCHES {
            let rule = format!(
                "makes {stretches} stretches of this period; {MOST_STRETCHES} are the most"
            );
            return Err(invalid(Problem::rule("group_by", rule)));
        }
        let survey = Survey::new(context, &self);
        let now = survey.of(period, None).await?;
        let before = match compared {
            Some(period) => Some(survey.of(period, now.chosen.as_deref()).await?),
            None => None,
        };
        let table = Table {
            metrics: &survey.metrics,
            dimensions: &self.dimensions(),
            labels: stretch.map(|stretch| (stretch.name(), period.labels(stretch))),
        };
        Ok(Analysis {
            period: period.to_string(),
            compared_with: compared.map(|period| period.to_string()),
            remarks: survey.remarks(),
            requests_made: survey.requests_made(),
            ..table.of(now, before)
        })
    }
}
