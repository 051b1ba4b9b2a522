//! Metrics by what they describe themselves as to a recorder.

use std::sync::{LazyLock, Mutex, PoisonError};

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    with_local_recorder,
};

use crate::{config::row, metrics as ours};

/// What Prometheus appends to the name of a histogram.
const PARTS: [&str; 3] = ["_bucket", "_count", "_sum"];

/// Every metric with its type and meaning, as a table in Markdown, and how durations are counted.
pub fn metrics() -> String {
    let mut text = "| metric | type | meaning |\n|---|---|---|\n".to_owned();
    for metric in &*ALL {
        let name = super::code(&metric.name);
        text.push_str(&row(&[
            name,
            metric.kind.to_owned(),
            metric.meaning.clone(),
        ]));
    }
    let buckets: Vec<String> = ours::BUCKETS.iter().map(ToString::to_string).collect();
    let buckets = buckets.join(", ");
    text + &format!("\nThe buckets of histograms end at {buckets} seconds.\n")
}

/// Whether there is a metric of this name, which may be a part of a histogram.
pub fn is_metric(name: &str) -> bool {
    let whole = PARTS.iter().find_map(|part| name.strip_suffix(part));
    ALL.iter().any(|metric| {
        metric.name == name || metric.kind == HISTOGRAM && whole == Some(&metric.name)
    })
}

struct Metric {
    name: String,
    kind: &'static str,
    meaning: String,
}

const COUNTER: &str = "counter";
const GAUGE: &str = "gauge";
const HISTOGRAM: &str = "histogram";

static ALL: LazyLock<Vec<Metric>> = LazyLock::new(|| {
    let described = Described::default();
    with_local_recorder(&described, ours::describe);
    let described = described.0.into_inner();
    described.unwrap_or_else(PoisonError::into_inner)
});

/// A recorder that counts nothing and keeps what it is told of metrics.
#[derive(Default)]
struct Described(Mutex<Vec<Metric>>);

impl Described {
    fn add(&self, kind: &'static str, name: &KeyName, meaning: &SharedString) {
        let mut metrics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        metrics.push(Metric {
            name: name.as_str().to_owned(),
            kind,
            meaning: meaning.to_string(),
        });
    }
}

impl Recorder for Described {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, meaning: SharedString) {
        self.add(COUNTER, &name, &meaning);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, meaning: SharedString) {
        self.add(GAUGE, &name, &meaning);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, meaning: SharedString) {
        self.add(HISTOGRAM, &name, &meaning);
    }

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_described_once() {
        let table = metrics();
        for name in ["portkey_mcp_calls_total", "portkey_mcp_sessions"] {
            assert_eq!(table.matches(&format!("`{name}`")).count(), 1, "{table}");
        }
        assert!(is_metric("portkey_mcp_call_duration_seconds_bucket"));
        assert!(!is_metric("portkey_mcp_calls_total_bucket"));
        assert!(!is_metric("portkey_mcp_cals_total"));
    }
}
