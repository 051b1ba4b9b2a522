//! Arguments that set a part of a limit or a config, such as `credit_limit`. The API replaces a limit or config as a
//! whole, so the other parts are read first and sent along unchanged.

use portkey_api_core::{Effect, JsonObject, Location, Operation, Problem};
use serde_json::{Map, Value};

use super::{CallContext, Failure};
use crate::{catalog::field, journal::undo::fitted};

// The body members that the API replaces as a whole.
const CONFIG: &str = "config";
const BUDGET: &str = "usage_limits";
const RATES: &str = "rate_limits";

/// The members that identify a rate limit among those of an object.
const KINDS: [&str; 2] = ["type", "unit"];

impl CallContext<'_> {
    /// Replaces arguments that set a part of a config or limit by one that sets all of it: the current value with the
    /// parts changed. Adds a note on the parts that were kept.
    pub(super) async fn complete_parts(
        &self,
        operation: &'static Operation,
        arguments: &mut JsonObject,
    ) -> Result<(), Failure> {
        let sets = |top| sets_part(operation, arguments, top);
        let (config, limits) = (sets(CONFIG), sets(BUDGET) || sets(RATES));
        if operation.declaration.effect != Effect::Update || !(config || limits) {
            return Ok(());
        }
        let now = self.before(operation, arguments).await;
        if config {
            let completed = complete_config(operation, arguments, now.as_ref());
            completed.map_err(|problem| Failure::invalid(operation.declaration.name, problem))?;
        }
        let kept = match &now {
            Some(now) => completed(operation, arguments, now),
            None => Vec::new(),
        };
        if now.is_none() {
            let note = "the limits could not be read beforehand: what is not given of them, such as when a budget \
                        starts again, is not kept";
            self.notes.add(note);
        } else if !kept.is_empty() {
            self.notes.add(format!(
                "kept of the limits as they were: {}. To replace a limit as a whole, give `{BUDGET}` or `{RATES}`",
                kept.join(", ")
            ));
        }
        Ok(())
    }
}

/// The given arguments that set a part of the body member `top`, each as the argument's name and the path of the part
/// below `top`.
fn parts<'a>(
    operation: &'a Operation,
    arguments: &'a JsonObject,
    top: &'static str,
) -> impl Iterator<Item = (&'static str, &'static str)> + 'a {
    let declared = operation.declaration.arguments.iter();
    declared.filter_map(move |argument| {
        let Location::Body(path) = argument.location else {
            return None;
        };
        let rest = path.strip_prefix(top)?;
        let is_part = argument.name != top && (rest.is_empty() || rest.starts_with('.'));
        let rest = rest.trim_start_matches('.');
        (is_part && arguments.contains_key(argument.name)).then_some((argument.name, rest))
    })
}

fn sets_part(operation: &Operation, arguments: &JsonObject, top: &'static str) -> bool {
    operation.declaration.argument(top).is_some()
        && !arguments.contains_key(top)
        && parts(operation, arguments, top).next().is_some()
}

/// Sets the given parts in the current config. Fails if the current config or a secret in it cannot be read: sending
/// the parts alone would erase the rest.
fn complete_config(
    operation: &Operation,
    arguments: &mut JsonObject,
    now: Option<&Value>,
) -> Result<(), Problem> {
    let given: Vec<_> = parts(operation, arguments, CONFIG).collect();
    let name = given.first().map_or(CONFIG, |(argument, _)| argument);
    let lost = |why| {
        let rule = format!(
            "changes a part of the config, and {why}, so the rest of it would be lost; give the whole of it as \
             `gateway_config`"
        );
        Problem::rule(name, rule)
    };
    let now = now
        .and_then(|now| now.get(CONFIG))
        .filter(|now| now.is_object());
    let now = now.ok_or_else(|| lost("the config cannot be read"))?;
    let schema = operation.declaration.input_of(CONFIG);
    let config = schema.and_then(|schema| fitted(schema, now));
    let mut config = config.ok_or_else(|| lost("secrets in it cannot be read"))?;
    for (argument, path) in given {
        if let Some(value) = arguments.shift_remove(argument) {
            set(&mut config, path, value);
        }
    }
    arguments.insert(CONFIG.to_owned(), config);
    Ok(())
}

/// Sets the value at a dotted path, and creates objects on the way.
fn set(object: &mut Value, path: &str, value: Value) {
    let (first, rest) = path
        .split_once('.')
        .map_or((path, None), |(first, rest)| (first, Some(rest)));
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let Value::Object(members) = object else {
        return;
    };
    match rest {
        Some(rest) => set(members.entry(first).or_insert(Value::Null), rest, value),
        None => _ = members.insert(first.to_owned(), value),
    }
}

/// Completes the limits, and returns a description of each part that is kept.
fn completed(operation: &Operation, arguments: &mut JsonObject, now: &Value) -> Vec<String> {
    let budget = completed_budget(operation, arguments, now).unwrap_or_default();
    let rates = completed_rates(operation, arguments, now).unwrap_or_default();
    [budget, rates].concat()
}

/// Returns the current limit of an object in the form that the argument `top` accepts, if it has one.
fn limit(operation: &Operation, top: &str, now: &Value) -> Option<Value> {
    let schema = operation.declaration.input_of(top)?;
    let object = now.as_object()?;
    let limit = object.get(&field(operation, top, object))?;
    fitted(schema, limit).filter(|limit| !limit.is_null())
}

