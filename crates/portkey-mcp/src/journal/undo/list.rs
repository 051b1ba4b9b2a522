//! Lists of which a change switched some entries.

use portkey_api::{JsonObject, Operation, Place};
use serde_json::{Map, Value, json};

use super::{Change, Irreversible, Plan, fit::fitted};
use crate::catalog::is_same;

/// Writes the entries again that a change wrote over, and switches off those it brought.
pub(super) fn restoration(
    change: &Change,
    operation: &'static Operation,
    by: &'static Operation,
    before: &Value,
) -> Result<Plan, Irreversible> {
    let mut plan = Plan {
        operation: by,
        arguments: by.path_arguments(&change.arguments),
        lost: Vec::new(),
    };
    if let Some(organisation) = change.arguments.get("organisation_id") {
        plan.arguments
            .insert("organisation_id".to_owned(), organisation.clone());
    }
    if by.declaration.name == "replace_guardrail_mcp_servers" {
        plan.arguments.insert("mcp_servers".to_owned(), watched(before));
        return Ok(plan);
    }
    let switches = switches(by).ok_or_else(|| {
        Irreversible("it switched nothing that could be switched back".to_owned())
    })?;
    let (name, schema) = switches;
    let touched = touched(change, operation, before, name);
    let back: Vec<Value> = touched
        .iter()
        .filter_map(|(entry, was)| switched_back(schema, entry, *was, &mut plan.lost))
        .collect();
    if !back.is_empty() || is_required(by, name) {
        plan.arguments.insert(name.to_owned(), back.into());
    }
    restore_settings(change, by, before, name, &mut plan);
    let is_empty = plan.arguments.get(name).is_none_or(|list| *list == json!([]));
    if is_empty && plan.arguments.len() <= by.path_arguments(&change.arguments).len() + 1 {
        return Err(Irreversible(match plan.lost.as_slice() {
            [] => "it left everything as it was".to_owned(),
            lost => format!("this cannot come back: {}", lost.join("; ")),
        }));
    }
    Ok(plan)
}

/// The argument that switches entries, and the schema of one.
fn switches(by: &'static Operation) -> Option<(&'static str, &'static Value)> {
    let properties = by.declaration.input().get("properties")?;
    by.declaration.arguments.iter().find_map(|argument| {
        let schema = properties.get(argument.name)?.get("items")?;
        let is_body = matches!(argument.place, Place::Body(_));
        (is_body && schema.get("properties").is_some()).then_some((argument.name, schema))
    })
}

/// The entries that a change touched, each as it is known and as it was.
fn touched<'a>(
    change: &'a Change,
    operation: &Operation,
    before: &'a Value,
    name: &str,
) -> Vec<(&'a Map<String, Value>, Option<&'a Map<String, Value>>)> {
    let was = |entry: &Map<String, Value>| {
        entries(Some(before)).find(|earlier| is_same(earlier, entry))
    };
    let given = change.arguments.get(name).and_then(Value::as_array);
    match &change.after {
        Some(after) if after.get("data").is_some() => {
            let now = |entry: &Map<String, Value>| {
                entries(Some(after)).find(|later| is_same(later, entry))
            };
            let gone = entries(Some(before)).filter(|entry| now(entry).is_none());
            let gone = gone.map(|entry| (entry, Some(entry)));
            let changed = entries(Some(after)).map(|entry| (entry, was(entry)));
            changed
                .filter(|(entry, was)| Some(*entry) != *was)
                .chain(gone)
                .collect()
        }
        _ if operation.declaration.effect == portkey_api::Effect::Delete => {
            entries(Some(before)).map(|entry| (entry, Some(entry))).collect()
        }
        _ => given
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .map(|entry| (entry, was(entry)))
            .collect(),
    }
}

fn entries(list: Option<&Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let data = list.and_then(|list| list.get("data")).and_then(Value::as_array);
    data.into_iter().flatten().filter_map(Value::as_object)
}

/// What puts an entry back: as it was, or off where it was not there.
fn switched_back(
    schema: &Value,
    entry: &Map<String, Value>,
    was: Option<&Map<String, Value>>,
    lost: &mut Vec<String>,
) -> Option<Value> {
    let back = match was {
        Some(was) => Value::Object(was.clone()),
        None => {
            let mut off = entry.clone();
            let switches = ["enabled", "excluded"].into_iter();
            let switch = switches.filter(|name| off.contains_key(*name)).collect::<Vec<_>>();
            for name in switch {
                off.insert(name.to_owned(), false.into());
            }
            if off.contains_key("enabled") {
                let shown = ["slug", "name", "id"].iter().find_map(|name| off.get(*name));
                let shown = shown.and_then(Value::as_str).unwrap_or("an entry");
                lost.push(format!("`{shown}` was not there before: it stays in the list, switched off"));
            }
            Value::Object(off)
        }
    };
    let fitting = fitted(schema, &back);
    if fitting.is_none() {
        lost.push("an entry holds secrets, which are not kept".to_owned());
    }
    fitting
}

/// What holds for the whole list, such as access for all.
fn restore_settings(
    change: &Change,
    by: &'static Operation,
    before: &Value,
    list: &str,
    plan: &mut Plan,
) {
    let properties = by.declaration.input().get("properties");
    for argument in by.declaration.arguments {
        let Place::Body(path) = argument.place else {
            continue;
        };
        if argument.name == list || !change.arguments.contains_key(argument.name) {
            continue;
        }
        let earlier = path.split('.').try_fold(before, |value, step| match step.parse::<usize>() {
            Ok(index) => value.get(index),
            Err(_) => value.get(step),
        });
        let schema = properties.and_then(|all| all.get(argument.name));
        match earlier.zip(schema).and_then(|(value, schema)| fitted(schema, value)) {
            Some(value) => {
                plan.arguments.insert(argument.name.to_owned(), value);
            }
            None => plan
                .lost
                .push(format!("what `{}` was is not known", argument.name)),
        }
    }
}

/// The servers a guardrail watched, as a replacement wants them.
fn watched(before: &Value) -> Value {
    let servers = entries(Some(before)).filter_map(|entry| {
        let id = entry.get("mcp_server_id")?.as_str()?;
        let kept = ["run_on", "mcp_integration_capability_ids"];
        let how: JsonObject = kept
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), entry.get(name)?.clone())))
            .filter(|(_, value)| !value.is_null())
            .collect();
        Some((id.to_owned(), Value::Object(how)))
    });
    Value::Object(servers.collect())
}

fn is_required(operation: &Operation, name: &str) -> bool {
    let required = operation.declaration.input().get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|one| one == name))
}
