//! Predicts an object after an update, by the rules of the API.

use portkey_api_core::{Argument, Effect, Location, Operation, keywords::READ_ONLY};
use serde_json::{Map, Value};

use crate::catalog::{WHERE, field, is_instruction, is_same};

/// Most comparisons of list entries for one preview. Matching two lists takes the product of their lengths; beyond this
/// limit there is no prediction.
const STEPS: usize = 4_000_000;

/// Returns the object as it would be after `operation` with this body, given its current state. `None` if the operation
/// is not an update, the result depends on Portkey, or lists are too long to be compared.
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
        if is_instruction(operation, name) || is_where {
            continue;
        }
        if let (Some(Value::Array(entries)), Value::Array(changed)) =
            (object.get_mut("data"), value)
            && changed.iter().all(Value::is_object)
        {
            if replaces(operation, body) == Some(true) {
                entries.clear();
            }
            upsert(entries, changed);
            continue;
        }
        let field = field(operation, name, &object);
        let before = object.get(&field);
        let after = match (before, value) {
            (Some(Value::Object(before)), Value::Object(given))
                if operation.merges.contains(&name.as_str()) =>
            {
                let adds = replaces(operation, body) == Some(false);
                let mut after = merged(before, given, adds);
                shorten(operation, name, given, &mut after);
                Value::Object(after)
            }
            (Some(before), after) => match operation.declaration.input_of(name) {
                Some(schema) => with_computed_members(schema, before, after.clone()),
                None => after.clone(),
            },
            (None, after) => after.clone(),
        };
        object.insert(field, after);
    }
    Some(Value::Object(object))
}

/// The number of entries in all lists of an object, including those of nested objects.
fn entries(object: &Map<String, Value>) -> usize {
    let count = |member: &Value| match member {
        Value::Array(entries) => entries.len(),
        Value::Object(inner) => entries(inner),
        _ => 0,
    };
    object.values().map(count).sum()
}

/// Whether the body switches from adding to lists to replacing them. `None` if the operation has no such switch.
fn replaces(operation: &Operation, body: &Map<String, Value>) -> Option<bool> {
    let mut arguments = operation.declaration.arguments.iter();
    let switch = arguments.find(|argument| argument.replaces)?;
    match switch.location {
        Location::Body(name) => Some(body.get(name) == Some(&Value::Bool(true))),
        _ => None,
    }
}

/// Returns a nested object after an update that writes only the members it names. If `adds`, lists and mappings are
/// added to instead of replaced.
fn merged(
    before: &Map<String, Value>,
    given: &Map<String, Value>,
    adds: bool,
) -> Map<String, Value> {
    let mut after = before.clone();
    for (name, value) in given {
        match (after.get_mut(name), value) {
            (Some(Value::Array(old)), Value::Array(new)) if adds => {
                let added = new.iter().filter(|one| !old.contains(one)).cloned();
                let added: Vec<_> = added.collect();
                old.extend(added);
            }
            (Some(Value::Object(old)), Value::Object(new)) if adds => old.extend(new.clone()),
            _ => {
                after.insert(name.clone(), value.clone());
            }
        }
    }
    after
}

/// Removes entries from the lists of a merged member, as the arguments that shorten lists ask for.
fn shorten(
    operation: &Operation,
    member: &str,
    given: &Map<String, Value>,
    after: &mut Map<String, Value>,
) {
    let inside = |argument: &Argument| match argument.location {
        Location::Body(path) => path.strip_prefix(member)?.strip_prefix('.'),
        _ => None,
    };
    for argument in operation.declaration.arguments {
        let list = argument
            .shortens
            .and_then(|list| operation.declaration.argument(list));
        let (Some(name), Some(list)) = (inside(argument), list.and_then(inside)) else {
            continue;
        };
        match given.get(name) {
            Some(Value::Array(removed)) => {
                after.remove(name);
                if let Some(Value::Array(kept)) = after.get_mut(list) {
                    kept.retain(|one| !removed.contains(one));
                }
            }
            Some(Value::Bool(true)) => {
                after.insert(list.to_owned(), Value::Array(Vec::new()));
            }
            _ => {}
        }
    }
}

