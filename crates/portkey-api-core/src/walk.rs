//! One descent along a schema. Reading arguments, checking them, making answers
//! consistent and masking secrets are all visits of the same walk.

use std::fmt::Write as _;

use serde_json::Value;

/// Visits `value` and, after it, everything inside that the schema describes, with its
/// path (`targets[0].weight`). What a visit changes is what the walk then enters.
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

/// What the path grows by when a member is entered.
pub fn child(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!(".{name}")
    }
}

/// Does something with the path of a member. The path grows in place: to copy it at each step would make a walk as long
/// as the paths of all values together.
pub(crate) fn into_member(path: &mut String, name: &str, inside: impl FnOnce(&mut String)) {
    let length = path.len();
    if length > 0 {
        path.push('.');
    }
    path.push_str(name);
    inside(path);
    path.truncate(length);
}

/// The same with an entry of a list.
pub(crate) fn into_entry(path: &mut String, index: usize, inside: impl FnOnce(&mut String)) {
    let length = path.len();
    // Writing to text cannot fail.
    _ = write!(path, "[{index}]");
    inside(path);
    path.truncate(length);
}
