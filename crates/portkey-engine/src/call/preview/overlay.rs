//! What an update makes of an object, by the rules of the API.

use portkey_api::{Effect, Operation};
use serde_json::{Map, Value};

use crate::catalog::{WHERE, field, is_instruction, is_same};

/// Objects of which an update changes the members it names; others are replaced as a whole.
const MERGED: [&str; 3] = ["defaults", "configurations", "global_workspace_access"];

/// The settings of deployments, whose lists and mappings are added to.
const SETTINGS: &str = "auth_settings";

/// To find each entry of a list in another takes as many steps as both lengths multiplied. Beyond this a preview is not
/// worth them.
const STEPS: usize = 4_000_000;

/// The object as it would be after `operation` with this body, from what it is now. Nothing where the operation
/// leaves nothing, what it makes is Portkey's to decide, or lists are too long to be compared.
pub(super) fn overlaid(operation: &Operation, body: Option<&Value>, now: &Value) -> Option<Value> {
    let body = body?.as_object()?;
    let (given, known) = (entries(body), entries(now.as_object()?));
    if operation.declaration.effect != Effect::Update
        || given.saturating_mul(known.saturating_add(given)) > STEPS
    {
        return None;
    }
    let mut object = now.as_object()?.clone();
    for (name, value) in body {
        let is_where = WHERE.contains(&name.as_str()) && !object.contains_key(name);
        if is_instruction(name) || is_where {
            continue;
        }
        if let (Some(Value::Array(entries)), Value::Array(changed)) =
            (object.get_mut("data"), value)
            && changed.iter().all(Value::is_object)
        {
            if replaces(operation, body) {
                entries.clear();
            }
            upsert(entries, changed);
            continue;
        }
        let field = field(operation, name, &object);
        let before = object.get(&field);
        let after = match (before, value) {
            (Some(Value::Object(before)), Value::Object(given)) if name == SETTINGS => {
                Value::Object(settings(before, given, replaces(operation, body)))
            }
            _ => written(operation, name, before, value),
        };
        object.insert(field, after);
    }
    Some(Value::Object(object))
}

/// The entries of all lists of an object, and of the objects in it.
fn entries(object: &Map<String, Value>) -> usize {
    let count = |member: &Value| match member {
        Value::Array(entries) => entries.len(),
        Value::Object(inner) => entries(inner),
        _ => 0,
    };
    object.values().map(count).sum()
}

/// Whether lists are replaced rather than changed.
fn replaces(operation: &Operation, body: &Map<String, Value>) -> bool {
    let name = if operation.declaration.name == "update_mcp_integration_workspaces" {
        "override_existing_workspace_access"
    } else {
        "override_existing"
    };
    body.get(name) == Some(&Value::Bool(true))
}

fn written(operation: &Operation, name: &str, before: Option<&Value>, value: &Value) -> Value {
    match (before, value) {
        (Some(Value::Object(before)), Value::Object(after)) if MERGED.contains(&name) => {
            let mut merged = before.clone();
            merged.extend(after.clone());
            Value::Object(merged)
        }
        (Some(before), after) => match operation.declaration.input_of(name) {
            Some(schema) => with_what_is_counted(schema, before, after.clone()),
            None => after.clone(),
        },
        (None, after) => after.clone(),
    }
}

/// The settings of a deployment with others over them.
fn settings(
    before: &Map<String, Value>,
    given: &Map<String, Value>,
    replaces: bool,
) -> Map<String, Value> {
    let mut after = before.clone();
    for (name, value) in given {
        match (after.get_mut(name), value) {
            (Some(Value::Array(old)), Value::Array(new)) if !replaces => {
                let added = new.iter().filter(|one| !old.contains(one)).cloned();
                let added: Vec<_> = added.collect();
                old.extend(added);
            }
            (Some(Value::Object(old)), Value::Object(new)) if !replaces => old.extend(new.clone()),
            _ => {
                after.insert(name.clone(), value.clone());
            }
        }
    }
    for (removal, list) in [
        ("remove_workspaces_allowed", "workspaces_allowed"),
        ("remove_subs_allowed", "jwt_subs_allowed"),
    ] {
        let removed = after.remove(removal);
        if let (Some(Value::Array(removed)), Some(Value::Array(kept))) =
            (removed, after.get_mut(list))
        {
            kept.retain(|one| !removed.contains(one));
        }
    }
    if given.get("allow_all_workspaces") == Some(&Value::Bool(true)) {
        after.insert("workspaces_allowed".to_owned(), Value::Array(Vec::new()));
    }
    after
}

