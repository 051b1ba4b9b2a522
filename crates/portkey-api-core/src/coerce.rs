//! Converts values to the types in their schema.

use serde_json::Value;

use crate::{
    json::{parsed, text, whole},
    keywords::{COMMA_SEPARATED, NULLABLE},
    types::open,
    walk::walk,
};

/// Converts a value to the types in its schema. Arguments arrive as text from flags, query strings and some models.
/// Answers contain 0 and 1 for booleans, text for numbers, and JSON inside text. A value that cannot be converted
/// remains unchanged.
pub fn coerce(schema: &Value, value: &mut Value) {
    walk(
        schema,
        value,
        &mut String::new(),
        &mut |schema, value, _| {
            drop_nulls(schema, value);
            if value.is_array() && schema.get(COMMA_SEPARATED).is_some() {
                *value = text(value).into();
            }
            // In objects that the vendor defines, only text is converted.
            if (value.is_string() || !open::is_inside(schema))
                && let Some(better) = kinds(schema).find_map(|kind| read_as(kind, value))
            {
                *value = better;
            }
            use_declared_names(schema, value);
            drop_nulls(schema, value);
        },
    );
}

/// Returns the types of a schema with text last. Every value can become text, so other types are tried first.
pub(crate) fn kinds(schema: &Value) -> impl Iterator<Item = &str> {
    let kinds = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.as_slice(),
        Some(kind) => std::slice::from_ref(kind),
        None => &[],
    };
    let names = kinds.iter().filter_map(Value::as_str);
    let others = names.clone().filter(|kind| *kind != "string");
    others.chain(names.filter(|kind| *kind == "string"))
}

fn read_as(kind: &str, value: &Value) -> Option<Value> {
    match (kind, value) {
        ("integer" | "number", Value::String(text)) => {
            let read: Value = serde_json::from_str(text.trim()).ok()?;
            read.is_number().then_some(read)
        }
        ("integer", Value::Number(number)) => whole(number.as_f64()?),
        ("boolean", Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        ("boolean", Value::Number(number)) => match number.as_u64() {
            Some(0) => Some(false.into()),
            Some(1) => Some(true.into()),
            _ => None,
        },
        ("object", Value::String(text)) => parsed(text).filter(Value::is_object),
        ("array", Value::String(text)) => parsed(text).filter(Value::is_array),
        ("string", Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        _ => None,
    }
}

/// The schema keyword for synonyms of members: `{"model_id": "slug"}`. Arguments declare an `alias` instead.
const SYNONYMS: &str = "x-synonyms";

/// Renames members that are given by a synonym, unless the declared name is given too.
fn use_declared_names(schema: &Value, value: &mut Value) {
    let (Some(Value::Object(synonyms)), Value::Object(members)) = (schema.get(SYNONYMS), value)
    else {
        return;
    };
    for (synonym, name) in synonyms {
        if let Some(name) = name.as_str()
            && !members.contains_key(name)
            && let Some(member) = members.remove(synonym)
        {
            members.insert(name.to_owned(), member);
        }
    }
}

/// Removes members that are `null` if the schema does not allow `null` and they are not required.
fn drop_nulls(schema: &Value, value: &mut Value) {
    let (Some(properties), Value::Object(members)) =
        (schema.get("properties").and_then(Value::as_object), value)
    else {
        return;
    };
    // Answers keep their nulls. Only the schemas of arguments reject unknown members.
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        members.retain(|name, member| {
            !member.is_null()
                || properties
                    .get(name)
                    .is_none_or(|p| p.get(NULLABLE).is_some())
        });
    }
}
