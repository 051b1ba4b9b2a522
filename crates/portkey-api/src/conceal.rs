//! Masks what a schema marks as secret.

use serde_json::Value;

use crate::{
    JsonObject,
    secret::{MARK, NAMES},
    walk::walk,
};

/// Masks every secret in `value`, minted ones too.
pub fn mask(schema: &JsonObject, value: &mut Value) {
    conceal(schema, value, &mut |_, secret| masked(secret).into());
}

/// Masks every secret in `value` but the minted ones: those, which no later call returns, are
/// replaced by whatever `minted` makes of their path and text.
pub fn conceal(
    schema: &JsonObject,
    value: &mut Value,
    minted: &mut dyn FnMut(&str, &str) -> Value,
) {
    let schema = Value::Object(schema.clone());
    walk(
        &schema,
        value,
        &mut String::new(),
        &mut |schema, value, path| {
            if let Some(names) = schema.get(NAMES).and_then(Value::as_array) {
                mask_named(names, value);
            }
            match schema.get(MARK).and_then(Value::as_str) {
                Some("minted") => {
                    if let Value::String(text) = &*value
                        && !is_masked(text)
                    {
                        *value = minted(path, text);
                    }
                }
                Some(_) => mask_all(value),
                None => {}
            }
        },
    );
}

/// Portkey's own form: the first two characters, stars, the last three; stars alone for short secrets.
pub fn masked(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    match letters.as_slice() {
        _ if is_masked(secret) => secret.to_owned(),
        [a, b, .., x, y, z] if letters.len() >= 12 => format!("{a}{b}*****{x}{y}{z}"),
        [] => String::new(),
        _ => "*****".to_owned(),
    }
}

fn is_masked(text: &str) -> bool {
    text.contains("***")
}

fn mask_all(value: &mut Value) {
    match value {
        Value::String(text) => *text = masked(text),
        Value::Array(items) => items.iter_mut().for_each(mask_all),
        Value::Object(members) => members.values_mut().for_each(mask_all),
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

/// Masks what is filed under one of the names, at any depth. A name that ends in `*` is a prefix.
fn mask_named(names: &[Value], value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if names
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|n| matches(n, name))
                {
                    mask_all(member);
                } else {
                    mask_named(names, member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_named(names, item)),
        _ => {}
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => pattern == name,
    }
}