/// Beside what can be set, objects have members that Portkey counts itself, such as what is used up of a budget. They
/// survive an update.
fn with_what_is_counted(schema: &Value, before: &Value, after: Value) -> Value {
    match (before, after) {
        (Value::Object(before), Value::Object(mut after)) => {
            let settable = schema.get("properties").and_then(Value::as_object);
            if let Some(settable) = settable.filter(|settable| !settable.is_empty()) {
                let counted = before
                    .iter()
                    .filter(|(name, _)| !settable.contains_key(*name));
                let counted: Vec<_> = counted.map(|(name, v)| (name.clone(), v.clone())).collect();
                after.extend(counted);
            }
            Value::Object(after)
        }
        (Value::Array(before), Value::Array(after)) => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            let merged =
                after
                    .into_iter()
                    .enumerate()
                    .map(|(index, after)| match before.get(index) {
                        Some(before) => with_what_is_counted(items, before, after),
                        None => after,
                    });
            merged.collect()
        }
        (_, after) => after,
    }
}

/// Writes changed entries over those they mean, and adds the new ones.
fn upsert(entries: &mut Vec<Value>, changed: &[Value]) {
    for change in changed.iter().filter_map(Value::as_object) {
        let known = entries.iter_mut().filter_map(Value::as_object_mut);
        match known.into_iter().find(|entry| is_same(entry, change)) {
            Some(entry) => entry.extend(change.clone()),
            None => entries.push(Value::Object(change.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn overlay(tool: &str, body: &Value, now: &Value) -> Option<Value> {
        overlaid(portkey_api::operation(tool).unwrap(), Some(body), now)
    }

    #[test]
    fn what_an_update_names_is_replaced_and_defaults_are_merged() {
        let now = json!({ "name": "a", "description": "d", "defaults": { "metadata": { "x": 1 }, "is_default": false } });
        let body = json!({ "name": "b", "defaults": { "metadata": { "y": 2 } } });
        assert_eq!(
            overlay("update_workspace", &body, &now).unwrap(),
            json!({ "name": "b", "description": "d", "defaults": { "metadata": { "y": 2 }, "is_default": false } })
        );
    }

    #[test]
    fn what_is_used_up_survives_a_new_budget() {
        let now = json!({ "usage_limits": { "credit_limit": 10, "alert_threshold": 5, "current_usage": 3 } });
        let body = json!({ "usage_limits": { "credit_limit": 20 } });
        assert_eq!(
            overlay("update_api_key", &body, &now).unwrap(),
            json!({ "usage_limits": { "credit_limit": 20, "current_usage": 3 } })
        );
    }

    #[test]
    fn entries_of_lists_are_found_by_what_tells_them_apart() {
        let now =
            json!({ "data": [{ "id": "a", "enabled": true }, { "id": "b", "enabled": true }] });
        let body = json!({ "workspaces": [{ "id": "b", "enabled": false }, { "id": "c", "enabled": true }] });
        assert_eq!(
            overlay("update_mcp_integration_workspaces", &body, &now).unwrap()["data"],
            json!([
                { "id": "a", "enabled": true },
                { "id": "b", "enabled": false },
                { "id": "c", "enabled": true }
            ])
        );
    }

    #[test]
    fn lists_that_are_too_long_to_be_compared_are_not() {
        let list = |count| json!(vec![json!({ "id": "a", "enabled": true }); count]);
        let update = |count| {
            let body = json!({ "workspaces": list(count) });
            overlay(
                "update_mcp_integration_workspaces",
                &body,
                &json!({ "data": list(1_000) }),
            )
        };
        assert!(update(1_000).is_some());
        assert_eq!(update(3_000), None);
    }

    #[test]
    fn what_portkey_decides_is_not_guessed() {
        assert_eq!(
            overlay("rotate_api_key", &json!({}), &json!({ "name": "n" })),
            None
        );
    }
}
