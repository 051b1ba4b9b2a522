//! Compares what was sent with what is stored. What the API may have brought into another form is not a difference.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    agree::{agree, is_off, is_unset, names_object},
    pairs::paired,
};
use crate::{catalog::is_same, journal::undo::has_mask};

/// Most comparisons of one check. Matching two lists takes the product of their lengths.
const STEPS: usize = 200_000;
/// Most differences that an answer names.
const MOST: usize = 20;
/// The longest value that is shown, in bytes of JSON.
const SHOWN: usize = 200;

/// A member that is not stored as it was sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct NotStored {
    /// The path in the body of the request, such as `usage_limits.credit_limit`.
    pub(super) field: String,
    /// What was sent.
    pub(super) sent: Value,
    /// What is stored instead; `null` if nothing is.
    pub(super) stored: Value,
}

/// A comparison, with what it found so far.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    found: Vec<NotStored>,
    steps: usize,
    /// Whether values of different kinds differ, as text and an object do. They need not: one may name the other.
    strict: bool,
}

impl Comparison {
    /// Returns the differences. None if the values were too long to be compared.
    pub(super) fn found(self) -> Vec<NotStored> {
        if self.steps > STEPS {
            return Vec::new();
        }
        let mut found = self.found;
        found.truncate(MOST);
        for one in &mut found {
            for value in [&mut one.sent, &mut one.stored] {
                shorten(value);
            }
        }
        found
    }

    fn report(&mut self, field: &str, sent: &Value, stored: Option<&Value>) {
        self.found.push(NotStored {
            field: field.to_owned(),
            sent: sent.clone(),
            stored: stored.cloned().unwrap_or_default(),
        });
    }

