//! Days of a graph, made of the shorter stretches that the API gives.

use portkey_api_core::{Declaration, JsonObject};
use serde_json::{Map, Value, json};

/// The schema keyword of how a member of a point is told of several stretches together: their `sum`, the `last` of them,
/// or, of a list, the member by which entries are the same. What has none cannot be told from the stretches.
const OVER_TIME: &str = "x-over-time";

const POINTS: &str = "data_points";
const TIMESTAMP: &str = "timestamp";

/// Where a graph names the members that are nought in all points, and are left out of them.
const ALL_ZERO: &str = "zero_in_all_points";

/// A day of a graph: its date in UTC, and how many of the graph's points lie in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Such as `2026-11-21`.
    pub date: String,
    /// Points of this day.
    pub points: usize,
}

/// The graph that a tool answers, as its schema describes it.
#[derive(Debug, Clone, Copy)]
pub struct Graph(&'static Declaration);

impl Graph {
    /// What is known of the graph that this tool answers.
    pub fn of(declaration: &'static Declaration) -> Self {
        Self(declaration)
    }

    /// The days of a graph, in order. Nothing where some point does not say when it was.
    pub fn days(self, graph: &Value) -> Option<Vec<Day>> {
        let mut days = Vec::<Day>::new();
        for point in graph.get(POINTS)?.as_array()? {
            let date = date(point)?;
            match days.last_mut() {
                Some(day) if day.date == date => day.points += 1,
                _ => days.push(Day {
                    date: date.to_owned(),
                    points: 1,
                }),
            }
        }
        Some(days)
    }

    /// The members of points that the points themselves do not tell of a day, such as averages and percentiles, but
    /// that a summary of that day has.
    pub fn told_by_summary(self) -> Vec<&'static str> {
        let summary = self.part("/properties/summary/properties");
        self.untold()
            .filter(|name| summary.is_some_and(|summary| summary.contains_key(*name)))
            .collect()
    }

    /// Those of the members that days are told without, since neither points nor these summaries tell them.
    pub fn left_out(self, summaries: &JsonObject) -> Vec<&'static str> {
        let told = |name: &&str| {
            summaries
                .values()
                .any(|summary| summary.get(*name).is_some())
        };
        self.untold().filter(|name| !told(name)).collect()
    }

    /// Whether a point says anything of a day that it is only a part of.
    pub fn tells_days(self) -> bool {
        self.untold().count() < self.members().count() || !self.told_by_summary().is_empty()
    }

    /// Puts one point a day in the place of shorter ones. `summaries` are those that the API gives of a day alone, by
    /// its date.
    pub fn by_day(self, graph: &mut Value, summaries: &Map<String, Value>) {
        let Some(Value::Array(points)) = graph.get_mut(POINTS) else {
            return;
        };
        let mut days = Vec::<Value>::new();
        for mut point in std::mem::take(points) {
            let Some(date) = date(&point).map(str::to_owned) else {
                continue;
            };
            match days.last_mut() {
                Some(day) if day.get(TIMESTAMP).is_some_and(|day| *day == date) => {
                    self.add(day, &point);
                    self.complete(day, summaries.get(&date));
                }
                _ => {
                    if let Some(timestamp) = point.get_mut(TIMESTAMP) {
                        *timestamp = date.into();
                    }
                    days.push(point);
                }
            }
        }
        *points = days;
    }

    /// Adds a stretch to a day.
    fn add(self, day: &mut Value, point: &Value) {
        let (Some(members), Some(point)) = (self.point_schema(), point.as_object()) else {
            return;
        };
        if let Some(day) = day.as_object_mut() {
            add(members, day, point);
        }
    }

    /// What cannot be added up is taken from the summary of the day, or left out.
    fn complete(self, day: &mut Value, summary: Option<&Value>) {
        let Some(day) = day.as_object_mut() else {
            return;
        };
        // What is not declared nobody knows how to add up.
        let known = |name: &str| {
            self.point_schema()
                .is_some_and(|known| known.contains_key(name))
        };
        day.retain(|name, _| known(name));
        for name in self.untold() {
            match summary.and_then(|summary| summary.get(name)) {
                Some(value) => day.insert(name.to_owned(), value.clone()),
                None => day.remove(name),
            };
        }
    }

    /// The members of a point but its time.
    fn members(self) -> impl Iterator<Item = (&'static str, &'static Value)> + use<> {
        let members = self.point_schema().into_iter().flatten();
        members
            .filter(|(name, _)| *name != TIMESTAMP)
            .map(|(name, schema)| (name.as_str(), schema))
    }

    fn untold(self) -> impl Iterator<Item = &'static str> + use<> {
        let untold = |(_, schema): &(&str, &Value)| schema.get(OVER_TIME).is_none();
        self.members().filter(untold).map(|(name, _)| name)
    }

    fn point_schema(self) -> Option<&'static JsonObject> {
        self.part("/properties/data_points/items/properties")
    }

    fn part(self, pointer: &str) -> Option<&'static JsonObject> {
        self.0.output().pointer(pointer)?.as_object()
    }
}

