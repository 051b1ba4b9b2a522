//! `list_traces`: the traces of a period, read from a log export.

use std::{cmp::Reverse, collections::HashMap, time::Duration};

use portkey_api::{
    Amount, Cents, JsonObject, PageNumber, PageSize, PeriodEnd, PeriodStart, workflow,
    workspaces::WorkspaceId,
};
use portkey_engine::call::{CallContext, Failure, Steps};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::log_export::{Exported, Wanted, export};

/// List the latest traces
///
/// Lists recent traces (agent runs, sessions) of a period with time, requests, models, cost and tokens. Runs a log
/// export, which takes a while; if it takes longer than `timeout_s`, the answer names the job to go on with.
#[workflow(-> Traces, effect(execute), scopes("logs.export"), plan(enterprise), essential, airs(absent))]
pub(crate) struct ListTraces {
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    pub time_of_generation_min: Option<PeriodStart>,
    pub time_of_generation_max: Option<PeriodEnd>,
    pub trace_id: Option<String>,
    /// Text found in any field.
    pub search: Option<String>,
    pub current_page: Option<PageNumber>,
    /// Traces per page; 20 when left out.
    pub page_size: Option<PageSize>,
    /// How long to wait for the export; 40 when left out.
    #[schemars(range(min = 1, max = 600))]
    pub timeout_s: Option<u32>,
    /// Say what would happen and export nothing.
    pub dry_run: Option<bool>,
}

/// The traces of a period, a page of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Traces {
    total: usize,
    data: Vec<Trace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page: Option<u32>,
    /// The job that is still running, or that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    export_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// The requests of one trace, summed up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "named as in the API")]
pub(crate) struct Trace {
    trace_id: String,
    spans: usize,
    failed: usize,
    first: String,
    last: String,
    models: Vec<String>,
    cost: Cents,
    tokens: Amount,
}

impl Steps for ListTraces {
    async fn run(self, context: CallContext<'_>) -> Result<Traces, Failure> {
        if self.dry_run == Some(true) {
            return Ok(Traces::empty(
                "would create, start and download a log export of the period",
            ));
        }
        let wanted = Wanted {
            workspace_id: self.workspace_id.clone(),
            from: self.time_of_generation_min.clone(),
            to: self.time_of_generation_max.clone(),
            trace_id: self.trace_id.clone(),
            patience: Duration::from_secs(self.timeout_s.unwrap_or(40).into()),
        };
        Ok(match export(context, wanted).await? {
            Exported::Logs(logs) => self.page(traces(&self.matching(logs))),
            Exported::Running(id) => Traces {
                export_id: Some(id),
                ..Traces::empty(
                    "the export is still running: watch it with `get_log_export`, or narrow the period",
                )
            },
            Exported::Broken(id, status) => Traces {
                message: Some(format!(
                    "the export ended as {status}; narrow the period and try again"
                )),
                export_id: Some(id),
                ..Traces::default()
            },
        })
    }
}

impl ListTraces {
    fn matching(&self, logs: Vec<JsonObject>) -> Vec<JsonObject> {
        let Some(search) = self.search.as_ref().map(|text| text.to_lowercase()) else {
            return logs;
        };
        let found = |log: &JsonObject| {
            log.values()
                .any(|v| v.to_string().to_lowercase().contains(&search))
        };
        logs.into_iter().filter(found).collect()
    }

    fn page(&self, traces: Vec<Trace>) -> Traces {
        let size = self.page_size.map_or(20, |size| size.0) as usize;
        let page = self.current_page.map_or(0, |page| page.0);
        let skipped = size.saturating_mul(page as usize);
        let total = traces.len();
        let data: Vec<Trace> = traces.into_iter().skip(skipped).take(size).collect();
        Traces {
            total,
            next_page: (skipped + data.len() < total).then_some(page + 1),
            data,
            ..Traces::default()
        }
    }
}

impl Traces {
    fn empty(message: &str) -> Self {
        Self {
            message: Some(message.to_owned()),
            ..Self::default()
        }
    }
}

/// Groups logs by trace, the newest trace first. A log without a trace is a separate one.
pub(super) fn traces(logs: &[JsonObject]) -> Vec<Trace> {
    let mut traces = HashMap::<String, Trace>::new();
    for log in logs {
        let text = |name: &str| log.get(name).and_then(Value::as_str).unwrap_or_default();
        let number = |name: &str| log.get(name).and_then(as_number).unwrap_or_default();
        let own = [text("trace_id"), text("id")]
            .into_iter()
            .find(|id| !id.is_empty());
        let id = own.unwrap_or_default().to_owned();
        let trace = traces.entry(id.clone()).or_insert_with(|| Trace {
            trace_id: id,
            ..Trace::default()
        });
        trace.add(text("created_at"), text("ai_model"));
        trace.failed += usize::from(log.get("is_success").is_some_and(is_false));
        trace.cost.0 += number("cost");
        trace.tokens.0 += number("total_units");
    }
    let mut traces: Vec<Trace> = traces.into_values().collect();
    traces.sort_by_cached_key(|trace| Reverse((trace.last.clone(), trace.trace_id.clone())));
    traces
}

impl Trace {
    fn add(&mut self, at: &str, model: &str) {
        self.spans += 1;
        if self.first.is_empty() || at < self.first.as_str() {
            at.clone_into(&mut self.first);
        }
        if at > self.last.as_str() {
            at.clone_into(&mut self.last);
        }
        if !model.is_empty() && !self.models.iter().any(|known| known == model) {
            self.models.push(model.to_owned());
        }
    }
}

fn as_number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn is_false(value: &Value) -> bool {
    value == &Value::Bool(false) || as_number(value) == Some(0.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn logs_are_grouped_by_trace_the_newest_first() {
        let log = |trace: &str, at: &str, model: &str, ok: bool| {
            let log = json!({
                "id": at, "trace_id": trace, "created_at": at, "ai_model": model,
                "is_success": ok, "cost": 0.5, "total_units": "10",
            });
            log.as_object().cloned().unwrap()
        };
        let logs = [
            log("a", "2026-01-01T10:00:00Z", "gpt-4o", true),
            log("b", "2026-01-01T11:00:00Z", "gpt-4o", true),
            log("a", "2026-01-01T12:00:00Z", "claude", false),
        ];
        let traces = traces(&logs);
        assert_eq!(traces.len(), 2);
        let newest = &traces[0];
        assert_eq!(
            (newest.trace_id.as_str(), newest.spans, newest.failed),
            ("a", 2, 1)
        );
        assert_eq!(
            (newest.first.as_str(), newest.last.as_str()),
            ("2026-01-01T10:00:00Z", "2026-01-01T12:00:00Z")
        );
        assert_eq!(newest.models, ["gpt-4o", "claude"]);
        assert!((newest.cost.0 - 1.0).abs() < 1e-9 && (newest.tokens.0 - 20.0).abs() < 1e-9);
    }
}
