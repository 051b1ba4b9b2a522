//! Schemas as clients see them. Many clients convert them for a model's API or into their own types, and each supports
//! another part of JSON Schema. The published schemas use only what all of them support. The parser accepts more, see
//! [`crate::parse_arguments`].

use schemars::{Schema, transform::transform_subschemas};
use serde_json::{Map, Value, json};

use crate::{
    Declaration, JsonObject,
    keywords::HIDDEN,
    more,
    schema::{is_free, keyword},
    types::open,
};

/// The schema keyword of the name that is advertised for an argument whose own name a framework reserves.
const ADVERTISED: &str = "x-advertised";

impl Declaration {
    /// Returns the input schema as clients see it.
    pub fn input_schema(&self) -> JsonObject {
        let mut schema = arguments(self.input());
        more::advertise(self, &mut schema);
        schema
    }

    /// Returns the output schema as clients see it.
    pub fn output_schema(&self) -> JsonObject {
        answer(self.output())
    }
}

/// Returns the schema of an answer without internal `x-` marks and without what a model does not need. No member is
/// required, since callers choose which ones they see.
fn answer(schema: &Value) -> JsonObject {
    let optional = |schema: &mut Schema| {
        schema.remove("required");
    };
    let mut schema = published(schema, &optional);
    schema.shift_remove("required");
    schema
}

/// Returns the schema of arguments. Each value has one type, because several converters reject several types. Objects
/// have declared members, because other converters treat objects without them as empty. Arguments that may be anything
/// are JSON text.
fn arguments(schema: &Value) -> JsonObject {
    published(schema, &simple)
}

fn published(schema: &Value, simplify: &dyn Fn(&mut Schema)) -> JsonObject {
    let mut schema = Schema::from(schema.as_object().cloned().unwrap_or_default());
    publish(&mut schema, 0, simplify);
    match schema.to_value() {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    }
}

fn publish(schema: &mut Schema, depth: usize, simplify: &dyn Fn(&mut Schema)) {
    if depth > 0 {
        simplify(schema);
    }
    if let Some(object) = schema.as_object_mut() {
        advise_only(object);
        object.retain(|name, value| publish_keyword(name, value));
        // Inside a described argument, choices and list items need no description.
        if depth > 1 && (object.contains_key("enum") || object.contains_key("properties")) {
            object.remove("description");
        }
    }
    let next = &mut |inner: &mut Schema| publish(inner, depth + 1, simplify);
    transform_subschemas(next, schema);
}

/// Makes the value of a keyword fit for clients. Returns whether the published schema has it.
fn publish_keyword(name: &str, value: &mut Value) -> bool {
    match (name, value) {
        ("properties", Value::Object(properties)) => {
            rename_advertised(properties);
            properties.retain(|_, property| keyword(property, HIDDEN).is_none());
            // The protocol requires an object for each property, and official clients reject a list of tools with
            // `true`.
            for property in properties.values_mut() {
                if property.as_bool() == Some(true) {
                    *property = json!({});
                }
            }
            true
        }
        ("minimum", least) => least.as_f64() != Some(0.0),
        // Some arguments are accepted but not advertised, so clients that validate must let them through. The parser
        // rejects unknown arguments and suggests the right name.
        ("additionalProperties", Value::Bool(false)) => false,
        (name, _) => !name.starts_with("x-"),
    }
}

/// Keywords that are removed if they are only advice. Clients that validate would otherwise reject values that the
/// vendor accepts.
const BOUNDS: [&str; 6] = [
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
];

/// Turns keywords that are only advice into a description.
fn advise_only(object: &mut JsonObject) {
    let Some(mark) = object.get(open::MARK).cloned() else {
        return;
    };
    let are_words = mark == open::WORDS;
    if !are_words && mark != open::MEMBERS {
        object.remove("required");
    }
    if !are_words && mark != open::INSIDE {
        return;
    }
    let described = object.get("description").and_then(Value::as_str);
    let before = described.filter(|text| are_words && !text.is_empty());
    let before = before.map_or_else(String::new, |text| format!("{text} "));
    for bound in BOUNDS {
        object.remove(bound);
    }
    if let Some(Value::Array(choices)) = object.remove("enum") {
        let choices = choices.iter().filter_map(Value::as_str).collect::<Vec<_>>();
        let choices = format!("{before}Such as {}.", choices.join(", "));
        object.insert("description".to_owned(), choices.into());
    }
}

/// Renames members to the names that are advertised.
fn rename_advertised(properties: &mut JsonObject) {
    let advertised = |property: &Value| keyword(property, ADVERTISED)?.as_str().map(str::to_owned);
    if properties.values().any(|it| advertised(it).is_some()) {
        let members = std::mem::take(properties).into_iter();
        *properties = members
            .map(|(name, property)| (advertised(&property).unwrap_or(name), property))
            .collect();
    }
}

/// Replaces what some clients do not support.
fn simple(schema: &mut Schema) {
    let kinds: Vec<String> = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(Value::String(kind)) => vec![kind.clone()],
        _ => return,
    };
    let is = |kind: &str| kinds.iter().any(|one| one == kind);
    let holds_anything = schema.get("items").is_some_and(is_free);
    if kinds.len() > 1 {
        let or = if is("array") {
            "JSON list"
        } else {
            "JSON object"
        };
        as_text(schema, &format!("text or {or}"));
    } else if is_free(schema.as_value()) {
        as_text(schema, "JSON object");
    } else if is("array") && holds_anything {
        as_text(schema, "JSON list");
    }
}

/// Makes a value text, and describes its content.
fn as_text(schema: &mut Schema, kind: &str) {
    let described = schema.get("description").and_then(Value::as_str);
    let described = match described {
        Some(text) => format!("{} ({kind}).", text.trim_end_matches('.')),
        None => format!("{}.", capitalised(kind)),
    };
    *schema = Schema::from(Map::from_iter([
        ("type".to_owned(), "string".into()),
        ("description".to_owned(), described.into()),
    ]));
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}