/// Leaves out of the points of a graph what is nought in all of them, and says so once.
pub fn leave_out_zeros(graph: &mut Value) {
    let Some(Value::Array(points)) = graph.get_mut(POINTS) else {
        return;
    };
    let Some((Value::Object(first), others)) = points.split_first() else {
        return;
    };
    let is_zero = |value: &Value| value.as_f64() == Some(0.0);
    let zeros = first.iter().filter(|(_, value)| is_zero(value));
    let zeros = zeros.map(|(name, _)| name.clone());
    let in_all = |name: &String| {
        others
            .iter()
            .all(|point| point.get(name).is_some_and(is_zero))
    };
    let zeros: Vec<String> = zeros.filter(in_all).collect();
    if others.is_empty() || zeros.is_empty() {
        return;
    }
    for point in points.iter_mut().filter_map(Value::as_object_mut) {
        point.retain(|name, _| !zeros.contains(name));
    }
    if let Some(graph) = graph.as_object_mut() {
        graph.insert(ALL_ZERO.to_owned(), zeros.into());
    }
}

/// The date of a point in UTC: the API writes both `2026-11-21T05:00:00.000Z` and `2026-11-21 05:00:00`.
fn date(point: &Value) -> Option<&str> {
    let timestamp = point.get(TIMESTAMP)?.as_str()?;
    let (date, time) = timestamp.split_at_checked(10)?;
    let is_utc = !time.contains(['+', '-']);
    let is_date = date.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    (is_date && is_utc).then_some(date)
}

fn add(schemas: &JsonObject, whole: &mut JsonObject, part: &JsonObject) {
    for (name, schema) in schemas {
        let (Some(how), Some(value)) = (schema.get(OVER_TIME), part.get(name)) else {
            continue;
        };
        let entries = schema
            .pointer("/items/properties")
            .and_then(Value::as_object);
        let there = whole.entry(name.clone()).or_insert(Value::Null);
        match (how.as_str(), entries, there) {
            (Some("last"), _, there) => *there = value.clone(),
            (Some("sum"), _, there) => *there = sum(there, value),
            (Some(key), Some(schemas), Value::Array(there)) => {
                add_entries(schemas, key, there, value);
            }
            (_, _, there @ Value::Null) => *there = value.clone(),
            _ => {}
        }
    }
}

/// Adds a list to another, whose entries are the same where they agree in `key`.
fn add_entries(schemas: &JsonObject, key: &str, there: &mut Vec<Value>, more: &Value) {
    for entry in more.as_array().into_iter().flatten() {
        let same = there.iter_mut().find(|one| one.get(key) == entry.get(key));
        match (same, entry) {
            (Some(Value::Object(same)), Value::Object(entry)) => add(schemas, same, entry),
            _ => there.push(entry.clone()),
        }
    }
}