    /// Compares one value, which the schema of the arguments describes, with what is stored in its place.
    pub(super) fn compare(
        &mut self,
        field: &str,
        schema: &Value,
        sent: &Value,
        stored: Option<&Value>,
    ) {
        self.steps += 1;
        let kept = stored.filter(|stored| !is_unset(stored));
        let is_hidden = !is_nested(sent) && (has_mask(sent) || kept.is_some_and(has_mask));
        if self.steps > STEPS || is_hidden {
            return;
        }
        let Some(kept) = kept else {
            if !is_off(sent) && !has_mask(sent) {
                self.report(field, sent, stored);
            }
            return;
        };
        match (sent, kept) {
            // Members that an empty object doesn't name stay as they are.
            (Value::Object(sent), _) if sent.is_empty() => {}
            _ if is_unset(sent) => {
                if !is_off(kept) {
                    self.report(field, sent, Some(kept));
                }
            }
            (Value::Object(sent), Value::Object(kept)) => self.members(field, schema, sent, kept),
            (Value::Array(sent), Value::Array(kept)) => self.entries(field, schema, sent, kept),
            // One limit, which is a list of one elsewhere.
            (Value::Array(entries), Value::Object(_)) => match entries.as_slice() {
                [only] => self.compare(field, items(schema), only, Some(kept)),
                _ => self.differ_in_kind(field, sent, kept),
            },
            (Value::Object(_), Value::Array(entries)) => match entries.as_slice() {
                [only] => self.compare(field, schema, sent, Some(only)),
                _ => self.differ_in_kind(field, sent, kept),
            },
            (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => {
                self.written(field, schema, sent, kept);
            }
            _ => {
                if !agree(schema, sent, kept) && !self.is_same_json(schema, sent, kept) {
                    self.report(field, sent, Some(kept));
                }
            }
        }
    }

    fn members(
        &mut self,
        field: &str,
        schema: &Value,
        sent: &Map<String, Value>,
        kept: &Map<String, Value>,
    ) {
        for (name, sent) in sent {
            let inner = schema.get("properties").and_then(|known| known.get(name));
            let inner = inner.or_else(|| schema.get("additionalProperties"));
            let stored = kept.get(name).or_else(|| respelt(kept, name));
            // A secret comes back under another name, without most of its characters.
            let is_hidden = stored.is_none()
                && kept
                    .iter()
                    .any(|(other, kept)| other.ends_with(name.as_str()) && has_mask(kept));
            let inner = inner.unwrap_or(&Value::Null);
            // An object that was named by its id may be answered in other members, such as `workspace_id` for `id`.
            let is_name = sent.as_str().is_some_and(|text| names_object(inner, text));
            if !is_hidden && (stored.is_some() || !is_name) {
                let path = member(field, name);
                self.compare(&path, inner, sent, stored);
            }
        }
    }

    /// Compares two lists, in any order. An entry without a partner is compared with the one that is most like it.
    fn entries(&mut self, field: &str, schema: &Value, sent: &[Value], kept: &[Value]) {
        let schema = items(schema);
        let lost = self.unpaired(schema, sent, kept);
        let is_name = |value: &Value| {
            value
                .as_str()
                .is_some_and(|text| names_object(schema, text))
        };
        if sent.iter().chain(kept).any(is_name) {
            // Names and ids of one object cannot be matched, but the lists can be counted.
            if !lost.is_empty() && kept.len() < sent.len() {
                self.report(field, &sent.into(), Some(&kept.into()));
            }
            return;
        }
        for (index, entry) in lost {
            let path = format!("{field}[{index}]");
            let known = known(entry, kept);
            if !is_nested(entry) || kept.len() < sent.len() && known.is_none() {
                self.report(&path, entry, None);
                continue;
            }
            let differing = match known {
                Some(known) => self.differing(schema, entry, known, false),
                None => self.least_differing(schema, entry, kept),
            };
            let inside = differing.into_iter().map(|one| NotStored {
                field: format!("{path}{}{}", dot(&one.field), one.field),
                ..one
            });
            self.found.extend(inside);
        }
    }

    /// Returns the entries that are not stored as they were sent, with their indexes.
    fn unpaired<'a>(
        &mut self,
        schema: &Value,
        sent: &'a [Value],
        kept: &[Value],
    ) -> Vec<(usize, &'a Value)> {
        let mut is_same =
            |sent: &Value, stored: &Value| self.differing(schema, sent, stored, true).is_empty();
        let is_echo = sent.len() == kept.len()
            && sent
                .iter()
                .zip(kept)
                .all(|(sent, stored)| is_same(sent, stored));
        if is_echo {
            return Vec::new();
        }
        let mut fitting = |entry: &'a Value| {
            let fitting = alike(entry, kept);
            let fitting = fitting.filter(|(_, stored)| is_same(entry, stored));
            fitting.map(|(index, _)| index).collect::<Vec<_>>()
        };
        let fitting: Vec<_> = sent.iter().map(&mut fitting).collect();
        let partners = if kept.len() < sent.len() {
            // Equal entries may be kept as one.
            fitting
                .iter()
                .map(|fitting| fitting.first().copied())
                .collect()
        } else {
            paired(&fitting, kept.len())
        };
        let lost = sent.iter().enumerate().zip(&partners);
        let lost = lost.filter(|(_, partner)| partner.is_none());
        lost.map(|(entry, _)| entry).collect()
    }

    /// Compares entries of a list with those that are stored under the same identity. Others may be on another page.
    pub(super) fn known_entries(
        &mut self,
        field: &str,
        schema: &Value,
        sent: &[Value],
        kept: &[Value],
    ) {
        for (index, entry) in sent.iter().enumerate() {
            if let Some(known) = known(entry, kept) {
                self.compare(
                    &format!("{field}[{index}]"),
                    items(schema),
                    entry,
                    Some(known),
                );
            }
        }
    }

    fn differing(
        &mut self,
        schema: &Value,
        sent: &Value,
        stored: &Value,
        strict: bool,
    ) -> Vec<NotStored> {
        let mut inner = Self {
            steps: self.steps,
            strict: strict || self.strict,
            ..Self::default()
        };
        inner.compare("", schema, sent, Some(stored));
        self.steps = inner.steps;
        inner.found
    }

    /// How an entry differs from the stored one that is most like it.
    fn least_differing(&mut self, schema: &Value, sent: &Value, kept: &[Value]) -> Vec<NotStored> {
        let mut least: Option<(usize, Vec<NotStored>)> = None;
        for (_, stored) in alike(sent, kept) {
            let strictly = self.differing(schema, sent, stored, true).len();
            // One without differences is the partner of another entry.
            let is_more = |(least, _): &(usize, Vec<_>)| strictly > *least;
            if strictly == 0 || least.as_ref().is_some_and(is_more) {
                continue;
            }
            let differing = self.differing(schema, sent, stored, false);
            let is_less = |(least, known): &(usize, Vec<_>)| strictly < *least || known.is_empty();
            if least.as_ref().is_none_or(is_less) {
                least = Some((strictly, differing));
            }
        }
        least.map(|(_, differing)| differing).unwrap_or_default()
    }

    /// Compares text with a value that it may be the JSON of, or an object that it may name.
    fn written(&mut self, field: &str, schema: &Value, sent: &Value, kept: &Value) {
        match (parsed(sent), parsed(kept)) {
            (Some(sent), None) => self.compare(field, schema, &sent, Some(kept)),
            (None, Some(kept)) => self.compare(field, schema, sent, Some(&kept)),
            (None, None) => match (sent, kept) {
                (Value::String(name), Value::Object(object)) => {
                    let mut texts = object.values().filter(|member| member.is_string());
                    let is_named = texts.any(|text| agree(schema, sent, text));
                    if !is_named && !names_object(schema, name) {
                        self.report(field, sent, Some(kept));
                    }
                }
                _ => self.differ_in_kind(field, sent, kept),
            },
            (Some(_), Some(_)) => {}
        }
    }

    fn differ_in_kind(&mut self, field: &str, sent: &Value, kept: &Value) {
        if self.strict {
            self.report(field, sent, Some(kept));
        }
    }

    /// Whether two texts are the same JSON.
    fn is_same_json(&mut self, schema: &Value, sent: &Value, kept: &Value) -> bool {
        match (parsed(sent), parsed(kept)) {
            (Some(sent), Some(kept)) => self.differing(schema, &sent, &kept, false).is_empty(),
            _ => false,
        }
    }
}

