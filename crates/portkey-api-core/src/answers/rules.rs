//! The rules for answers, written along the JSON Schema as plainly as possible. Tests hold the compiled walks against
//! them.

use serde_json::{Map, Value, json};

use crate::{
    json::{parsed, whole},
    redact::{last_four, masked},
};

/// Brings an answer into the consistent form.
pub(super) fn normalise(schema: &Value, value: &mut Value) {
    let kinds = kinds(schema);
    if schema.get("x-limits").is_some() {
        let is_list = kinds.contains(&"array");
        match value {
            Value::Object(_) if is_list => *value = json!([value]),
            Value::Array(limits) if !is_list && limits.len() <= 1 => {
                *value = limits.pop().unwrap_or_default();
            }
            _ => {}
        }
    }
    if value.is_string() || schema.get("x-open").is_none_or(|mark| mark != "inside") {
        let others = kinds.iter().filter(|kind| **kind != "string");
        let in_order = others.chain(kinds.iter().filter(|kind| **kind == "string"));
        if let Some(better) = in_order.into_iter().find_map(|kind| read_as(kind, value)) {
            *value = better;
        }
    }
    if let (Some(Value::Object(synonyms)), Value::Object(members)) =
        (schema.get("x-synonyms"), &mut *value)
    {
        for (synonym, name) in synonyms {
            let name = name.as_str().unwrap();
            if !members.contains_key(name)
                && let Some(member) = members.remove(synonym)
            {
                members.insert(name.to_owned(), member);
            }
        }
    }
    each(schema, value, &mut |schema, value| normalise(schema, value));
}

fn read_as(kind: &str, value: &Value) -> Option<Value> {
    match (kind, value) {
        ("integer" | "number", Value::String(text)) => parsed(text.trim()).filter(Value::is_number),
        ("integer", Value::Number(number)) => whole(number.as_f64()?),
        ("boolean", Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        ("boolean", Value::Number(number)) => match number.as_u64()? {
            0 => Some(false.into()),
            1 => Some(true.into()),
            _ => None,
        },
        ("object", Value::String(text)) => parsed(text).filter(Value::is_object),
        ("array", Value::String(text)) => parsed(text).filter(Value::is_array),
        ("string", Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        _ => None,
    }
}

/// Masks secrets, those that no later answer contains to their last four characters.
pub(super) fn redact(schema: &Value, value: &mut Value) {
    let mark = schema.get("x-secret");
    if mark.is_some_and(|mark| mark == "minted") {
        texts(value, &mut |text| {
            if !text.contains("***") {
                *text = last_four(text);
            }
        });
    } else {
        if let Some(names) = schema.get("x-secret-names").and_then(Value::as_array) {
            match &mut *value {
                Value::String(text) => *text = masked(text),
                other => redact_named(names, other),
            }
        }
        if mark.is_some() {
            texts(value, &mut |text| *text = masked(text));
        }
    }
    each(schema, value, &mut |schema, value| redact(schema, value));
}

fn redact_named(names: &[Value], value: &mut Value) {
    let letters = |name: &str| name.replace(['-', '_'], "").to_ascii_lowercase();
    let is_named = |name: &str| {
        names
            .iter()
            .filter_map(Value::as_str)
            .any(|pattern| match pattern.strip_suffix('*') {
                Some(prefix) => letters(name).starts_with(&letters(prefix)),
                None => letters(name) == letters(pattern),
            })
    };
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if is_named(name) {
                    texts(member, &mut |text| *text = masked(text));
                } else {
                    redact_named(names, member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact_named(names, item)),
        _ => {}
    }
}

/// Replaces the bodies of recorded traffic by their size.
pub(super) fn withhold(schema: &Value, value: &mut Value) {
    each(schema, value, &mut |schema, value| withhold(schema, value));
    if schema.get("x-bodies").is_some() {
        let body = match value {
            Value::Object(members) if members.contains_key("body") => &mut members["body"],
            other => other,
        };
        let says_nothing = [json!(null), json!(""), json!([]), json!({})].contains(body);
        if !says_nothing {
            let bytes = body.to_string().len();
            *body =
                json!({ "withheld": format!("{bytes} bytes; `include_bodies: true` brings them") });
        }
    }
}

fn texts(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, change)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| texts(member, change)),
        _ => {}
    }
}

fn each(schema: &Value, value: &mut Value, visit: &mut dyn FnMut(&Value, &mut Value)) {
    match value {
        Value::Object(members) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            let others = schema.get("additionalProperties").filter(|s| s.is_object());
            for (name, member) in members {
                if let Some(inner) = properties
                    .and_then(|all: &Map<_, _>| all.get(name))
                    .or(others)
                {
                    visit(inner, member);
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.get("items") {
                for item in items {
                    visit(inner, item);
                }
            }
        }
        _ => {}
    }
}

fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        Some(kind) => kind.as_str().into_iter().collect(),
        None => Vec::new(),
    }
}
