//! Which parts of an answer can be used as arguments.

use portkey_api_core::{is_open, keywords::READ_ONLY};
use serde_json::{Map, Value};

/// Returns the value at a path with dots. Numbers in the path are indexes of lists.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(value, |value, step| match step.parse::<usize>() {
            Ok(index) => value.get(index),
            Err(_) => value.get(step),
        })
}

/// Returns the part of a value from an answer that an argument with this schema accepts. Members that only answers have
/// are left out. `None` if the value does not match the schema or a part of it is masked.
pub(crate) fn fitted(schema: &Value, value: &Value) -> Option<Value> {
    if has_mask(value) {
        return None;
    }
    fit(schema, value)
}

/// Whether a part of the value is masked, so that it is not the original value.
pub(crate) fn has_mask(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("***"),
        Value::Array(items) => items.iter().any(has_mask),
        Value::Object(members) => members.values().any(has_mask),
        _ => false,
    }
}

fn fit(schema: &Value, value: &Value) -> Option<Value> {
    match value {
        Value::Null => is_nullable(schema).then_some(Value::Null),
        Value::Object(members) => {
            if !takes(schema, "object") {
                // An answer contains the whole object where an argument takes its id.
                let id = members.get("slug").or_else(|| members.get("id"))?;
                return fit(schema, id);
            }
            let known = schema.get("properties").and_then(Value::as_object);
            // The vendor's objects may have members that no schema lists.
            let is_open =
                is_open(schema) || schema.get("additionalProperties") != Some(&Value::Bool(false));
            let Some(known) = known.filter(|known| !known.is_empty() && !is_open) else {
                return Some(Value::Object(writable(known, members)));
            };
            let fitting = members
                .iter()
                .filter_map(|(name, member)| Some((name.clone(), fit(known.get(name)?, member)?)));
            Some(Value::Object(fitting.collect()))
        }
        Value::Array(items) => {
            if !takes(schema, "array") {
                return fit(schema, items.first()?);
            }
            let inner = schema.get("items").unwrap_or(&Value::Null);
            items.iter().map(|item| fit(inner, item)).collect()
        }
        other => Some(other.clone()),
    }
}

/// The members without those that only answers have.
fn writable(
    known: Option<&Map<String, Value>>,
    members: &Map<String, Value>,
) -> Map<String, Value> {
    let is_read_only = |name: &String| {
        let schema = known.and_then(|known| known.get(name));
        schema.is_some_and(|schema| schema.get(READ_ONLY).is_some())
    };
    let kept = members.iter().filter(|(name, _)| !is_read_only(name));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Whether a schema accepts values of this type. A schema without a type accepts all.
pub(super) fn takes(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        None => true,
        Some(Value::Array(kinds)) => kinds.iter().any(|one| one == kind),
        Some(one) => one == kind,
    }
}

fn is_nullable(schema: &Value) -> bool {
    schema.get("x-nullable").is_some()
}

/// Returns the value that means "not set", if the schema accepts one.
pub(super) fn unset(schema: &Value) -> Option<Value> {
    if is_nullable(schema) {
        return Some(Value::Null);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("array") if schema.get("minItems").is_none() => Some(Value::Array(Vec::new())),
        Some("object") if schema.get("properties").is_none() => Some(Value::Object(Map::default())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn argument(tool: &str, name: &str) -> &'static Value {
        &portkey_api::operation(tool).unwrap().declaration.input()["properties"][name]
    }

    #[test]
    fn what_portkey_counts_is_no_part_of_an_argument() {
        let budget = json!({ "credit_limit": 5, "current_usage": 3, "status": "active", "alert_threshold": null });
        let fitted = fitted(argument("update_api_key", "usage_limits"), &budget).unwrap();
        assert_eq!(fitted, json!({ "credit_limit": 5 }));
    }

    #[test]
    fn members_that_only_portkey_knows_come_back() {
        let checks = json!([{ "id": "default.notNull", "newer": { "than": "this" } }]);
        let schema = argument("update_guardrail", "checks");
        assert_eq!(fitted(schema, &checks), Some(checks));
    }

    #[test]
    fn what_only_answers_have_is_not_written_back() {
        let subjects = json!([{ "type": "user", "id": "u", "name": "Ada", "since": "2026" }]);
        let schema = argument("update_access_policy", "subjects");
        let written = json!([{ "type": "user", "id": "u", "since": "2026" }]);
        assert_eq!(fitted(schema, &subjects), Some(written));
    }

    #[test]
    fn what_is_masked_does_not_fit() {
        let config = json!({ "targets": [{ "api_key": "sk*****def" }] });
        assert_eq!(fitted(argument("update_config", "config"), &config), None);
    }

    #[test]
    fn objects_are_named_by_their_slugs_where_the_argument_wants_text() {
        let guardrails = json!([{ "id": "1", "slug": "g-1" }]);
        let schema = argument("update_organisation_defaults", "input_guardrails");
        assert_eq!(fitted(schema, &guardrails).unwrap(), json!(["g-1"]));
    }

    #[test]
    fn null_clears_what_can_be_cleared() {
        assert_eq!(
            unset(argument("update_api_key", "usage_limits")),
            Some(Value::Null)
        );
        assert_eq!(unset(argument("update_api_key", "name")), None);
    }
}
