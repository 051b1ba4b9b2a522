//! Undoes a change of one object: writes its earlier values, or creates a similar object.

use std::collections::BTreeSet;

use portkey_api_core::{Argument, Effect, JsonObject, Location, Operation, required};
use serde_json::Value;

use super::{
    Change, Irreversible, Plan,
    fit::{at, fitted, has_mask, unset},
    key,
};
use crate::catalog::field;

/// Returns the arguments that set fields of an object, one for each field. A field with members, such as a limit, is
/// set as a whole.
fn setters(
    operation: &'static Operation,
) -> impl Iterator<Item = (&'static Argument, &'static str)> {
    let all = operation.declaration.arguments;
    all.iter().filter_map(move |argument| {
        let Location::Body(path) = argument.location else {
            return None;
        };
        let top = top(path);
        let whole =
            |other: &&Argument| matches!(other.location, Location::Body(path) if path == top);
        let mut wholes = all.iter().filter(whole);
        let best = wholes
            .clone()
            .find(|whole| whole.name == top)
            .or_else(|| wholes.next());
        match best {
            Some(best) if best.name != argument.name => None,
            _ => Some((argument, path)),
        }
    })
}

fn top(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

/// Plans to write the values that a change overwrote.
pub(super) fn restoration(
    change: &Change,
    operation: &'static Operation,
    by: &'static Operation,
    before: &Value,
) -> Result<Plan, Irreversible> {
    let mut plan = Plan::new(by, identifying_arguments(by, &change.arguments));
    let mut restored = false;
    for (argument, path) in touched(change, operation, by) {
        if argument.instruction {
            if argument.irreversible {
                plan.lost.push(format!("what `{}` did", argument.name));
            }
            continue;
        }
        let schema = schema(by, argument.name);
        let earlier = earlier(by, argument, path, before);
        let value = match earlier.filter(|value| !value.is_null()) {
            Some(value) => fitted(schema, value),
            None => unset(schema),
        };
        match value {
            Some(value) => {
                restored |= argument.name != "version_description";
                plan.arguments.insert(argument.name.to_owned(), value);
            }
            None => plan.lost.push(why_lost(argument.name, earlier)),
        }
    }
    adjust_arguments(by, before, &mut plan.arguments);
    if restored {
        Ok(plan)
    } else if plan.lost.is_empty() {
        Err(Irreversible(
            "what it set is not kept by Portkey, so there is nothing to write back".to_owned(),
        ))
    } else {
        Err(Irreversible(format!(
            "this cannot come back: {}",
            plan.lost.join("; ")
        )))
    }
}

/// Returns the arguments that set the fields which a change overwrote.
fn touched(
    change: &Change,
    operation: &'static Operation,
    by: &'static Operation,
) -> impl Iterator<Item = (&'static Argument, &'static str)> {
    let written: BTreeSet<&str> = written(by, &change.arguments).collect();
    let is_removal = operation.declaration.effect == Effect::Delete;
    setters(by).filter(move |(argument, path)| {
        if is_removal {
            argument.name == "status" // Deactivation overwrites the status alone.
        } else if path.contains('.') {
            written.contains(path)
        } else {
            written.iter().any(|one| top(one) == *path)
        }
    })
}

/// Plans to create an object similar to the one that was removed.
pub(super) fn recreation(
    change: &Change,
    operation: &Operation,
    by: &'static Operation,
    before: &Value,
) -> Result<Plan, Irreversible> {
    let mut plan = Plan::new(by, identifying_arguments(by, &change.arguments));
    let entry = by.declaration.argument(key(operation));
    if let Some(list) = entry.and_then(list_of_entry) {
        let arguments = by.declaration.arguments.iter();
        for Argument { name, .. } in arguments.filter(|one| list_of_entry(one) == Some(list)) {
            let value = change.arguments.get(*name).or_else(|| before.get(*name));
            plan.arguments
                .extend(value.map(|value| ((*name).to_owned(), value.clone())));
        }
        return Ok(plan);
    }
    for (argument, path) in setters(by) {
        let earlier = earlier(by, argument, path, before).filter(|value| !value.is_null());
        let Some(value) = earlier else { continue };
        match fitted(schema(by, argument.name), value) {
            Some(value) => {
                plan.arguments.insert(argument.name.to_owned(), value);
            }
            None => plan.lost.push(why_lost(argument.name, Some(value))),
        }
    }
    if plan.arguments.contains_key("workspace_id") {
        plan.arguments.remove("organisation_id");
    }
    adjust_arguments(by, before, &mut plan.arguments);
    let missing: Vec<&str> = required(by.declaration.input())
        .filter(|name| !plan.arguments.contains_key(*name))
        .collect();
    if missing.is_empty() {
        return Ok(plan);
    }
    Err(Irreversible(format!(
        "making it again needs {}, which cannot be read or is secret",
        missing.join(", ")
    )))
}

/// Returns the name of the list in the body to whose first entry an argument belongs: `users` for `users.0.id`.
fn list_of_entry(argument: &Argument) -> Option<&'static str> {
    match argument.location {
        Location::Body(path) => path.split_once(".0.").map(|(list, _)| list),
        _ => None,
    }
}

