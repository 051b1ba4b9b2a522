//! Removes empty arguments and clears fields. Some clients must send every argument and send `null` for those that they
//! do not need, so only the argument `clear` empties a field.

use serde_json::{Map, Value};

use crate::{
    Declaration, Effect, JsonObject, Problem,
    keywords::NULLABLE,
    problem::{Problems, nearest, shortened},
    schema::{is_free, requires},
    types::open,
    walk::{child, walk},
};

/// The name of the argument that lists the fields to empty.
pub const CLEAR: &str = "clear";

/// The schema keyword of fields that limit spending, traffic or access. Emptying one is destructive.
const PROTECTS: &str = "x-protects";

/// Removes arguments that count as left out, and adds the values that empty the fields in `clear`.
pub(crate) fn settle(declaration: &Declaration, arguments: &mut Value, problems: &mut Problems) {
    let effect = declaration.effect;
    walk(
        declaration.input(),
        arguments,
        &mut String::new(),
        &mut |schema, value, path| {
            let (Some(properties), Value::Object(members)) = (properties(schema), value) else {
                return;
            };
            let level = Level {
                schema,
                properties,
                path,
                effect,
            };
            let cleared = level.take_clear(members, problems);
            level.leave_out(members, problems);
            level.clear(cleared, members, problems);
        },
    );
}

/// Returns the members that an object in the arguments may have, or `None` if it may have any members.
fn properties(schema: &Value) -> Option<&JsonObject> {
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    schema.get("properties")?.as_object().filter(|_| is_closed)
}

/// One object in the arguments.
struct Level<'a> {
    schema: &'a Value,
    properties: &'a JsonObject,
    path: &'a str,
    effect: Effect,
}

impl Level<'_> {
    fn at(&self, name: &str) -> String {
        format!("{}{}", self.path, child(self.path, name))
    }

    fn clearable(&self) -> impl Iterator<Item = &str> + Clone {
        clearable(self.schema, self.effect)
    }

    /// Returns the names in `clear`, which may be text.
    fn take_clear(&self, members: &mut JsonObject, problems: &mut Problems) -> Vec<String> {
        if self.properties.contains_key(CLEAR) || self.clearable().next().is_none() {
            return Vec::new();
        }
        let Some(given) = members.shift_remove(CLEAR) else {
            return Vec::new();
        };
        let names = listed(&given);
        if names.is_none() {
            let rule = "expected a list of names of fields, such as [\"description\"]";
            problems.add(|| Problem::rule(self.at(CLEAR), rule));
        }
        names.unwrap_or_default()
    }

    /// Removes empty members that are not required. Adds a note for those that the caller may have wanted to empty.
    fn leave_out(&self, members: &mut JsonObject, problems: &mut Problems) {
        let mut kept = Vec::new();
        members.retain(|name, value| {
            if requires(self.schema, name)
                || !self.is_left_out(value)
                || !self.properties.contains_key(name)
            {
                return true;
            }
            if self.effect == Effect::Update && (self.is_clearable(name) || !value.is_null()) {
                kept.push(name.clone());
            }
            false
        });
        if !kept.is_empty() {
            problems.note(|| {
                let empty = kept.iter().find(|name| self.is_clearable(name));
                let hint = empty.map_or_else(String::new, |name| {
                    format!("; to empty it, name it in `{CLEAR}`, such as {CLEAR}: [\"{name}\"]")
                });
                let rule = format!(
                    "not changed: {}. Values that are null or empty leave a field as it is{hint}",
                    kept.join(", "),
                );
                Problem::rule(self.path, rule)
            });
        }
    }

    fn is_clearable(&self, name: &str) -> bool {
        self.clearable().any(|clearable| clearable == name)
    }

    /// Whether a value counts as left out. An empty list or object has a meaning in a call that creates something, but
    /// not in a search.
    fn is_left_out(&self, value: &Value) -> bool {
        match value {
            Value::Null => true,
            // Empty values in objects that the vendor defines may have a meaning.
            _ if open::is_open(self.schema) => false,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => {
                items.is_empty() && matches!(self.effect, Effect::Read | Effect::Update)
            }
            Value::Object(members) => {
                members.is_empty() && matches!(self.effect, Effect::Read | Effect::Update)
            }
            _ => false,
        }
    }

    fn clear(&self, names: Vec<String>, members: &mut JsonObject, problems: &mut Problems) {
        for name in names {
            let name = name.replace('-', "_");
            let property = self.properties.get(&name);
            match property.and_then(|property| emptied(property, self.effect)) {
                Some(_) if members.contains_key(&name) => problems.add(|| {
                    let rule = format!("given and also named in `{CLEAR}`; do one of both");
                    Problem::rule(self.at(&name), rule)
                }),
                Some(empty) => {
                    members.insert(name, empty);
                }
                None => problems.add(|| {
                    let nearest = nearest(&name, self.clearable());
                    let known = self.clearable().collect::<Vec<_>>().join(", ");
                    let name = shortened(&name);
                    let rule = match nearest {
                        Some(nearest) => {
                            format!("`{name}` cannot be cleared; did you mean `{nearest}`?")
                        }
                        None => format!("`{name}` cannot be cleared; what can: {known}"),
                    };
                    Problem::rule(self.at(CLEAR), rule)
                }),
            }
        }
    }
}