fn sum(a: &Value, b: &Value) -> Value {
    match (a.as_u64(), b.as_u64(), a.as_f64(), b.as_f64()) {
        (Some(a), Some(b), ..) => json!(a.saturating_add(b)),
        (_, _, Some(a), Some(b)) => json!(a + b),
        (_, _, None, _) => b.clone(),
        _ => a.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation;

    fn declaration(name: &str) -> Graph {
        Graph::of(&operation(name).unwrap().declaration)
    }

    fn points(points: &Value) -> Value {
        json!({ "data_points": points })
    }

    #[test]
    fn counts_add_up_and_lists_do_by_their_key() {
        let mut graph = points(&json!([
            { "timestamp": "2026-11-21T05:00:00.000Z", "stats": [{ "response_status_code": 429, "count": 2 }] },
            { "timestamp": "2026-11-21T06:00:00.000Z", "stats": [{ "response_status_code": 500, "count": 1 }, { "response_status_code": 429, "count": 3 }] },
            { "timestamp": "2026-11-22T06:00:00.000Z", "stats": [{ "response_status_code": 500, "count": 4 }] },
        ]));
        let declaration = declaration("get_status_code_analytics");
        let days = declaration.days(&graph).unwrap();
        assert_eq!(
            days.iter().map(|day| day.points).collect::<Vec<_>>(),
            [2, 1]
        );
        declaration.by_day(&mut graph, &Map::new());
        assert_eq!(
            graph["data_points"],
            json!([
                { "timestamp": "2026-11-21", "stats": [{ "response_status_code": 429, "count": 5 }, { "response_status_code": 500, "count": 1 }] },
                { "timestamp": "2026-11-22", "stats": [{ "response_status_code": 500, "count": 4 }] },
            ])
        );
    }

    #[test]
    fn what_does_not_add_up_comes_from_the_summary_of_the_day() {
        let declaration = declaration("get_cost_analytics");
        assert_eq!(declaration.told_by_summary(), ["avg"]);
        let hours = json!([
            { "timestamp": "2026-11-21 05:00:00", "total": 1.5, "avg": 1.5 },
            { "timestamp": "2026-11-21 06:00:00", "total": 2.5, "avg": 0.5 },
        ]);
        let summaries = json!({ "2026-11-21": { "total": 4, "avg": 0.75 } });
        let mut graph = points(&hours);
        declaration.by_day(&mut graph, summaries.as_object().unwrap());
        let day = json!({ "timestamp": "2026-11-21", "total": 4.0, "avg": 0.75 });
        assert_eq!(graph["data_points"], json!([day]));

        let mut graph = points(&hours);
        declaration.by_day(&mut graph, &Map::new());
        let day = json!({ "timestamp": "2026-11-21", "total": 4.0 });
        assert_eq!(graph["data_points"], json!([day]));
    }

    #[test]
    fn savings_so_far_are_those_of_the_last_hour_and_noughts_are_told_once() {
        let hour = |hour: u8, hits: u64, savings: f64| {
            json!({
                "timestamp": format!("2026-11-21T{hour:02}:00:00Z"), "simple_hits": hits, "semantic_hits": 0, "rate": 1,
                "cumulative_simple_cache_savings": savings, "cumulative_semantic_cache_savings": 0.0,
            })
        };
        let mut graph = points(&json!([hour(1, 2, 0.5), hour(2, 3, 0.75)]));
        declaration("get_cache_hit_rate").by_day(&mut graph, &Map::new());
        assert_eq!(
            graph["data_points"],
            json!([{
                "timestamp": "2026-11-21", "simple_hits": 5, "semantic_hits": 0,
                "cumulative_simple_cache_savings": 0.75, "cumulative_semantic_cache_savings": 0.0,
            }])
        );
        let mut graph = points(&json!([hour(1, 2, 0.5), hour(2, 3, 0.75)]));
        leave_out_zeros(&mut graph);
        assert!(
            graph["data_points"][0]["semantic_hits"].is_null(),
            "{graph}"
        );
        assert_eq!(
            graph["zero_in_all_points"],
            json!(["semantic_hits", "cumulative_semantic_cache_savings"])
        );
    }

    #[test]
    fn users_of_hours_are_no_users_of_a_day() {
        assert_eq!(
            declaration("get_user_analytics").told_by_summary(),
            ["total"]
        );
        assert_eq!(
            declaration("get_latency_analytics").told_by_summary(),
            ["avg", "p50", "p90", "p99"]
        );
        assert!(!declaration("get_cache_hit_latency").tells_days());
        assert!(
            declaration("get_request_analytics")
                .told_by_summary()
                .is_empty()
        );
    }

    #[test]
    fn a_point_without_a_date_leaves_the_graph_as_it_came() {
        let graph = points(&json!([{ "timestamp": "2026-11-21T05:00:00+05:30", "total": 1 }]));
        assert_eq!(declaration("get_request_analytics").days(&graph), None);
        let graph = points(&json!([{ "total": 1 }]));
        assert_eq!(declaration("get_request_analytics").days(&graph), None);
    }
}
