//! `/metrics`, and the count of every request.

use axum::{
    extract::{Request, State},
    http::header::CONTENT_TYPE,
    middleware::Next,
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::PrometheusHandle;

use super::guarded_body::guard;
use crate::metrics::{self, GaugeGuard};

/// Renders all metrics in the format of Prometheus.
pub(super) async fn show(State(counts): State<PrometheusHandle>) -> impl IntoResponse {
    // Frees the samples that histograms have already counted.
    counts.run_upkeep();
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, counts.render())
}

/// Counts a request, and keeps it in flight until the last byte of its answer.
pub(super) async fn measure(request: Request, next: Next) -> Response {
    let in_flight = GaugeGuard::request();
    let response = next.run(request).await;
    metrics::answered(response.status());
    guard(response, in_flight)
}