/// The entries of a list, with their indexes, that are objects, lists or neither as this value is. All of them if none
/// is: then text may name an object.
fn alike<'a>(value: &Value, kept: &'a [Value]) -> impl Iterator<Item = (usize, &'a Value)> {
    let kind = |value: &Value| (value.is_object(), value.is_array());
    let wanted = kind(value);
    let has_alike = kept.iter().any(|one| kind(one) == wanted);
    let kept = kept.iter().enumerate();
    kept.filter(move |(_, one)| !has_alike || kind(one) == wanted)
}

fn is_nested(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// What separates the path of a member from that of the entry it is in.
fn dot(path: &str) -> &'static str {
    if path.is_empty() || path.starts_with('[') {
        ""
    } else {
        "."
    }
}

/// Returns the path of a member of `field`.
fn member(field: &str, name: &str) -> String {
    if field.is_empty() {
        name.to_owned()
    } else {
        format!("{field}.{name}")
    }
}

fn items(schema: &Value) -> &Value {
    schema.get("items").unwrap_or(&Value::Null)
}

/// The list or object that text holds as JSON.
fn parsed(value: &Value) -> Option<Value> {
    let text = value.as_str()?.trim_start();
    let value = text
        .starts_with(['[', '{'])
        .then(|| serde_json::from_str(text));
    value?.ok()
}

/// The stored entry with the same identity.
fn known<'a>(entry: &Value, kept: &'a [Value]) -> Option<&'a Value> {
    let entry = entry.as_object()?;
    kept.iter()
        .find(|one| one.as_object().is_some_and(|one| is_same(entry, one)))
}

/// The member whose name is the same but for case, hyphens and underscores.
fn respelt<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let letters = |name: &str| {
        let letters = name.chars().filter(|letter| !matches!(letter, '_' | '-'));
        letters.collect::<String>().to_lowercase()
    };
    let sought = letters(name);
    let found = members.iter().find(|(name, _)| letters(name) == sought);
    found.map(|(_, value)| value)
}

fn shorten(value: &mut Value) {
    let text = match &*value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.len() > SHOWN {
        let end = text.floor_char_boundary(SHOWN);
        *value = format!("{}…", text.get(..end).unwrap_or_default()).into();
    }
}

#[cfg(test)]
mod tests;
