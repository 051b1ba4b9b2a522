//! Strategies, and the queries by which a conditional one picks its target.

use serde_json::Value;

use crate::{
    JsonObject, Problem,
    problem::{Reason, nearest},
};

const OPERATORS: [&str; 9] = [
    "$eq", "$ne", "$in", "$nin", "$regex", "$gt", "$gte", "$lt", "$lte",
];

pub(super) fn check_strategy(
    level: &JsonObject,
    at: &dyn Fn(&str) -> String,
    problems: &mut Vec<Problem>,
) {
    let Some(Value::Object(strategy)) = level.get("strategy") else {
        return;
    };
    if !level.contains_key("targets") {
        let rule = "needs `targets` to choose from";
        problems.push(Problem::rule(at("strategy"), rule));
    }
    if strategy.get("mode").and_then(Value::as_str) == Some("conditional") {
        check_conditional(strategy, &names(level), at, problems);
    }
}

/// The names of the targets.
fn names(level: &JsonObject) -> Vec<&str> {
    let targets = level.get("targets").and_then(Value::as_array);
    let names = targets.into_iter().flatten().filter_map(|t| t.get("name"));
    names.filter_map(Value::as_str).collect()
}

fn check_conditional(
    strategy: &JsonObject,
    targets: &[&str],
    at: &dyn Fn(&str) -> String,
    problems: &mut Vec<Problem>,
) {
    for name in ["conditions", "default"] {
        if !strategy.contains_key(name) {
            let path = at(&format!("strategy.{name}"));
            problems.push(Problem::new(path, Reason::Missing));
        }
    }
    if let Some(default) = strategy.get("default") {
        check_target(default, targets, at("strategy.default"), problems);
    }
    let conditions = strategy.get("conditions").and_then(Value::as_array);
    for (index, condition) in conditions.into_iter().flatten().enumerate() {
        let path = at(&format!("strategy.conditions[{index}]"));
        if let Some(then) = condition.get("then") {
            check_target(then, targets, format!("{path}.then"), problems);
        }
        if let Some(query) = condition.get("query") {
            check_query(query, &format!("{path}.query"), problems);
        }
    }
}

fn check_target(value: &Value, targets: &[&str], path: String, problems: &mut Vec<Problem>) {
    let Some(name) = value.as_str() else {
        return; // The schema has said so.
    };
    if !targets.contains(&name) {
        let nearest = nearest(name, targets.iter().copied());
        let rule = match nearest {
            Some(nearest) => format!("no target has the name `{name}`; did you mean `{nearest}`?"),
            None if targets.is_empty() => "targets need a `name` to be chosen by".to_owned(),
            None => format!(
                "no target has the name `{name}`; there are {}",
                targets.join(", ")
            ),
        };
        problems.push(Problem::rule(path, rule));
    }
}

fn check_query(query: &Value, path: &str, problems: &mut Vec<Problem>) {
    let Value::Object(query) = query else {
        problems.push(Problem::rule(path, "a query is an object"));
        return;
    };
    if query.is_empty() {
        problems.push(Problem::rule(path, "an empty query matches nothing"));
    }
    for (key, value) in query {
        let path = format!("{path}.{key}");
        match (key.as_str(), value) {
            ("$and" | "$or", Value::Array(queries)) => {
                for (index, query) in queries.iter().enumerate() {
                    check_query(query, &format!("{path}[{index}]"), problems);
                }
            }
            ("$and" | "$or", _) => problems.push(Problem::rule(path, "takes a list of queries")),
            _ if key.starts_with('$') => {
                let rule = "stands inside a key: {\"metadata.plan\": {\"$eq\": \"paid\"}}";
                problems.push(Problem::rule(path, rule));
            }
            _ if !key.contains('.') => {
                let rule = "a key is `metadata.<name>`, `params.<name>` or `url.pathname`";
                problems.push(Problem::rule(path, rule));
            }
            (_, Value::Object(operators)) => check_operators(operators, &path, problems),
            _ => {} // A bare value is short for `$eq`.
        }
    }
}

fn check_operators(operators: &JsonObject, path: &str, problems: &mut Vec<Problem>) {
    for (operator, value) in operators {
        let path = format!("{path}.{operator}");
        match (operator.as_str(), value) {
            ("$in" | "$nin", value) if !value.is_array() => {
                problems.push(Problem::rule(path, "takes a list"));
            }
            ("$regex", value) if !value.is_string() => {
                problems.push(Problem::rule(path, "takes text"));
            }
            (operator, _) if !OPERATORS.contains(&operator) => {
                let nearest = nearest(operator, OPERATORS).map(str::to_owned);
                let known = OPERATORS.map(str::to_owned).to_vec();
                problems.push(Problem::new(path, Reason::Unknown { nearest, known }));
            }
            _ => {}
        }
    }
}
