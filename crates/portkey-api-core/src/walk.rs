//! Walks along a schema and a value at the same time. Parsing arguments, checking them, normalising answers and masking
//! secrets all use this walk.

use std::fmt::Write as _;

use serde_json::Value;

/// Visits `value` and then everything inside it that the schema describes, each with its path (`targets[0].weight`).
/// The walk enters the value as the visit changed it.
pub(crate) fn walk(
    schema: &Value,
    value: &mut Value,
    path: &mut String,
    visit: &mut dyn FnMut(&Value, &mut Value, &str),
) {
    visit(schema, value, path);
    match value {
        Value::Object(members) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            let others = schema.get("additionalProperties").filter(|s| s.is_object());
            for (name, member) in members {
                if let Some(inner) = properties.and_then(|p| p.get(name)).or(others) {
                    into_member(path, name, |path| walk(inner, member, path, visit));
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.get("items") {
                for (index, item) in items.iter_mut().enumerate() {
                    into_entry(path, index, |path| walk(inner, item, path, visit));
                }
            }
        }
        _ => {}
    }
}

/// Returns what entering a member appends to the path.
pub fn child(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!(".{name}")
    }
}

/// Runs `inside` with the path of a member. The path is changed in place, because copying it at each step would take
/// time in the order of the length of all paths together.
pub(crate) fn into_member(path: &mut String, name: &str, inside: impl FnOnce(&mut String)) {
    let length = path.len();
    if length > 0 {
        path.push('.');
    }
    path.push_str(name);
    inside(path);
    path.truncate(length);
}

/// Runs `inside` with the path of an entry of a list.
pub(crate) fn into_entry(path: &mut String, index: usize, inside: impl FnOnce(&mut String)) {
    let length = path.len();
    // Writing to a `String` cannot fail.
    _ = write!(path, "[{index}]");
    inside(path);
    path.truncate(length);
}
