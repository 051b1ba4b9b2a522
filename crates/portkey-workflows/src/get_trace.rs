//! `get_trace`: one request, or all requests of a trace.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use portkey_api::{
    Amount, Cents, Check, JsonObject, Milliseconds, Open, Problem, Since, Until, answer,
    logging::{GetLog, Log, LogId, LogType, PathFormat},
    workflow,
    workspaces::WorkspaceId,
};
use portkey_engine::call::{CallContext, Failure, Steps};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::log_export::{Exported, Wanted, export};

/// Get a trace
///
/// Shows one trace (agent run, session) step by step: everything that happened. Or one request by its log `id`. A trace
/// is found by a log export, which takes a while; `list_traces` names traces.
#[workflow(-> Found, effect(execute), airs(absent), repeatable(because = "finds the same requests again"),
    scopes("logs.view", "logs.export"), plan(enterprise), checked, essential, bodies)]
pub(crate) struct GetTrace {
    /// Log id.
    pub id: Option<LogId>,
    /// Instead of `id`.
    pub trace_id: Option<String>,
    /// Where to look for `trace_id`; the last 7 days, then the last 90, when left out.
    pub time_of_generation_min: Option<Since>,
    pub time_of_generation_max: Option<Until>,
    /// Needed with `trace_id` and an organisation key.
    pub workspace_id: Option<WorkspaceId>,
    /// Layout of the log store; `v2` needs `created_at`.
    pub path_format: Option<Open<PathFormat>>,
    /// When the log was made.
    pub created_at: Option<Since>,
    /// What the guardrails did instead.
    pub r#type: Option<Open<LogType>>,
    /// Say what would happen and export nothing.
    pub dry_run: Option<bool>,
}

/// A request, or the requests of a trace.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Found {
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Log>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    /// The requests of the trace, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<Figures>>")]
    spans: Option<Vec<JsonObject>>,
    /// The job that is still running, or that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    export_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// What is counted of a request; the rest is as it was exported.
#[answer]
struct Figures {
    cost: Option<Cents>,
    response_time: Option<Milliseconds>,
    req_units: Option<Amount>,
    res_units: Option<Amount>,
    total_units: Option<Amount>,
}

/// Converts numbers that exports contain as text.
fn with_numbers(mut span: JsonObject) -> JsonObject {
    for name in [
        "cost",
        "response_time",
        "req_units",
        "res_units",
        "total_units",
    ] {
        if let Some(value) = span.get_mut(name)
            && let Some(number) = value.as_str().and_then(|text| text.parse::<f64>().ok())
        {
            *value = number.into();
        }
    }
    span
}

/// The longest time that the export of a trace may take.
const PATIENCE: Duration = Duration::from_secs(40);

impl Check for GetTrace {
    fn check(&self) -> Result<(), Problem> {
        match (&self.id, &self.trace_id) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err(Problem::rule("id", "give either `id` or `trace_id`")),
        }
    }
}

impl Steps for GetTrace {
    async fn run(self, context: CallContext<'_>) -> Result<Found, Failure> {
        if self.dry_run == Some(true) {
            let way = if self.id.is_some() {
                "read the log"
            } else {
                "create, start and download a log export"
            };
            return Ok(Found {
                message: Some(format!("would {way}")),
                ..Found::default()
            });
        }
        if let Some(log_id) = self.id {
            let log = GetLog {
                log_id,
                path_format: self.path_format.clone(),
                created_at: self.created_at,
                r#type: self.r#type.clone(),
            };
            return Ok(Found {
                log: Some(context.ask(&log).await?),
                ..Found::default()
            });
        }
        let mut found = Found::default();
        for (from, to) in self.periods() {
            let wanted = Wanted {
                workspace_id: self.workspace_id.clone(),
                from: Some(from.to_string().into()),
                to: Some(to.to_string().into()),
                trace_id: self.trace_id.clone(),
                patience: PATIENCE,
            };
            let exported = export(context, wanted).await?;
            found = Found::of_trace(self.trace_id.clone(), exported);
            if found.spans.as_ref().is_none_or(|spans| !spans.is_empty()) {
                break;
            }
        }
        Ok(found)
    }
}

/// The periods before now, in days, that are searched for a trace if the caller gives none. The first is the more
/// likely one.
const DAYS_BACK: [i64; 2] = [7, 90];

impl GetTrace {
    /// Returns the periods to search, in this order.
    fn periods(&self) -> Vec<(Timestamp, Timestamp)> {
        let now = Timestamp::now();
        let time = |text: &str| text.parse::<Timestamp>().ok();
        let from = self.time_of_generation_min.as_ref();
        let from = from.and_then(|from| time(from.as_str()));
        let to = self.time_of_generation_max.as_ref();
        let to = to.and_then(|to| time(to.as_str())).unwrap_or(now);
        match from {
            Some(from) => vec![(from, to)],
            None => DAYS_BACK
                .map(|days| {
                    (
                        to.saturating_sub(SignedDuration::from_hours(24 * days))
                            .unwrap_or(to),
                        to,
                    )
                })
                .to_vec(),
        }
    }
}

impl Found {
    fn of_trace(trace_id: Option<String>, exported: Exported) -> Self {
        let mut found = Self {
            trace_id,
            ..Self::default()
        };
        match exported {
            Exported::Logs(spans) => {
                let mut spans: Vec<_> = spans.into_iter().map(with_numbers).collect();
                if spans.is_empty() {
                    found.message = Some("no request of this trace lies in the period".to_owned());
                }
                spans.sort_by_cached_key(|span| span.get("created_at").map(ToString::to_string));
                found.spans = Some(spans);
            }
            Exported::Running(id) => {
                found.message =
                    Some("the export is still running: watch it with `get_log_export`".to_owned());
                found.export_id = Some(id);
            }
            Exported::Broken(id, status) => {
                found.message = Some(format!("the export ended as {status}; narrow the period"));
                found.export_id = Some(id);
            }
        }
        found
    }
}