/// Removes from the arguments what the API adds by itself, and adjusts those that would have another effect in an undo.
fn adjust_arguments(by: &Operation, before: &Value, arguments: &mut JsonObject) {
    if let Some(Value::Object(parameters)) = arguments.get_mut("parameters") {
        // The API adds the model to the parameters; the model has an argument of its own.
        parameters.remove("model");
    }
    if let Some(switch) = by.declaration.arguments.iter().find(|a| a.replaces) {
        // Without this, the API would add to lists instead of replacing them.
        arguments.insert(switch.name.to_owned(), true.into());
    }
    let takes_note = by.declaration.argument("version_description").is_some();
    let writes_version = ["string", "parameters"]
        .iter()
        .any(|name| arguments.contains_key(*name));
    let version = before
        .get("prompt_version")
        .or_else(|| before.get("version"));
    if takes_note && writes_version {
        let note = version.map_or_else(
            || "Restored".to_owned(),
            |version| format!("Restored from version {version}"),
        );
        arguments.insert("version_description".to_owned(), note.into());
    } else {
        arguments.remove("version_description");
    }
}

/// Returns the paths in the body that a call wrote to.
fn written<'a>(
    operation: &'a Operation,
    arguments: &'a JsonObject,
) -> impl Iterator<Item = &'a str> + 'a {
    let given = arguments
        .keys()
        .filter_map(|name| operation.declaration.argument(name));
    given.filter_map(|argument| match argument.location {
        Location::Body(path) => {
            let list = argument
                .shortens
                .and_then(|list| operation.declaration.argument(list));
            match list.map(|list| list.location) {
                Some(Location::Body(list)) => Some(list),
                _ => Some(path),
            }
        }
        _ => None,
    })
}

/// Returns the arguments that say which object is meant.
fn identifying_arguments(by: &Operation, arguments: &JsonObject) -> JsonObject {
    let mut identifying = by.path_arguments(arguments);
    for argument in by.declaration.arguments {
        let is_where = matches!(argument.location, Location::Query(_));
        if let Some(value) = arguments.get(argument.name).filter(|_| is_where) {
            identifying.insert(argument.name.to_owned(), value.clone());
        }
    }
    if let (Some(workspace), Some(_)) = (
        arguments.get("workspace_id"),
        by.declaration.argument("workspace_id"),
    ) {
        identifying.insert("workspace_id".to_owned(), workspace.clone());
    }
    identifying
}

/// Returns the earlier value of a field.
fn earlier<'a>(
    by: &Operation,
    argument: &Argument,
    path: &str,
    before: &'a Value,
) -> Option<&'a Value> {
    let object = before.as_object()?;
    match path.split_once('.') {
        Some((top, rest)) => {
            let top = object.get(&field(by, top, object))?;
            at(top, rest)
        }
        None => object
            .get(&field(by, path, object))
            .or_else(|| object.get(argument.name)),
    }
}

fn schema(operation: &Operation, argument: &str) -> &'static Value {
    static ANY: Value = Value::Null;
    operation.declaration.input_of(argument).unwrap_or(&ANY)
}

fn why_lost(name: &str, earlier: Option<&Value>) -> String {
    match earlier {
        Some(value) if has_mask(value) => format!("`{name}` holds secrets, which are not kept"),
        Some(value) if !value.is_null() => format!("`{name}` cannot be given as it was"),
        _ => format!("`{name}` was not set, and cannot be unset"),
    }
}

/// Returns the names, as in answers, of the fields that a plan would write.
fn fields(plan: &Plan, object: &Value) -> Vec<String> {
    let Some(object) = object.as_object() else {
        return Vec::new();
    };
    let mut names: Vec<String> = written(plan.operation, &plan.arguments)
        .map(|path| field(plan.operation, top(path), object))
        .filter(|name| object.contains_key(name))
        .collect();
    names.dedup();
    names
}

