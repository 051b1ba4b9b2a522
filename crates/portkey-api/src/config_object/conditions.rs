//! Strategies, and the queries by which a conditional one picks its target.

use std::collections::HashSet;

use portkey_api_core::{JsonObject, Path, Problem, Problems, Reason, nearest, shortened};
use serde_json::Value;

const OPERATORS: [&str; 9] = [
    "$eq", "$ne", "$in", "$nin", "$regex", "$gt", "$gte", "$lt", "$lte",
];

pub(super) fn check_strategy(level: &JsonObject, path: &Path<'_>, problems: &mut Problems) {
    let Some(Value::Object(strategy)) = level.get("strategy") else {
        return;
    };
    if !level.contains_key("targets") {
        let rule = "has no `targets` to choose from";
        problems.note(|| Problem::rule(path.member("strategy"), rule));
    }
    if strategy.get("mode").and_then(Value::as_str) == Some("conditional") {
        check_conditional(
            strategy,
            &Names::of(level),
            &path.member("strategy"),
            problems,
        );
    }
}

/// The names of the targets.
struct Names<'a> {
    in_order: Vec<&'a str>,
    known: HashSet<&'a str>,
}

/// More names than this are not told.
const TOLD: usize = 20;

impl<'a> Names<'a> {
    fn of(level: &'a JsonObject) -> Self {
        let targets = level.get("targets").and_then(Value::as_array);
        let names = targets.into_iter().flatten().filter_map(|t| t.get("name"));
        let in_order: Vec<_> = names.filter_map(Value::as_str).collect();
        Self {
            known: in_order.iter().copied().collect(),
            in_order,
        }
    }

    /// That no target has a certain name.
    fn lack(&self, name: &str) -> String {
        let nearest = nearest(name, self.in_order.iter().copied());
        let name = shortened(name);
        match nearest {
            Some(nearest) => format!("no target has the name `{name}`; did you mean `{nearest}`?"),
            None if self.in_order.is_empty() => "targets need a `name` to be chosen by".to_owned(),
            None => {
                let names = self.in_order.iter().take(TOLD).copied();
                let names: Vec<_> = names.map(shortened).collect();
                let more = if self.in_order.len() > TOLD {
                    ", …"
                } else {
                    ""
                };
                let names = names.join(", ");
                format!("no target has the name `{name}`; there are {names}{more}")
            }
        }
    }
}

fn check_conditional(
    strategy: &JsonObject,
    targets: &Names<'_>,
    path: &Path<'_>,
    problems: &mut Problems,
) {
    for name in ["conditions", "default"] {
        if !strategy.contains_key(name) {
            let lacking = || Problem::new(path.member(name), Reason::Missing);
            problems.report(true, lacking);
        }
    }
    if let Some(default) = strategy.get("default") {
        check_target(default, targets, &path.member("default"), problems);
    }
    let conditions = strategy.get("conditions").and_then(Value::as_array);
    let all = path.member("conditions");
    for (index, condition) in conditions.into_iter().flatten().enumerate() {
        let path = all.entry(index);
        if let Some(then) = condition.get("then") {
            check_target(then, targets, &path.member("then"), problems);
        }
        if let Some(query) = condition.get("query") {
            check_query(query, &path.member("query"), problems);
        }
    }
}

fn check_target(value: &Value, targets: &Names<'_>, path: &Path<'_>, problems: &mut Problems) {
    let Some(name) = value.as_str() else {
        return; // The schema has said so.
    };
    if !targets.known.contains(name) {
        problems.note(|| Problem::rule(path, targets.lack(name)));
    }
}

fn check_query(query: &Value, path: &Path<'_>, problems: &mut Problems) {
    let Value::Object(query) = query else {
        problems.note(|| Problem::rule(path, "a query is an object"));
        return;
    };
    if query.is_empty() {
        problems.note(|| Problem::rule(path, "an empty query matches nothing"));
    }
    for (key, value) in query {
        let path = path.member(key);
        match (key.as_str(), value) {
            ("$and" | "$or", Value::Array(queries)) => {
                for (index, query) in queries.iter().enumerate() {
                    check_query(query, &path.entry(index), problems);
                }
            }
            ("$and" | "$or", _) => {
                problems.note(|| Problem::rule(path, "takes a list of queries"));
            }
            _ if key.starts_with('$') => {
                let rule = "stands inside a key: {\"metadata.plan\": {\"$eq\": \"paid\"}}";
                problems.note(|| Problem::rule(path, rule));
            }
            _ if !key.contains('.') => {
                let rule = "a key is `metadata.<name>`, `params.<name>` or `url.pathname`";
                problems.note(|| Problem::rule(path, rule));
            }
            (_, Value::Object(operators)) => check_operators(operators, &path, problems),
            _ => {} // A bare value is short for `$eq`.
        }
    }
}

fn check_operators(operators: &JsonObject, path: &Path<'_>, problems: &mut Problems) {
    for (operator, value) in operators {
        let path = path.member(operator);
        match (operator.as_str(), value) {
            ("$in" | "$nin", value) if !value.is_array() => {
                problems.note(|| Problem::rule(path, "takes a list"));
            }
            ("$regex", value) if !value.is_string() => {
                problems.note(|| Problem::rule(path, "takes text"));
            }
            (operator, _) if !OPERATORS.contains(&operator) => {
                problems.report(true, || {
                    let nearest = nearest(operator, OPERATORS).map(str::to_owned);
                    let known = OPERATORS.map(str::to_owned).to_vec();
                    Problem::new(path, Reason::Unknown { nearest, known })
                });
            }
            _ => {}
        }
    }
}
