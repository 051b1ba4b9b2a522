//! Converts single values to lists and lists of one to single values, where the schema wants that.

use serde_json::Value;

use crate::{coerce::kinds, json::parsed, types::open::is_inside, walk::walk};

/// Converts single values and lists, if no other meaning is possible.
pub(super) fn reshape(schema: &Value, arguments: &mut Value) {
    walk(
        schema,
        arguments,
        &mut String::new(),
        &mut |schema, value, _| {
            if is_inside(schema) {
                return;
            }
            let takes = |kind: &str| kinds(schema).any(|taken| taken == kind);
            let items = schema.get("items");
            if takes("array") && !takes("string") {
                if let Some(list) = items.and_then(|items| list_of(items, value)) {
                    *value = list;
                }
            } else if !takes("array")
                && let Value::Array(list) = value
                && let [only] = list.as_mut_slice()
                && is_meant(only, &takes)
            {
                *value = only.take();
            }
        },
    );
}

/// Returns a list of the value, or of the parts of a text that are separated by commas.
fn list_of(items: &Value, value: &Value) -> Option<Value> {
    let holds = |kind: &str| kinds(items).any(|taken| taken == kind);
    match value {
        Value::Object(_) => holds("object").then(|| vec![value.clone()].into()),
        Value::String(text) if parsed(text).is_some_and(|value| value.is_object()) => {
            let object = parsed(text).filter(|_| holds("object"))?;
            Some(vec![object].into())
        }
        Value::String(text) => {
            let holds_words = holds("string") || holds("integer") || holds("number");
            let is_said = !text.trim().is_empty();
            (holds_words && is_said).then(|| parts(text).into())
        }
        Value::Number(_) => {
            let holds_it = holds("string") || holds("integer") || holds("number");
            holds_it.then(|| vec![value.clone()].into())
        }
        _ => None,
    }
}

/// Returns the parts of `a, b`. If parts contain spaces, the text is a sentence and remains whole.
fn parts(text: &str) -> Vec<Value> {
    let parts: Vec<&str> = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    if parts.iter().any(|part| part.contains(char::is_whitespace)) {
        return vec![text.into()];
    }
    parts.into_iter().map(Value::from).collect()
}

fn is_meant(only: &Value, takes: &dyn Fn(&str) -> bool) -> bool {
    match only {
        Value::Object(_) => takes("object"),
        Value::String(_) => ["string", "integer", "number", "boolean"]
            .into_iter()
            .any(takes),
        Value::Number(_) => ["string", "integer", "number"].into_iter().any(takes),
        Value::Bool(_) => takes("boolean"),
        _ => false,
    }
}