fn completed_budget(
    operation: &Operation,
    arguments: &mut JsonObject,
    now: &Value,
) -> Option<Vec<String>> {
    let given: Vec<_> = parts(operation, arguments, BUDGET).collect();
    let Some(Value::Object(mut budget)) = limit(operation, BUDGET, now) else {
        return None;
    };
    if given.is_empty() || arguments.contains_key(BUDGET) {
        return None;
    }
    let is_kept = |name: &String| given.iter().all(|(_, part)| part != name);
    let kept = budget.iter().filter(|(name, _)| is_kept(name));
    let kept = kept
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    for (argument, part) in given {
        let value = arguments.shift_remove(argument)?;
        budget.insert(part.to_owned(), value);
    }
    arguments.insert(BUDGET.to_owned(), budget.into());
    Some(kept)
}

fn completed_rates(
    operation: &Operation,
    arguments: &mut JsonObject,
    now: &Value,
) -> Option<Vec<String>> {
    let given: Vec<_> = parts(operation, arguments, RATES).collect();
    let takes_one = operation.declaration.input_of(RATES)?.get("maxItems") == Some(&1.into());
    if given.is_empty() || arguments.contains_key(RATES) || takes_one {
        return None;
    }
    let Some(Value::Array(rates)) = limit(operation, RATES, now) else {
        return None;
    };
    let mut new = Map::from_iter([("type".to_owned(), "requests".into())]);
    for (argument, part) in &given {
        let name = if *part == "0.unit" { "unit" } else { "value" };
        new.insert(name.to_owned(), arguments.get(*argument)?.clone());
    }
    new.entry("unit").or_insert_with(|| "rpm".into());
    let new = Value::Object(new);
    let is_other = |rate: &Value| KINDS.iter().any(|kind| rate.get(kind) != new.get(kind));
    let mut others: Vec<Value> = rates.into_iter().filter(is_other).collect();
    if others.is_empty() {
        return None;
    }
    let kept = others
        .iter()
        .map(|rate| format!("rate limit {rate}"))
        .collect();
    for (argument, _) in &given {
        arguments.shift_remove(*argument);
    }
    others.push(new);
    arguments.insert(RATES.to_owned(), others.into());
    Some(kept)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn complete(tool: &str, arguments: Value, now: &Value) -> (Value, Vec<String>) {
        let operation = portkey_api::operation(tool).unwrap();
        let Value::Object(mut arguments) = arguments else {
            unreachable!()
        };
        let kept = completed(operation, &mut arguments, now);
        (Value::Object(arguments), kept)
    }

    #[test]
    fn a_part_of_a_budget_leaves_the_others() {
        let now = json!({ "usage_limits": {
            "credit_limit": 20, "periodic_reset": "monthly", "current_usage": 3
        } });
        let given = json!({ "id": "k", "credit_limit": 50 });
        let (arguments, kept) = complete("update_api_key", given, &now);
        let expected = json!({ "id": "k", "usage_limits": { "credit_limit": 50, "periodic_reset": "monthly" } });
        assert_eq!(arguments, expected);
        assert_eq!(kept, ["periodic_reset \"monthly\""]);
    }

    #[test]
    fn without_a_current_limit_the_parts_are_sent_alone() {
        for now in [
            json!({}),
            json!({ "usage_limits": null, "rate_limits": [] }),
        ] {
            let given = json!({ "id": "k", "credit_limit": 50, "rate_limit_rpm": 3 });
            assert_eq!(
                complete("update_api_key", given.clone(), &now),
                (given, vec![])
            );
        }
    }

    #[test]
    fn a_rate_replaces_the_one_of_its_type_and_unit() {
        let rate = |kind: &str, unit: &str, value: u64| json!({ "type": kind, "unit": unit, "value": value });
        let now =
            json!({ "rate_limits": [rate("requests", "rpm", 5), rate("tokens", "rpd", 900)] });
        let given = json!({ "id": "k", "rate_limit_rpm": 7 });
        let (arguments, kept) = complete("update_api_key", given, &now);
        let rates = json!([rate("tokens", "rpd", 900), rate("requests", "rpm", 7)]);
        assert_eq!(arguments, json!({ "id": "k", "rate_limits": rates }));
        assert_eq!(kept.len(), 1);
        let given = json!({ "slug": "p", "rate_limit_value": 7, "rate_limit_unit": "rph" });
        let (arguments, kept) = complete("update_provider", given, &now);
        assert_eq!(arguments["rate_limits"].as_array().unwrap().len(), 3);
        assert_eq!(kept.len(), 2);
    }

    #[test]
    fn a_part_of_a_config_leaves_the_rest() {
        let operation = portkey_api::operation("update_config").unwrap();
        let given = json!({ "slug": "c", "cache_mode": "simple", "retry_attempts": 2 });
        let arguments = || given.as_object().unwrap().clone();
        let now = json!({ "config": { "targets": [{ "provider": "@a" }], "retry": { "attempts": 1, "on_status_codes": [429] } } });
        let mut completed = arguments();
        complete_config(operation, &mut completed, Some(&now)).unwrap();
        let config = json!({
            "targets": [{ "provider": "@a" }], "cache": { "mode": "simple" },
            "retry": { "attempts": 2, "on_status_codes": [429] },
        });
        assert_eq!(
            Value::Object(completed),
            json!({ "slug": "c", "config": config })
        );
        let masked = json!({ "config": { "targets": [{ "api_key": "sk*****def" }] } });
        for now in [None, Some(&masked)] {
            let refused = complete_config(operation, &mut arguments(), now).unwrap_err();
            assert!(refused.to_string().contains("would be lost"), "{refused}");
        }
    }

    #[test]
    fn a_whole_limit_is_not_completed() {
        let now = json!({ "usage_limits": { "credit_limit": 20, "periodic_reset": "monthly" } });
        let given = json!({ "id": "k", "usage_limits": { "credit_limit": 50 } });
        assert_eq!(
            complete("update_api_key", given.clone(), &now),
            (given, vec![])
        );
    }
}
