//! Makes the types of values those of their schema.

use serde_json::Value;

use crate::{
    json::{parsed, text, whole},
    keywords::{COMMA_SEPARATED, NULLABLE},
    types::open,
    walk::walk,
};

/// Makes one consistent form of a value by its schema. Arguments arrive as text from flags, query strings and
/// some models; answers arrive with 0 and 1 for booleans, text for numbers and JSON inside text. What does not
/// read as the type asked for stays as it is.
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
            // What the vendor may know better is read only where it was plainly written as text.
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

/// The types a value may have, text last: anything can be read as text, so it must not win over an object.
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

/// The schema keyword for synonyms of members: `{"model_id": "slug"}`. Arguments themselves declare an `alias`.
const SYNONYMS: &str = "x-synonyms";

/// Renames members that go by a synonym, unless the declared name is there too.
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

/// Takes out members that are `null` where the schema has no use for it, and that nothing requires.
fn drop_nulls(schema: &Value, value: &mut Value) {
    let (Some(properties), Value::Object(members)) =
        (schema.get("properties").and_then(Value::as_object), value)
    else {
        return;
    };
    // Answers keep their nulls: only a schema that refuses unknown members describes arguments.
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        members.retain(|name, member| {
            !member.is_null()
                || properties
                    .get(name)
                    .is_none_or(|p| p.get(NULLABLE).is_some())
        });
    }
}
