//! Secrets at every place that a schema marks.

use serde_json::{Map, Value, json};

use super::ANSWERED;

const MARK: &str = "x-secret";
const NAMES: &str = "x-secret-names";

/// Puts `secret` at every place of `value` that the schema marks.
pub(super) fn plant(schema: &Value, value: &mut Value, secret: &str) {
    if schema.get(MARK).is_some() {
        fill(value, secret);
    }
    if let Some(names) = schema.get(NAMES) {
        file_under(schema, names, value, secret);
    }
    match value {
        Value::Object(members) => {
            let others = schema.get("additionalProperties");
            for (name, member) in members {
                if let Some(inner) = schema["properties"].get(name).or(others) {
                    plant(inner, member, secret);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                plant(&schema["items"], item, secret);
            }
        }
        _ => {}
    }
}

fn fill(value: &mut Value, secret: &str) {
    match value {
        Value::String(text) => secret.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, secret)),
        Value::Object(members) => {
            members.insert("X-Canary".to_owned(), json!(secret));
            members.values_mut().for_each(|member| fill(member, secret));
        }
        _ => {}
    }
}

/// Files it under the names that hold secrets.
fn file_under(schema: &Value, names: &Value, value: &mut Value, secret: &str) {
    let Value::Object(members) = value else {
        return;
    };
    if schema.get("x-config").is_some() {
        // Its own rules say what a config may hold, and where.
        members.insert("api_key".to_owned(), json!(secret));
        return;
    }
    let names = names.as_array().unwrap().iter().filter_map(Value::as_str);
    let present: Vec<&str> = names
        .clone()
        .filter(|name| members.contains_key(*name))
        .collect();
    if present.is_empty() {
        members.extend(names.map(|name| (name.replace('*', "canary"), json!(secret))));
    } else {
        // Checks of guardrails know what they take, and in which form.
        for name in present {
            fill(&mut members[name], secret);
        }
    }
}

/// Whether the schema marks anything.
pub(super) fn takes_secrets(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            members.contains_key(MARK)
                || members.contains_key(NAMES)
                || members.values().any(takes_secrets)
        }
        Value::Array(items) => items.iter().any(takes_secrets),
        _ => false,
    }
}

/// An answer with a secret at every place that the schema marks, and nothing else.
pub(super) fn answer(schema: &Value) -> Option<Value> {
    if schema.get(MARK).is_some() {
        let is_object = schema["type"] == "object";
        return Some(if is_object {
            json!({ "X-Canary": ANSWERED })
        } else {
            json!(ANSWERED)
        });
    }
    if let Some(names) = schema.get(NAMES) {
        let names = names.as_array().unwrap().iter().filter_map(Value::as_str);
        let members = names.map(|name| (name.replace('*', "canary"), json!(ANSWERED)));
        let members: Map<String, Value> = members.collect();
        return Some(json!({ "deeper": [&members], "members": &members }));
    }
    if let Some(items) = schema.get("items") {
        return Some(json!([answer(items)?]));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let members = properties.into_iter().flatten();
    let members: Map<String, Value> = members
        .filter_map(|(name, inner)| Some((name.clone(), answer(inner)?)))
        .collect();
    (!members.is_empty()).then_some(Value::Object(members))
}
