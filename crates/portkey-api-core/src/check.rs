//! Checks a value against the subset of JSON Schema that the types of arguments produce.

use std::slice;

use serde_json::Value;

use crate::{
    Advice, Flaw, JsonObject, Problem, Vendor,
    keywords::NULLABLE,
    problem::{Problems, Reason, nearest, shortened},
    schema::required,
    types::{email, id, open},
    walk::{child, walk},
};

/// Adds a problem for everything in `value` that does not match `schema`, or a note if the vendor defines its form.
pub(crate) fn check(vendor: &Vendor, schema: &Value, value: &mut Value, problems: &mut Problems) {
    check_at(vendor, schema, value, "", problems);
}

/// Checks a value at `path`, like `check`.
pub fn check_at(
    vendor: &Vendor,
    schema: &Value,
    value: &mut Value,
    path: &str,
    problems: &mut Problems,
) {
    walk(
        schema,
        value,
        &mut path.to_owned(),
        &mut |schema, value, path| {
            if let Some(reason) = misfit(schema, value) {
                let problem = || Problem::new(path, reason(schema, value));
                problems.report(open::is_inside(schema), problem);
                return;
            }
            if let Value::Object(members) = &*value {
                check_members(schema, members, path, problems);
            }
            match (vendor.advice)(schema) {
                Some(Advice::Value(advise)) => advise(value, path, problems),
                Some(Advice::Nested(advise)) => advise(vendor, value, path, problems),
                None => {}
            }
        },
    );
}

fn check_members(schema: &Value, members: &JsonObject, path: &str, problems: &mut Problems) {
    let is_open = open::is_open(schema);
    let at = |name: &str| format!("{path}{}", child(path, &shortened(name)));
    for name in required(schema).filter(|name| !members.contains_key(*name)) {
        problems.report(is_open, || Problem::new(at(name), Reason::Missing));
    }
    for name in members.keys().filter(|name| is_unknown(schema, name)) {
        problems.report(is_open, || Problem::new(at(name), unknown(schema, name)));
    }
}

/// Returns a function that describes why the value does not match, or `None` if it matches.
fn misfit(schema: &Value, value: &Value) -> Option<fn(&Value, &Value) -> Reason> {
    if !has_type(schema, value) {
        Some(wrong_type)
    } else if !value.is_null() && allowed(schema).is_some_and(|allowed| !allowed.contains(value)) {
        Some(not_allowed)
    } else if bound_broken(schema, value).is_some() {
        Some(out_of_range)
    } else if id::flaw(schema, value).is_some() {
        Some(no_id)
    } else if email::is_wrong(schema, value) {
        Some(|_, value| Reason::WrongType {
            expected: "an e-mail address".to_owned(),
            got: short(value),
        })
    } else {
        None
    }
}

fn kinds(schema: &Value) -> impl Iterator<Item = &str> + Clone {
    let kinds = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.as_slice(),
        Some(kind) => slice::from_ref(kind),
        None => &[],
    };
    kinds.iter().filter_map(Value::as_str)
}

fn has_type(schema: &Value, value: &Value) -> bool {
    if value.is_null() && schema.get(NULLABLE).is_some() {
        return true;
    }
    let mut kinds = kinds(schema).peekable();
    kinds.peek().is_none() || kinds.any(|kind| is_a(kind, value))
}

fn wrong_type(schema: &Value, value: &Value) -> Reason {
    let expected = kinds(schema).map(|kind| format!("{}{}", article(kind), shape(kind, schema)));
    let expected: Vec<_> = expected.collect();
    Reason::WrongType {
        expected: expected.join(" or "),
        got: short(value),
    }
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        _ => true,
    }
}

fn article(kind: &str) -> &'static str {
    match kind {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "object" => "an object",
        "array" => "a list",
        _ => "null",
    }
}

