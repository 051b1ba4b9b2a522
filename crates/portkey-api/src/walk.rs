//! One descent along a schema. Reading arguments, checking them, making answers
//! consistent and masking secrets are all visits of the same walk.

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
                    step(path, &child(path, name), |path| {
                        walk(inner, member, path, visit);
                    });
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.get("items") {
                for (index, item) in items.iter_mut().enumerate() {
                    let suffix = format!("[{index}]");
                    step(path, &suffix, |path| walk(inner, item, path, visit));
                }
            }
        }
        _ => {}
    }
}

/// What the path grows by when a member is entered.
pub(crate) fn child(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!(".{name}")
    }
}

fn step(path: &mut String, suffix: &str, inside: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push_str(suffix);
    inside(path);
    path.truncate(length);
}
