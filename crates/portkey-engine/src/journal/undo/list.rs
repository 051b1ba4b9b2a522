//! Undoes a change that switched entries of a list on or off.

use portkey_api_core::{Effect, JsonObject, Location, Operation, keywords::READS_AS};
use serde_json::{Map, Value, json};

use super::{
    Change, Irreversible, Plan,
    fit::{at, fitted},
};
use crate::catalog::is_same;

/// Plans to write the earlier entries that a change overwrote, and to switch off the entries that it added.
pub(super) fn restoration(
    change: &Change,
    operation: &'static Operation,
    by: &'static Operation,
    before: &Value,
) -> Result<Plan, Irreversible> {
    let mut plan = Plan::new(by, by.path_arguments(&change.arguments));
    if let Some(organisation) = change.arguments.get("organisation_id") {
        plan.arguments
            .insert("organisation_id".to_owned(), organisation.clone());
    }
    if let Some((name, all)) = whole_list(by, before) {
        plan.arguments.insert(name.to_owned(), all);
        return Ok(plan);
    }
    let found = switch_argument(by).ok_or_else(|| {
        Irreversible("it switched nothing that could be switched back".to_owned())
    })?;
    let (name, schema) = found;
    let touched = touched(change, operation, before, name);
    let back: Vec<Value> = touched
        .iter()
        .filter_map(|(entry, was)| switched_back(schema, entry, *was, &mut plan.lost))
        .collect();
    if !back.is_empty() || by.declaration.requires(name) {
        plan.arguments.insert(name.to_owned(), back.into());
    }
    restore_settings(change, by, before, name, &mut plan);
    let is_empty = plan
        .arguments
        .get(name)
        .is_none_or(|list| *list == json!([]));
    if is_empty && plan.arguments.len() <= by.path_arguments(&change.arguments).len() + 1 {
        return Err(Irreversible(match plan.lost.as_slice() {
            [] => "it left everything as it was".to_owned(),
            lost => format!("this cannot come back: {}", lost.join("; ")),
        }));
    }
    Ok(plan)
}

/// Returns the argument that switches entries, and the schema of one entry.
fn switch_argument(by: &'static Operation) -> Option<(&'static str, &'static Value)> {
    by.declaration.arguments.iter().find_map(|argument| {
        let schema = by.declaration.input_of(argument.name)?.get("items")?;
        let is_body = matches!(argument.location, Location::Body(_));
        (is_body && schema.get("properties").is_some()).then_some((argument.name, schema))
    })
}

/// The latest known state of an entry, and its state before the change. `None` if it did not exist before.
type Touched<'a> = (&'a Map<String, Value>, Option<&'a Map<String, Value>>);

/// Returns the entries that a change touched, each with its latest known state and its earlier state.
fn touched<'a>(
    change: &'a Change,
    operation: &Operation,
    before: &'a Value,
    name: &str,
) -> Vec<Touched<'a>> {
    let was =
        |entry: &Map<String, Value>| entries(Some(before)).find(|earlier| is_same(earlier, entry));
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
        _ if operation.declaration.effect == Effect::Delete => entries(Some(before))
            .filter(|entry| is_named(entry, &change.arguments))
            .map(|entry| (entry, Some(entry)))
            .collect(),
        _ => given
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .map(|entry| (entry, was(entry)))
            .collect(),
    }
}

/// Whether the call named this entry among those to remove.
fn is_named(entry: &Map<String, Value>, arguments: &JsonObject) -> bool {
    let Some(slug) = entry.get("slug").and_then(Value::as_str) else {
        return false;
    };
    arguments.values().any(|value| match value {
        Value::String(slugs) => slugs.split(',').any(|one| one.trim() == slug),
        Value::Array(slugs) => slugs.iter().any(|one| one == slug),
        _ => false,
    })
}

