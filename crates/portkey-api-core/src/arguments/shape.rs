//! Converts single values to lists and lists of one to single values, where the schema wants that.

use serde_json::Value;

use crate::{
    json::parsed,
    node::{Kinds, Node, Tasks},
    path::Path,
    walk::walk,
};

/// Converts single values and lists, if no other meaning is possible.
pub(super) fn reshape(node: &Node, arguments: &mut Value) {
    let tasks = Tasks::COERCE;
    walk(
        node,
        arguments,
        &Path::Root,
        tasks,
        &mut |node, value, _| {
            if node.is_inside_open || node.kinds.is_empty() {
                return;
            }
            let takes = |kinds| node.kinds.contains(kinds);
            let items = node.items.as_deref();
            if takes(Kinds::ARRAY) && !takes(Kinds::TEXT) {
                if let Some(list) = items.and_then(|items| list_of(items, value)) {
                    *value = list;
                }
            } else if !takes(Kinds::ARRAY)
                && let Value::Array(list) = value
                && let [only] = list.as_mut_slice()
                && is_meant(only, node)
            {
                *value = only.take();
            }
        },
    );
}

/// Returns a list of the value, or of the parts of a text that are separated by commas.
fn list_of(items: &Node, value: &Value) -> Option<Value> {
    let holds = |kinds| items.kinds.intersects(kinds);
    let words = Kinds::TEXT | Kinds::INTEGER | Kinds::NUMBER;
    match value {
        Value::Object(_) => holds(Kinds::OBJECT).then(|| vec![value.clone()].into()),
        Value::String(text) if parsed(text).is_some_and(|value| value.is_object()) => {
            let object = parsed(text).filter(|_| holds(Kinds::OBJECT))?;
            Some(vec![object].into())
        }
        Value::String(text) => {
            let is_said = !text.trim().is_empty();
            (holds(words) && is_said).then(|| parts(text).into())
        }
        Value::Number(_) => holds(words).then(|| vec![value.clone()].into()),
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

fn is_meant(only: &Value, node: &Node) -> bool {
    let numbers = Kinds::TEXT | Kinds::INTEGER | Kinds::NUMBER;
    let meant = match only {
        Value::Object(_) => Kinds::OBJECT,
        Value::String(_) => numbers | Kinds::BOOLEAN,
        Value::Number(_) => numbers,
        Value::Bool(_) => Kinds::BOOLEAN,
        _ => return false,
    };
    node.kinds.intersects(meant)
}
