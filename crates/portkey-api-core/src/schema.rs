//! Generates the schemas of arguments and answers from their types.

use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::transform_subschemas};
use serde_json::{Value, json};

use crate::{JsonObject, keywords::EXAMPLE};

/// Returns the schema of `T` in a form that suits models: without references, nulls, titles and formats of numbers.
/// Only the macros use it, and they cache the result.
#[doc(hidden)]
pub fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings
        .with_transform(simplify)
        .into_generator()
        .into_root_schema_for::<T>();
    schema.remove("description");
    let mut schema = match schema.to_value() {
        Value::Object(object) => object,
        _ => JsonObject::new(), // The schema `true` allows everything.
    };
    // Some clients reject an object schema without `properties`, even if it is empty.
    if schema.get("type").is_some_and(|kind| kind == "object") {
        schema.entry("properties").or_insert_with(|| json!({}));
    }
    Value::Object(schema)
}

/// Returns the value of a keyword of a schema, which has few: they are compared sooner than hashed.
pub(crate) fn keyword<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let keywords = schema.as_object()?;
    let mut keywords = keywords.iter();
    keywords.find_map(|(keyword, value)| (keyword == name).then_some(value))
}

/// Whether a schema requires this member.
pub(crate) fn requires(schema: &Value, name: &str) -> bool {
    required(schema).any(|required| required == name)
}

/// Whether a schema describes objects with arbitrary members.
pub(crate) fn is_free(schema: &Value) -> bool {
    let members = keyword(schema, "properties").and_then(Value::as_object);
    keyword(schema, "type").is_some_and(|kind| kind == "object")
        && members.is_none_or(JsonObject::is_empty)
}

/// Returns the names of the members that a schema requires.
pub fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let names = keyword(schema, "required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

/// Removes `null` from types, because `required` already says what is optional, and the widths of integers.
fn simplify(schema: &mut Schema) {
    if let Some(keywords) = schema.as_object_mut() {
        keywords.retain(|name, value| simplify_keyword(name, value));
    }
    unwrap_optional(schema);
    list_variants(schema);
    transform_subschemas(&mut simplify, schema);
}

/// Simplifies the value of a keyword. Returns whether the schema keeps it.
fn simplify_keyword(name: &str, value: &mut Value) -> bool {
    match (name, value) {
        ("title" | "default", _) | ("additionalProperties", Value::Bool(true)) => false,
        ("format", Value::String(format)) => !WIDTHS.contains(&format.as_str()),
        ("type", kind @ Value::Array(_)) => {
            without_null(kind);
            true
        }
        ("enum", Value::Array(values)) => {
            values.retain(|value| !value.is_null());
            true
        }
        ("minimum", least) if least.as_f64() == Some(0.0) => {
            *least = 0.into();
            true
        }
        _ => true,
    }
}

/// The formats in which schemars writes the widths of numbers.
const WIDTHS: [&str; 9] = [
    "uint", "uint8", "uint16", "uint32", "uint64", "int32", "int64", "float", "double",
];

/// Removes `null` from a list of types. Of a list of one type only the type remains.
fn without_null(kind: &mut Value) {
    let Value::Array(types) = kind else { return };
    types.retain(|kind| kind != "null");
    if let [only] = types.as_mut_slice() {
        *kind = only.take();
    }
}

/// Replaces `anyOf: [X, null]` by X. schemars writes an optional enum in this way.
fn unwrap_optional(schema: &mut Schema) {
    let Some(Value::Array(options)) = schema.get_mut("anyOf") else {
        return;
    };
    options.retain(|option| option.get("type").is_none_or(|kind| kind != "null"));
    if let [Value::Object(only)] = options.as_slice() {
        let only = only.clone();
        schema.remove("anyOf");
        for (name, value) in only {
            let is_of_the_value = name == "description" || name == EXAMPLE;
            if !is_of_the_value || schema.get(&name).is_none() {
                schema.insert(name, value);
            }
        }
    }
}

/// Replaces `oneOf` with a `const` each by a list of names. schemars writes an enum with documented variants in this
/// way.
fn list_variants(schema: &mut Schema) {
    let Some(Value::Array(variants)) = schema.get("oneOf") else {
        return;
    };
    let mut names = Vec::new();
    for variant in variants {
        match (variant.get("const"), variant.get("enum")) {
            (Some(name), _) => names.push(name.clone()),
            (None, Some(Value::Array(several))) => names.extend(several.iter().cloned()),
            (None, _) => return,
        }
    }
    schema.remove("oneOf");
    schema.insert("type".to_owned(), "string".into());
    schema.insert("enum".to_owned(), names.into());
}
