//! Converts values to the types in their schema.

use serde_json::Value;

use crate::{
    json::{parsed, text, whole},
    node::{JsonType, Node, Tasks},
    path::Path,
    walk::walk,
};

/// Converts a value to the types in its schema. Arguments arrive as text from flags, query strings and some models.
/// Answers contain 0 and 1 for booleans, text for numbers, and JSON inside text. A value that cannot be converted
/// remains unchanged.
pub fn coerce(node: &Node, value: &mut Value) {
    let tasks = Tasks::COERCE | Tasks::MEMBERS;
    walk(node, value, &Path::Root, tasks, &mut |node, value, _| {
        coerce_one(node, value);
    });
}

/// Converts a value, but not what is inside it.
pub(crate) fn coerce_one(node: &Node, value: &mut Value) {
    drop_nulls(node, value);
    if node.is_comma_separated && value.is_array() {
        *value = text(value).into();
    }
    // In objects that the vendor defines, only text is converted.
    if (value.is_string() || !node.is_inside_open)
        && let Some(better) = node.kinds.iter().find_map(|kind| read_as(kind, value))
    {
        *value = better;
    }
    use_declared_names(node, value);
    drop_nulls(node, value);
}

fn read_as(kind: JsonType, value: &Value) -> Option<Value> {
    match (kind, value) {
        (JsonType::Integer | JsonType::Number, Value::String(text)) => {
            let read: Value = serde_json::from_str(text.trim()).ok()?;
            read.is_number().then_some(read)
        }
        (JsonType::Integer, Value::Number(number)) => whole(number.as_f64()?),
        (JsonType::Boolean, Value::String(text)) => match text.trim().to_ascii_lowercase().as_str()
        {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        (JsonType::Boolean, Value::Number(number)) => match number.as_u64() {
            Some(0) => Some(false.into()),
            Some(1) => Some(true.into()),
            _ => None,
        },
        (JsonType::Object, Value::String(text)) => parsed(text).filter(Value::is_object),
        (JsonType::Array, Value::String(text)) => parsed(text).filter(Value::is_array),
        (JsonType::Text, Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        _ => None,
    }
}

/// Renames members that are given by a synonym, unless the declared name is given too.
fn use_declared_names(node: &Node, value: &mut Value) {
    if node.synonyms.is_empty() {
        return;
    }
    let Value::Object(members) = value else {
        return;
    };
    for &(synonym, name) in &node.synonyms {
        if !members.contains_key(name)
            && let Some(member) = members.remove(synonym)
        {
            members.insert(name.to_owned(), member);
        }
    }
}

/// Removes members that are `null` if the schema does not allow `null` and they are not required.
fn drop_nulls(node: &Node, value: &mut Value) {
    // Answers keep their nulls. Only the schemas of arguments reject unknown members.
    if !node.is_closed {
        return;
    }
    if let Value::Object(members) = value {
        members.retain(|name, member| {
            !member.is_null()
                || node
                    .members
                    .get(name)
                    .is_none_or(|member| member.is_nullable)
        });
    }
}
