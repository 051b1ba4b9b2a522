//! Masks values that a schema marks as secret.

use serde_json::Value;

use crate::{
    Declaration, InvalidArguments, JsonObject, Operation, Request, Vendor,
    keywords::{MINTED, SECRET, SECRET_NAMES},
    reference::is_reference,
    walk::{into_entry, into_member, walk},
};

/// Masks every secret in `value`, including new ones.
pub fn mask(vendor: &Vendor, schema: &Value, value: &mut Value) {
    redact(vendor, schema, value, &mut |_, secret| {
        masked(secret).into()
    });
}

impl Declaration {
    /// Returns the arguments with secrets masked, so that they may be shown. References to secrets are not masked.
    pub fn masked(&self, arguments: JsonObject) -> JsonObject {
        let mut arguments = Value::Object(arguments);
        self.each_secret(&mut arguments, &mut |_, _, value| {
            if let Value::String(text) = &*value
                && !is_reference(text)
            {
                *value = masked(text).into();
            }
        });
        match arguments {
            Value::Object(arguments) => arguments,
            _ => JsonObject::new(),
        }
    }

    /// Masks every secret of an answer, including new ones.
    pub fn mask(&self, answer: &mut Value) {
        mask(self.vendor, self.output(), answer);
    }

    /// Masks every secret of an answer except the new ones, like [`redact`].
    pub fn redact(&self, answer: &mut Value, minted: &mut dyn FnMut(&str, &str) -> Value) {
        redact(self.vendor, self.output(), answer, minted);
    }

    /// Visits every secret in the arguments, like [`each_secret`].
    pub fn each_secret(
        &self,
        arguments: &mut Value,
        visit: &mut dyn FnMut(&str, Sort, &mut Value),
    ) {
        each_secret(self.vendor, self.input(), arguments, visit);
    }
}

impl Operation {
    /// Returns the request for these arguments with secrets masked. It may be shown, but must not be sent.
    pub fn preview(&self, arguments: JsonObject) -> Result<Request, InvalidArguments> {
        self.request(self.declaration.masked(arguments))
    }
}

/// Masks every secret in `value` except new ones, which no later call returns. Each of those is replaced by the result
/// of `minted` for its path and text.
pub fn redact(
    vendor: &Vendor,
    schema: &Value,
    value: &mut Value,
    minted: &mut dyn FnMut(&str, &str) -> Value,
) {
    each_secret(vendor, schema, value, &mut |path, sort, value| {
        let Value::String(text) = &*value else { return };
        match sort {
            Sort::Minted if is_masked(text) => {}
            Sort::Minted => *value = minted(path, text),
            Sort::Known => *value = masked(text).into(),
        }
    });
}

/// Visits every text in `value` that the schema marks as secret, with its path. A text inside several marks is visited
/// several times.
pub fn each_secret(
    vendor: &Vendor,
    schema: &Value,
    value: &mut Value,
    visit: &mut dyn FnMut(&str, Sort, &mut Value),
) {
    walk(
        schema,
        value,
        &mut String::new(),
        &mut |schema, value, path| {
            let mark = schema.get(SECRET);
            if mark.is_some_and(|mark| mark == MINTED) {
                each_text(value, &mut path.to_owned(), &mut |path, value| {
                    visit(path, Sort::Minted, value);
                });
                return;
            }
            let mut known = |path: &str, value: &mut Value| visit(path, Sort::Known, value);
            (vendor.secrets)(schema, value, path, &mut known);
            if let Some(names) = schema.get(SECRET_NAMES).and_then(Value::as_array) {
                match value {
                    // The schema expects an object, so the whole text may be secret.
                    Value::String(_) => known(path, value),
                    _ => each_named(names, value, &mut path.to_owned(), &mut known),
                }
            }
            if mark.is_some() {
                each_text(value, &mut path.to_owned(), &mut known);
            }
        },
    );
}

/// The kind of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A secret that is only passed on, because its owner has it already.
    Known,
    /// A new secret, which this answer contains and no later one.
    Minted,
}

/// Returns the first two characters, stars, and the last three. For short secrets, only stars.
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

/// Returns what identifies a secret that is stored elsewhere: its last four characters, if it is long enough.
pub fn last_four(secret: &str) -> String {
    let length = secret.chars().count();
    let tail = if length >= 12 {
        secret.chars().skip(length - 4).collect()
    } else {
        String::new()
    };
    format!("*****{tail}")
}

fn is_masked(text: &str) -> bool {
    text.contains("***")
}

fn each_text(value: &mut Value, path: &mut String, visit: &mut dyn FnMut(&str, &mut Value)) {
    match value {
        Value::String(_) => visit(path, value),
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                into_entry(path, index, |path| each_text(item, path, visit));
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                into_member(path, name, |path| each_text(member, path, visit));
            }
        }
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

/// Visits the members with one of the names, at any depth. A name that ends in `*` is a prefix.
fn each_named(
    names: &[Value],
    value: &mut Value,
    path: &mut String,
    visit: &mut dyn FnMut(&str, &mut Value),
) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                into_member(path, name, |path| {
                    if is_named(names, name) {
                        each_text(member, path, visit);
                    } else {
                        each_named(names, member, path, visit);
                    }
                });
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                into_entry(path, index, |path| each_named(names, item, path, visit));
            }
        }
        _ => {}
    }
}

/// Whether the name is among `names`, of which those that end in `*` are prefixes.
pub fn is_named(names: &[Value], name: &str) -> bool {
    let mut names = names.iter().filter_map(Value::as_str);
    names.any(|pattern| matches(pattern, name))
}

/// Whether a name matches a pattern. Case, hyphens and underscores are ignored.
fn matches(pattern: &str, name: &str) -> bool {
    let letters = |text: &str| {
        let letters = text.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
        letters
            .map(|byte| byte.to_ascii_lowercase())
            .collect::<Vec<_>>()
    };
    let name = letters(name);
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(&letters(prefix)),
        None => name == letters(pattern),
    }
}
