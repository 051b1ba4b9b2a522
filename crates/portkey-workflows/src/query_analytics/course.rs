//! The course of a metric over time, from the points of a graph.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    metric::Metric,
    period::{Period, Stretch},
};

/// The points of a graph, added up to stretches. None if the points lie too far from each other for that.
pub(super) fn added_up(
    metric: Metric,
    graph: &Value,
    stretches: &[Period],
    stretch: Stretch,
) -> Option<Vec<f64>> {
    let points = graph.get("data_points")?.as_array()?;
    let read = |point: &Value| {
        let at: Timestamp = point.get("timestamp")?.as_str()?.parse().ok()?;
        Some((at, metric.in_graph(point)?))
    };
    let points: Option<Vec<(Timestamp, f64)>> = points.iter().map(read).collect();
    let points = points?;
    let mut gaps = points.windows(2).filter_map(|pair| match pair {
        [(one, _), (next, _)] => Some(next.duration_since(*one)),
        _ => None,
    });
    if gaps.any(|gap| gap > stretch.coarsest_points()) {
        return None;
    }
    let mut sums = vec![0.0; stretches.len()];
    for (at, figure) in points {
        let place = stretches.partition_point(|part| part.to < at);
        // A point may begin before the period does.
        *sums.get_mut(place)? += figure;
    }
    Some(sums)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fortnight() -> Period {
        Period {
            from: "2026-11-02T00:00:00Z".parse().unwrap(),
            to: "2026-11-15T23:59:59.999Z".parse().unwrap(),
        }
    }

    fn graph(points: &[(&str, u64)]) -> Value {
        let points = points.iter();
        let points = points.map(|(at, total)| json!({ "timestamp": at, "total": total }));
        json!({ "data_points": points.collect::<Vec<_>>() })
    }

    #[test]
    fn points_are_added_up_to_weeks() {
        let days = (2..=15).map(|day| (format!("2026-11-{day:02}T00:00:00Z"), 1));
        let days: Vec<_> = days.collect();
        let days: Vec<_> = days
            .iter()
            .map(|(at, total)| (at.as_str(), *total))
            .collect();
        let weeks = fortnight().stretches(Stretch::Week);
        let sums = added_up(Metric::Requests, &graph(&days), &weeks, Stretch::Week);
        assert_eq!(sums, Some(vec![7.0, 7.0]));
    }

    #[test]
    fn points_that_are_longer_than_a_stretch_are_not() {
        let weekly = graph(&[("2026-11-02T00:00:00Z", 3), ("2026-11-09T00:00:00Z", 4)]);
        let days = fortnight().stretches(Stretch::Day);
        assert_eq!(
            added_up(Metric::Requests, &weekly, &days, Stretch::Day),
            None
        );
        let without_time = json!({ "data_points": [{ "total": 3 }] });
        assert_eq!(
            added_up(Metric::Requests, &without_time, &days, Stretch::Day),
            None
        );
    }
}