/// Returns the new value with the members of the old one that no argument sets, such as the used part of a budget:
/// Portkey maintains them, and they survive an update.
fn with_computed_members(schema: &Value, before: &Value, after: Value) -> Value {
    match (before, after) {
        (Value::Object(before), Value::Object(mut after)) => {
            let settable = schema.get("properties").and_then(Value::as_object);
            if let Some(settable) = settable.filter(|settable| !settable.is_empty()) {
                let is_same = after
                    .iter()
                    .all(|(name, given)| before.get(name) == Some(given));
                let computed = before.iter().filter(|(name, _)| {
                    let schema = settable.get(*name);
                    schema.is_none_or(|schema| is_same && schema.get(READ_ONLY).is_some())
                });
                let computed: Vec<_> = computed
                    .map(|(name, v)| (name.clone(), v.clone()))
                    .collect();
                after.extend(computed);
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
                        Some(before) => with_computed_members(items, before, after),
                        None => after,
                    });
            merged.collect()
        }
        (_, after) => after,
    }
}

/// Merges each changed entry into the existing one with the same identity, or appends it.
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
    fn an_update_replaces_named_members_and_merges_defaults() {
        let now = json!({ "name": "a", "description": "d", "defaults": { "metadata": { "x": 1 }, "is_default": false } });
        let body = json!({ "name": "b", "defaults": { "metadata": { "y": 2 } } });
        assert_eq!(
            overlay("update_workspace", &body, &now).unwrap(),
            json!({ "name": "b", "description": "d", "defaults": { "metadata": { "y": 2 }, "is_default": false } })
        );
    }

    #[test]
    fn lists_of_settings_can_be_extended_shortened_and_replaced() {
        let now = json!({ "auth_settings": {
            "allow_all_workspaces": true, "workspaces_allowed": ["a", "b"], "jwt_subs_allowed": ["s"],
            "jwt_sub_workspace_mapping": { "s": "a" } } });
        let lists = |given: Value, replaces: bool| {
            let body = json!({ "auth_settings": given, "override_existing": replaces });
            let settings =
                overlay("update_deployment", &body, &now).unwrap()["auth_settings"].take();
            assert!(settings.get("remove_workspaces_allowed").is_none());
            json!([
                settings["workspaces_allowed"],
                settings["jwt_sub_workspace_mapping"]
            ])
        };
        for (given, replaces, wanted) in [
            (
                json!({ "workspaces_allowed": ["b", "c"] }),
                false,
                json!([["a", "b", "c"], { "s": "a" }]),
            ),
            (
                json!({ "workspaces_allowed": ["c"] }),
                true,
                json!([["c"], { "s": "a" }]),
            ),
            (
                json!({ "remove_workspaces_allowed": ["b"] }),
                false,
                json!([["a"], { "s": "a" }]),
            ),
            (
                json!({ "allow_all_workspaces": true }),
                false,
                json!([[], { "s": "a" }]),
            ),
            (
                json!({ "jwt_sub_workspace_mapping": { "t": "b" } }),
                false,
                json!([["a", "b"], { "s": "a", "t": "b" }]),
            ),
        ] {
            assert_eq!(lists(given.clone(), replaces), wanted, "{given} {replaces}");
        }
    }

    #[test]
    fn the_used_part_of_a_budget_survives_a_new_limit() {
        let now = json!({ "usage_limits": { "credit_limit": 10, "alert_threshold": 5, "current_usage": 3 } });
        let body = json!({ "usage_limits": { "credit_limit": 20 } });
        assert_eq!(
            overlay("update_api_key", &body, &now).unwrap(),
            json!({ "usage_limits": { "credit_limit": 20, "current_usage": 3 } })
        );
    }

    #[test]
    fn what_only_answers_have_stays_with_what_it_describes() {
        let now =
            json!({ "version": 3, "subjects": [{ "type": "user", "id": "a", "name": "Ada" }] });
        let subjects = |id: &str| {
            let body = json!({ "version": 3, "subjects": [{ "type": "user", "id": id }] });
            overlay("update_access_policy", &body, &now).unwrap()["subjects"].take()
        };
        assert_eq!(subjects("a"), now["subjects"]);
        assert_eq!(subjects("b"), json!([{ "type": "user", "id": "b" }]));
    }

    #[test]
    fn list_entries_are_matched_by_their_identity() {
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
    fn lists_beyond_the_limit_are_not_compared() {
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
    fn results_that_portkey_decides_are_not_predicted() {
        assert_eq!(
            overlay("rotate_api_key", &json!({}), &json!({ "name": "n" })),
            None
        );
    }
}
