//! Masks values that a schema marks as secret.

use serde_json::Value;

use crate::{
    Declaration, Edition, InvalidArguments, JsonObject, Operation, Request, VisitSecret,
    node::{Node, SecretNames, Sort, Tasks},
    path::Path,
    reference::is_reference,
    walk::walk,
};

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
        redact(self.answer_node(), answer, &mut |_, secret| {
            masked(secret).into()
        });
    }

    /// Masks every secret of an answer except the new ones, like [`redact`].
    pub fn redact(&self, answer: &mut Value, minted: &mut dyn FnMut(&Path<'_>, &str) -> Value) {
        redact(self.answer_node(), answer, minted);
    }

    /// Visits every secret in the arguments, like [`each_secret`].
    pub fn each_secret(
        &self,
        arguments: &mut Value,
        visit: &mut dyn FnMut(&Path<'_>, Sort, &mut Value),
    ) {
        each_secret(self.argument_node(), arguments, visit);
    }
}

impl Operation {
    /// Returns the request for these arguments with secrets masked. It may be shown, but must not be sent.
    pub fn preview(
        &self,
        edition: Edition,
        arguments: JsonObject,
    ) -> Result<Request, InvalidArguments> {
        self.request_to(edition, self.declaration.masked(arguments))
    }
}

/// Masks every secret in `value` except new ones, which no later call returns. Each of those is replaced by the result
/// of `minted` for its path and text.
pub fn redact(node: &Node, value: &mut Value, minted: &mut dyn FnMut(&Path<'_>, &str) -> Value) {
    each_secret(node, value, &mut |path, sort, value| {
        redact_text(path, sort, value, minted);
    });
}

/// Masks a text that is a secret, or replaces it by the result of `minted` if it is a new one.
pub(crate) fn redact_text(
    path: &Path<'_>,
    sort: Sort,
    value: &mut Value,
    minted: &mut dyn FnMut(&Path<'_>, &str) -> Value,
) {
    let Value::String(text) = &*value else { return };
    match sort {
        Sort::Minted if is_masked(text) => {}
        Sort::Minted => *value = minted(path, text),
        Sort::Known => *value = masked(text).into(),
    }
}

/// Visits every text in `value` that the schema marks as secret, with its path. A text inside several marks is visited
/// several times.
pub fn each_secret(
    node: &Node,
    value: &mut Value,
    visit: &mut dyn FnMut(&Path<'_>, Sort, &mut Value),
) {
    let tasks = Tasks::SECRETS;
    walk(node, value, &Path::Root, tasks, &mut |node, value, path| {
        secrets_of(node, value, path, visit);
    });
}

/// Visits the secrets that the marks on one node reveal.
pub(crate) fn secrets_of(
    node: &Node,
    value: &mut Value,
    path: &Path<'_>,
    visit: &mut dyn FnMut(&Path<'_>, Sort, &mut Value),
) {
    if node.secret == Some(Sort::Minted) {
        each_text(value, path, &mut |path, value| {
            visit(path, Sort::Minted, value);
        });
        return;
    }
    let mut known = |path: &Path<'_>, value: &mut Value| visit(path, Sort::Known, value);
    if let Some(find) = node.find_secrets {
        find(value, path, &mut known);
    }
    if let Some(names) = &node.secret_names {
        match value {
            // The schema expects an object, so the whole text may be secret.
            Value::String(_) => known(path, value),
            _ => each_named(names, value, path, &mut known),
        }
    }
    if node.secret.is_some() {
        each_text(value, path, &mut known);
    }
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

fn each_text(value: &mut Value, path: &Path<'_>, visit: VisitSecret<'_>) {
    match value {
        Value::String(_) => visit(path, value),
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                each_text(item, &path.entry(index), visit);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                each_text(member, &path.member(name), visit);
            }
        }
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

/// Visits the members with one of the names, at any depth.
fn each_named(names: &SecretNames, value: &mut Value, path: &Path<'_>, visit: VisitSecret<'_>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if names.contains(name) {
                    each_text(member, &path.member(name), visit);
                } else {
                    each_named(names, member, &path.member(name), visit);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                each_named(names, item, &path.entry(index), visit);
            }
        }
        _ => {}
    }
}
