//! Checks a value against the subset of JSON Schema that the types of arguments produce.

use std::slice;

use serde_json::Value;

use crate::{
    Advice, Flaw, JsonObject, Problem,
    keywords::INSTEAD,
    node::Node,
    path::Path,
    problem::{Problems, Reason, nearest, shortened},
    schema::required,
    types::{email, id},
    walk::each_part,
};

/// Adds a problem for everything in `value` that does not match its schema, or a note if the vendor defines its form.
/// `path` is the path of the value.
pub fn check_at(node: &Node, value: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    if let Some(reason) = misfit(node, value) {
        let is_vendors = node.is_inside_open || is_new_word(node, value);
        problems.report(is_vendors, || Problem::new(path, reason(node, value)));
    } else {
        if let Value::Object(members) = &*value {
            check_members(node, members, path, problems);
        }
        match node.advice {
            Some(Advice::Value(advise)) => advise(value, path, problems),
            Some(Advice::Nested(advise)) => advise(node.marks, value, path, problems),
            None => {}
        }
    }
    each_part(node, value, path, |node, value, path| {
        check_at(node, value, path, problems);
    });
}

fn check_members(node: &Node, members: &JsonObject, path: &Path<'_>, problems: &mut Problems) {
    for name in &node.requires {
        if !members.contains_key(*name) {
            problems.report(node.is_open, || {
                Problem::new(path.member(name), Reason::Missing)
            });
        }
    }
    if !node.is_closed {
        return;
    }
    for name in members.keys().filter(|name| !node.members.contains(name)) {
        let is_vendors = node.is_open || node.is_extensible && !is_slip(node, members, name);
        problems.report(is_vendors, || {
            Problem::new(path.member(&shortened(name)), unknown(node.schema, name))
        });
    }
}

/// Whether a name differs by a letter or two from a member that is left out. Where known members are checked, such as in
/// a limit that an update replaces, passing it on would lose what was meant.
fn is_slip(node: &Node, members: &JsonObject, name: &str) -> bool {
    let mut left_out = properties(node.schema).filter(|known| !members.contains_key(*known));
    name.len() <= LONGEST_SLIP && left_out.any(|known| strsim::osa_distance(known, name) <= 2)
}

/// Longer names are compared with none.
const LONGEST_SLIP: usize = 64;

/// Returns a function that describes why the value does not match, or `None` if it matches.
fn misfit(node: &Node, value: &Value) -> Option<fn(&Node, &Value) -> Reason> {
    let is_allowed = || node.allowed.is_none_or(|allowed| allowed.contains(value));
    if value.is_null() {
        (!node.is_nullable && !node.kinds.match_value(value)).then_some(wrong_type)
    } else if !node.kinds.match_value(value) {
        Some(wrong_type)
    } else if !is_allowed() {
        Some(not_allowed)
    } else if bound_broken(node, value).is_some() {
        Some(out_of_range)
    } else if node.is_id && id::flaw(value).is_some() {
        Some(no_id)
    } else if node.is_email && email::is_wrong(value) {
        Some(|_, value| Reason::WrongType {
            expected: "an e-mail address".to_owned(),
            got: short(value),
        })
    } else {
        None
    }
}

/// Whether the value is text that the vendor may have added to a choice. What it certainly lacks has advice instead.
fn is_new_word(node: &Node, value: &Value) -> bool {
    node.has_open_words && value.is_string() && instead(node, value).is_none()
}

fn instead<'a>(node: &'a Node, value: &Value) -> Option<&'a str> {
    let word = value.as_str()?;
    node.schema.get(INSTEAD)?.get(word)?.as_str()
}

fn kinds(schema: &Value) -> impl Iterator<Item = &str> + Clone {
    let kinds = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.as_slice(),
        Some(kind) => slice::from_ref(kind),
        None => &[],
    };
    kinds.iter().filter_map(Value::as_str)
}

fn wrong_type(node: &Node, value: &Value) -> Reason {
    let schema = node.schema;
    let expected = kinds(schema).map(|kind| format!("{}{}", article(kind), shape(kind, schema)));
    let expected: Vec<_> = expected.collect();
    Reason::WrongType {
        expected: expected.join(" or "),
        got: short(value),
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

fn not_allowed(node: &Node, value: &Value) -> Reason {
    if let Some(instead) = instead(node, value) {
        return Reason::Rule(instead.to_owned());
    }
    let allowed = node.allowed.unwrap_or_default();
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

fn no_id(_: &Node, value: &Value) -> Reason {
    Reason::Id {
        flaw: id::flaw(value).unwrap_or(Flaw::Blank),
        listing: None,
    }
}

fn out_of_range(node: &Node, value: &Value) -> Reason {
    Reason::OutOfRange {
        bound: bound_broken(node, value).unwrap_or_default(),
    }
}

/// Returns, in words, the bound that a number, or the size of a text or list, violates.
fn bound_broken(node: &Node, value: &Value) -> Option<String> {
    let bounds = node.bounds.as_deref()?;
    let (size, (least, most), unit) = match value {
        Value::Number(number) => (number.as_f64()?, bounds.number, ""),
        Value::String(text) => (length(text.chars().count()), bounds.text, " characters"),
        Value::Array(items) => (length(items.len()), bounds.list, " items"),
        _ => return None,
    };
    match (least, most) {
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