/// Returns the names of the entries that the plan would write and that have changed since the change.
pub(super) fn drifted(plan: &Plan, left: &Value, now: &Value) -> Vec<String> {
    let switched = plan
        .arguments
        .values()
        .filter_map(Value::as_array)
        .flatten();
    let switched: Vec<_> = switched.filter_map(Value::as_object).collect();
    if switched.is_empty() {
        let same = left.get("data") == now.get("data");
        return if same {
            Vec::new()
        } else {
            vec!["data".to_owned()]
        };
    }
    let in_list = |list, entry| entries(Some(list)).find(|one| is_same(one, entry));
    let differing = switched
        .into_iter()
        .filter(|entry| in_list(left, entry) != in_list(now, entry));
    let name = |entry: &Map<String, Value>| {
        let keys = ["name", "slug", "id", "user_id", "workspace_id"];
        let key = keys.iter().find_map(|key| entry.get(*key)?.as_str());
        key.unwrap_or("an entry").to_owned()
    };
    differing.map(name).collect()
}

fn entries(list: Option<&Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let data = list
        .and_then(|list| list.get("data"))
        .and_then(Value::as_array);
    data.into_iter().flatten().filter_map(Value::as_object)
}

/// Returns the entry that restores the earlier state: as it was before, or switched off if it did not exist.
fn switched_back(
    schema: &Value,
    entry: &Map<String, Value>,
    was: Option<&Map<String, Value>>,
    lost: &mut Vec<String>,
) -> Option<Value> {
    let back = if let Some(was) = was {
        // An empty value in an answer means that the member was not set.
        let set = was.iter().filter(|(_, value)| !is_empty(value));
        Value::Object(set.map(pair).collect())
    } else {
        Value::Object(switched_off(entry, lost))
    };
    let fitting = fitted(schema, &back);
    if fitting.is_none() {
        lost.push("an entry holds secrets, which are not kept".to_owned());
    }
    fitting
}

/// Returns an entry that the change added, switched off. In lists whose entries are on or off, the entry remains in the
/// list.
fn switched_off(entry: &Map<String, Value>, lost: &mut Vec<String>) -> Map<String, Value> {
    let mut off = entry.clone();
    for switch in ["enabled", "excluded"] {
        if let Some(is_on) = off.get_mut(switch) {
            *is_on = false.into();
        }
    }
    if off.contains_key("enabled") {
        let shown = ["slug", "name", "id"]
            .iter()
            .find_map(|name| off.get(*name)?.as_str());
        let shown = shown.unwrap_or("an entry");
        lost.push(format!(
            "`{shown}` was not there before: it stays in the list, switched off"
        ));
    }
    off
}

fn pair((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty) || value.is_null()
}

/// Restores the settings of the whole list, such as access for all.
fn restore_settings(
    change: &Change,
    by: &'static Operation,
    before: &Value,
    list: &str,
    plan: &mut Plan,
) {
    for argument in by.declaration.arguments {
        let Location::Body(path) = argument.location else {
            continue;
        };
        let is_given = change.arguments.contains_key(argument.name);
        let is_set = plan.arguments.contains_key(argument.name);
        if argument.name == list || !is_given || is_set || argument.instruction {
            continue;
        }
        let schema = by.declaration.input_of(argument.name);
        let earlier = at(before, path).zip(schema);
        match earlier.and_then(|(value, schema)| fitted(schema, value)) {
            Some(value) => {
                plan.arguments.insert(argument.name.to_owned(), value);
            }
            None => plan
                .lost
                .push(format!("what `{}` was is not known", argument.name)),
        }
    }
}

