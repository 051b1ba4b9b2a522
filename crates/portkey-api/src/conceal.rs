//! Masks what a schema marks as secret.

use serde_json::Value;

use crate::{
    Declaration, JsonObject,
    secret::{MARK, NAMES},
    walk::walk,
};

/// Masks every secret in `value`, minted ones too.
pub fn mask(schema: &Value, value: &mut Value) {
    conceal(schema, value, &mut |_, secret| masked(secret).into());
}

impl Declaration {
    /// These arguments with secrets masked: fit to be shown.
    pub fn masked(&self, arguments: JsonObject) -> JsonObject {
        let mut arguments = Value::Object(arguments);
        mask(self.input(), &mut arguments);
        match arguments {
            Value::Object(arguments) => arguments,
            _ => JsonObject::new(),
        }
    }

    /// Masks every secret of an answer, minted ones too.
    pub fn mask(&self, answer: &mut Value) {
        mask(self.output(), answer);
    }
}

/// Masks every secret in `value` but the minted ones: those, which no later call returns, are
/// replaced by whatever `minted` makes of their path and text.
pub fn conceal(schema: &Value, value: &mut Value, minted: &mut dyn FnMut(&str, &str) -> Value) {
    walk(
        schema,
        value,
        &mut String::new(),
        &mut |schema, value, path| {
            if let Some(names) = schema.get(NAMES).and_then(Value::as_array) {
                match value {
                    // Text where an object belongs: nobody knows what is in it.
                    Value::String(_) => mask_all(value),
                    _ => mask_named(names, value),
                }
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
        [head @ .., _, _, _] if letters.len() >= 12 => {
            let tail = letters.get(head.len()..).unwrap_or_default();
            head.iter().take(2).chain(&['*'; 5]).chain(tail).collect()
        }
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

/// Names of headers come in any case.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix)),
        None => pattern.eq_ignore_ascii_case(name),
    }
}