/// Returns a short description of the expected object or list, by its required members or its first member, if they are
/// known.
fn shape(kind: &str, schema: &Value) -> String {
    let items = schema.get("items").unwrap_or(&Value::Null);
    let (object, open, close) = match kind {
        "object" => (schema, "", ""),
        "array" => (items, "[", "]"),
        _ => return String::new(),
    };
    let members = |names: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        names
            .take(SHOWN)
            .map(|name| format!("\"{name}\": …"))
            .collect()
    };
    let mut shown = members(&mut required(object));
    if shown.is_empty() {
        shown = members(&mut properties(object));
    }
    if shown.is_empty() {
        return String::new();
    }
    format!(" such as `{open}{{{}}}{close}`", shown.join(", "))
}

/// The largest number of members in that description.
const SHOWN: usize = 4;

fn allowed(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("enum")?.as_array()
}

/// The schema keyword that maps values that are not allowed to advice on what to use instead: `{"rps": "…"}`.
const INSTEAD: &str = "x-instead";

fn not_allowed(schema: &Value, value: &Value) -> Reason {
    let instead = value
        .as_str()
        .and_then(|word| schema.get(INSTEAD)?.get(word)?.as_str());
    if let Some(instead) = instead {
        return Reason::Rule(instead.to_owned());
    }
    let allowed = allowed(schema).map(Vec::as_slice).unwrap_or_default();
    let words = allowed.iter().filter_map(Value::as_str);
    let nearest = value.as_str().and_then(|word| nearest(word, words));
    Reason::NotAllowed {
        got: short(value),
        nearest: nearest.map(|word| format!("`{word}`")),
        allowed: allowed
            .iter()
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
            .collect(),
    }
}

fn no_id(schema: &Value, value: &Value) -> Reason {
    Reason::Id {
        flaw: id::flaw(schema, value).unwrap_or(Flaw::Blank),
        listing: None,
    }
}

fn out_of_range(schema: &Value, value: &Value) -> Reason {
    Reason::OutOfRange {
        bound: bound_broken(schema, value).unwrap_or_default(),
    }
}

/// Returns, in words, the bound that a number, or the size of a text or list, violates.
fn bound_broken(schema: &Value, value: &Value) -> Option<String> {
    let (size, least, most, unit) = match value {
        Value::Number(number) => (number.as_f64()?, "minimum", "maximum", ""),
        Value::String(text) => (
            length(text.chars().count()),
            "minLength",
            "maxLength",
            " characters",
        ),
        Value::Array(items) => (length(items.len()), "minItems", "maxItems", " items"),
        _ => return None,
    };
    let bound = |name| schema.get(name).and_then(Value::as_f64);
    match (bound(least), bound(most)) {
        (Some(least), _) if size < least => Some(format!("at least {least}{unit}")),
        (_, Some(most)) if size > most => Some(format!("at most {most}{unit}")),
        _ => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "lengths this large do not occur, and an error in them would not matter"
)]
fn length(count: usize) -> f64 {
    count as f64
}

fn properties(schema: &Value) -> impl Iterator<Item = &str> + Clone {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flat_map(|p| p.keys().map(String::as_str))
}

fn is_unknown(schema: &Value, name: &str) -> bool {
    schema.get("additionalProperties") == Some(&Value::Bool(false))
        && !properties(schema).any(|known| known == name)
}

fn unknown(schema: &Value, name: &str) -> Reason {
    Reason::Unknown {
        nearest: meant(name, properties(schema)).map(str::to_owned),
        known: properties(schema).map(str::to_owned).collect(),
    }
}

/// Returns the most similar name, or one that ends in this word, such as `request_timeout` for `timeout`.
fn meant<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    nearest(word, known.clone()).or_else(|| {
        let has_end = |name: &&str| {
            name.strip_suffix(word)
                .is_some_and(|rest| rest.ends_with('_'))
        };
        known.into_iter().find(has_end)
    })
}

/// Returns a value as error messages quote it. Only its type is given if it may be long or secret.
fn short(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() <= 40 => format!("`{text}`"),
        Value::String(_) => "a long text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    }
}