/// Returns the argument that replaces the list by the ids of its earlier entries, if `by` has such an argument.
fn whole_list(by: &'static Operation, before: &Value) -> Option<(&'static str, Value)> {
    let mut arguments = by.declaration.arguments.iter();
    let (argument, key) = arguments.find_map(|one| Some((one.name, one.keyed_by?)))?;
    let settings = by.declaration.input_of(argument)?;
    let settings = settings.get("additionalProperties")?.get("properties")?;
    let settings = settings.as_object()?;
    let all = entries(Some(before)).filter_map(|entry| {
        let id = entry.get(key)?.as_str()?;
        let set: JsonObject = settings
            .iter()
            .filter_map(|(name, schema)| Some((name.clone(), read(entry, name, schema)?.clone())))
            .filter(|(_, value)| !value.is_null())
            .collect();
        Some((id.to_owned(), Value::Object(set)))
    });
    Some((argument, Value::Object(all.collect())))
}

/// The value of a setting in an entry that was read, by the name that requests or answers have for it.
fn read<'a>(entry: &'a JsonObject, name: &str, schema: &Value) -> Option<&'a Value> {
    let answered = || entry.get(schema.get(READS_AS)?.as_str()?);
    entry.get(name).or_else(answered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::operations_alone, journal::undo};

    /// A change of the models of an integration, of which `before` was known.
    fn switched(given: &Value, before: Value) -> Change {
        let arguments = json!({ "slug": "openai", "models": given });
        Change {
            arguments: arguments.as_object().unwrap().clone(),
            before: Some(before),
            ..Change::sample("update_integration_models")
        }
    }

    #[test]
    fn entries_are_switched_back_to_what_they_were_and_new_ones_off() {
        let given =
            json!([{ "slug": "gpt-4o", "enabled": false }, { "slug": "o9", "enabled": true }]);
        let before = json!({ "data": [{ "slug": "gpt-4o", "enabled": true }, { "slug": "o1", "enabled": true }] });
        let plan = undo::plan(operations_alone(), &switched(&given, before)).unwrap();
        assert_eq!(
            plan.arguments["models"],
            json!([{ "slug": "gpt-4o", "enabled": true }, { "slug": "o9", "enabled": false }])
        );
        assert_eq!(
            plan.lost,
            ["`o9` was not there before: it stays in the list, switched off"]
        );
    }

    #[test]
    fn entries_that_somebody_else_switched_since_are_named_and_others_are_not() {
        let given = json!([{ "slug": "gpt-4o", "enabled": false }]);
        let before = json!({ "data": [{ "slug": "gpt-4o", "enabled": true }] });
        let plan = undo::plan(operations_alone(), &switched(&given, before)).unwrap();
        let left = json!({ "data": [{ "slug": "gpt-4o", "enabled": false }, { "slug": "o1", "enabled": true }] });
        let other = json!({ "data": [{ "slug": "gpt-4o", "enabled": false }] });
        assert!(drifted(&plan, &left, &other).is_empty());
        let same = json!({ "data": [{ "slug": "gpt-4o", "enabled": true }] });
        assert_eq!(drifted(&plan, &left, &same), ["gpt-4o"]);
    }

    #[test]
    fn an_argument_that_holds_the_whole_list_gets_all_entries_by_their_ids() {
        let operation = |name| operations_alone().operation(name).unwrap();
        let watched = json!({ "id": "1", "mcp_server_id": "s", "run_on": ["input"],
            "mcp_integration_capability_ids": null, "guardrail_id": "g" });
        let before = json!({ "data": [watched] });
        let (argument, all) =
            whole_list(operation("replace_guardrail_mcp_servers"), &before).unwrap();
        assert_eq!(argument, "mcp_servers");
        assert_eq!(all, json!({ "s": { "run_on": ["input"] } }));
        let some = json!({ "data": [{ "mcp_server_id": "s", "capability_ids": ["c"] }] });
        let (_, all) = whole_list(operation("replace_guardrail_mcp_servers"), &some).unwrap();
        assert_eq!(
            all,
            json!({ "s": { "mcp_integration_capability_ids": ["c"] } })
        );
        assert_eq!(
            whole_list(operation("update_integration_models"), &before),
            None
        );
    }
}