/// Returns names from a list or from a text with commas.
fn listed(given: &Value) -> Option<Vec<String>> {
    let names = |text: &str| {
        let names = text.split(',').map(str::trim).map(str::to_owned);
        names.filter(|name| !name.is_empty()).collect::<Vec<_>>()
    };
    match given {
        Value::Null => Some(Vec::new()),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Array(items)) => listed(&Value::Array(items)),
            _ => Some(names(text)),
        },
        Value::Array(items) => {
            let items = items.iter().map(|item| item.as_str().map(names));
            let items: Option<Vec<_>> = items.collect();
            items.map(|items| items.concat())
        }
        _ => None,
    }
}

/// Returns the fields of an object that an update can empty.
fn clearable(schema: &Value, effect: Effect) -> impl Iterator<Item = &str> + Clone {
    let members = properties(schema).into_iter().flat_map(Map::iter);
    members
        .filter(move |(name, property)| {
            emptied(property, effect).is_some() && !requires(schema, name)
        })
        .map(|(name, _)| name.as_str())
}

/// Returns the value that empties a field, if the call is an update and the field can be emptied.
fn emptied(property: &Value, effect: Effect) -> Option<Value> {
    if effect != Effect::Update {
        return None;
    }
    if property.get(NULLABLE).is_some() {
        return Some(Value::Null);
    }
    let is_plain = ["enum", "minLength", "minItems", "x-id", "x-secret"]
        .iter()
        .all(|keyword| property.get(keyword).is_none());
    let kind = property.get("type").and_then(Value::as_str);
    match kind.filter(|_| is_plain)? {
        "string" => Some(Value::String(String::new())),
        "array" => Some(Value::Array(Vec::new())),
        "object" if is_free(property) => Some(Value::Object(Map::new())),
        _ => None,
    }
}

impl Declaration {
    /// Whether the tool has fields that [`CLEAR`] empties, in its arguments or in objects among them.
    pub fn can_clear(&self) -> bool {
        self.effect == Effect::Update
            && properties(self.input()).is_some_and(|properties| !properties.contains_key(CLEAR))
            && clearable(self.input(), self.effect).next().is_some()
    }

    /// Whether a call can remove a budget, a rate limit, an expiry or a guardrail.
    pub fn can_unprotect(&self) -> bool {
        let members = properties(self.input()).into_iter().flat_map(Map::values);
        members
            .into_iter()
            .any(|property| protects(property, self.effect))
    }

    /// Returns the fields that a call with these parsed arguments empties and that limit spending, traffic or access,
    /// such as `usage_limits`.
    pub fn unprotected(&self, arguments: &JsonObject) -> Vec<String> {
        let mut found = Vec::new();
        if self.can_unprotect() {
            let mut arguments = Value::Object(arguments.clone());
            let at = &mut String::new();
            walk(
                self.input(),
                &mut arguments,
                at,
                &mut |schema, value, path| {
                    if is_protection(schema) && is_empty(value) {
                        found.push(path.to_owned());
                    }
                },
            );
        }
        found
    }
}

/// Whether emptying a field, or a member of objects in a list, removes a protection.
fn protects(property: &Value, effect: Effect) -> bool {
    let inner = property.get("items").and_then(properties);
    (is_protection(property) && emptied(property, effect).is_some())
        || inner.is_some_and(|inner| inner.values().any(|property| protects(property, effect)))
}

fn is_protection(schema: &Value) -> bool {
    schema.get(PROTECTS).is_some()
        || schema
            .get("items")
            .is_some_and(|s| s.get(PROTECTS).is_some())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