/// Returns the fields that the plan would write and that have changed since the change.
pub(super) fn drifted(plan: &Plan, left: &Value, now: &Value) -> Vec<String> {
    let mut fields = fields(plan, left);
    fields.retain(|name| name != "version_description" && left.get(name) != now.get(name));
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::operations_alone;

    fn change(tool: &str, arguments: &Value, before: Value) -> Change {
        Change {
            arguments: arguments.as_object().unwrap().clone(),
            before: Some(before),
            ..Change::sample(tool)
        }
    }

    fn planned(tool: &str, arguments: &Value, before: Value) -> Plan {
        super::super::plan(operations_alone(), &change(tool, arguments, before)).unwrap()
    }

    #[test]
    fn what_was_written_is_written_back_and_nothing_else() {
        let before = json!({ "name": "a", "description": "d", "defaults": { "metadata": { "x": "1" }, "is_default": true } });
        let arguments = json!({ "workspace_id": "w", "name": "b", "metadata": { "y": "2" } });
        let plan = planned("update_workspace", &arguments, before);
        let wanted = json!({ "workspace_id": "w", "name": "a", "metadata": { "x": "1" } });
        assert_eq!(Value::Object(plan.arguments), wanted);
        assert!(plan.lost.is_empty());
    }

    #[test]
    fn a_limit_comes_back_as_a_whole() {
        let before = json!({ "usage_limits": { "credit_limit": 5, "current_usage": 3 }, "rate_limits": null });
        let arguments = json!({ "id": "k", "credit_limit": 10, "rate_limit_rpm": 7 });
        let plan = planned("update_api_key", &arguments, before);
        let wanted =
            json!({ "id": "k", "usage_limits": { "credit_limit": 5 }, "rate_limits": null });
        assert_eq!(Value::Object(plan.arguments), wanted);
    }

    #[test]
    fn a_list_that_was_shortened_comes_back_as_a_whole() {
        let before = json!({ "auth_settings": { "workspaces_allowed": ["a", "b"] } });
        let arguments = json!({ "id": "d", "remove_workspaces_allowed": ["b"] });
        let plan = planned("update_deployment", &arguments, before);
        let wanted =
            json!({ "id": "d", "workspaces_allowed": ["a", "b"], "override_existing": true });
        assert_eq!(Value::Object(plan.arguments), wanted);
    }

    #[test]
    fn what_an_irreversible_instruction_did_is_lost() {
        let arguments = json!({ "id": "k", "name": "b", "reset_usage": true });
        let plan = planned("update_api_key", &arguments, json!({ "name": "a" }));
        assert_eq!(plan.lost, ["what `reset_usage` did"]);
    }

    #[test]
    fn a_member_is_added_again_with_the_role_it_had() {
        let arguments = json!({ "workspace_id": "w", "user_id": "u" });
        let before = json!({ "id": "u", "role": "admin", "email": "u@example.com" });
        let plan = planned("remove_workspace_member", &arguments, before);
        let wanted = json!({ "workspace_id": "w", "user_id": "u", "role": "admin" });
        assert_eq!(Value::Object(plan.arguments), wanted);
    }

    #[test]
    fn what_cannot_come_back_is_said() {
        let before = json!({ "name": "a", "description": null });
        let arguments = json!({ "workspace_id": "w", "name": "b", "description": "d" });
        let plan = planned("update_workspace", &arguments, before);
        assert_eq!(
            plan.lost,
            ["`description` was not set, and cannot be unset"]
        );
        let before = json!({ "config": { "api_key": "sk*****def" } });
        let arguments = json!({ "slug": "c", "config": { "retry": { "attempts": 1 } } });
        let refusal = super::super::plan(
            operations_alone(),
            &change("update_config", &arguments, before),
        )
        .unwrap_err();
        assert!(refusal.to_string().contains("holds secrets"), "{refusal}");
    }

    #[test]
    fn the_like_of_what_was_removed_is_made() {
        let before = json!({ "id": "1", "slug": "c", "name": "n", "config": { "retry": { "attempts": 1 } }, "is_default": false, "workspace_id": "w", "organisation_id": "o" });
        let plan = planned("delete_config", &json!({ "slug": "c" }), before);
        assert_eq!(plan.operation.declaration.name, "create_config");
        let wanted =
            json!({ "name": "n", "config": { "retry": { "attempts": 1 } }, "workspace_id": "w" });
        assert_eq!(Value::Object(plan.arguments), wanted);
    }

    #[test]
    fn a_field_that_somebody_else_changed_has_drifted() {
        let arguments = json!({ "workspace_id": "w", "name": "b" });
        let plan = planned("update_workspace", &arguments, json!({ "name": "a" }));
        let left = json!({ "name": "b", "last_updated_at": 1 });
        assert!(drifted(&plan, &left, &json!({ "name": "b", "last_updated_at": 2 })).is_empty());
        assert_eq!(drifted(&plan, &left, &json!({ "name": "c" })), ["name"]);
    }
}
