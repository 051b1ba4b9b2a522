//! Removes empty arguments and clears fields. Some clients must send every argument and send `null` for those that they
//! do not need, so only the argument `clear` empties a field.

use serde_json::Value;

use crate::{
    Declaration, Effect, JsonObject, Problem,
    json::is_empty,
    node::{Empty, Node, Tasks},
    path::Path,
    problem::{Problems, nearest, shortened},
    walk::walk,
};

/// The name of the argument that lists the fields to empty.
pub const CLEAR: &str = "clear";

/// Removes arguments that count as left out, and adds the values that empty the fields in `clear`.
pub(crate) fn settle(declaration: &Declaration, arguments: &mut Value, problems: &mut Problems) {
    let effect = declaration.effect;
    let node = declaration.argument_node();
    let tasks = Tasks::MEMBERS;
    walk(
        node,
        arguments,
        &Path::Root,
        tasks,
        &mut |node, value, path| {
            let (true, Value::Object(members)) = (node.is_closed, value) else {
                return;
            };
            let level = Level { node, path, effect };
            let cleared = level.take_clear(members, problems);
            level.leave_out(members, problems);
            level.clear(cleared, members, problems);
        },
    );
}

/// One object in the arguments.
struct Level<'a> {
    node: &'a Node,
    path: &'a Path<'a>,
    effect: Effect,
}

impl Level<'_> {
    /// Returns the names in `clear`, which may be text.
    fn take_clear(&self, members: &mut JsonObject, problems: &mut Problems) -> Vec<String> {
        if self.node.members.contains(CLEAR) || !can_clear(self.node, self.effect) {
            return Vec::new();
        }
        let Some(given) = members.shift_remove(CLEAR) else {
            return Vec::new();
        };
        let names = listed(&given);
        if names.is_none() {
            let rule = "expected a list of names of fields, such as [\"description\"]";
            problems.add(|| Problem::rule(self.path.member(CLEAR), rule));
        }
        names.unwrap_or_default()
    }

    /// Removes empty members that are not required. Adds a note for those that the caller may have wanted to empty.
    fn leave_out(&self, members: &mut JsonObject, problems: &mut Problems) {
        let mut kept = Vec::new();
        members.retain(|name, value| {
            if !self.is_left_out(value)
                || self.node.requires(name)
                || !self.node.members.contains(name)
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
        is_clearable(self.node, name, self.effect)
    }

    /// Whether a value counts as left out. An empty list or object has a meaning in a call that creates something, but
    /// not in a search.
    fn is_left_out(&self, value: &Value) -> bool {
        match value {
            Value::Null => true,
            // Empty values in objects that the vendor defines may have a meaning.
            _ if self.node.is_open => false,
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
            let property = self.node.members.get(&name);
            match property.and_then(|property| emptied(property, self.effect)) {
                Some(_) if members.contains_key(&name) => problems.add(|| {
                    let rule = format!("given and also named in `{CLEAR}`; do one of both");
                    Problem::rule(self.path.member(&name), rule)
                }),
                Some(empty) => {
                    members.insert(name, empty);
                }
                None => problems.add(|| {
                    let known = clearable(self.node, self.effect);
                    let nearest = nearest(&name, known.clone());
                    let known = known.collect::<Vec<_>>().join(", ");
                    let name = shortened(&name);
                    let rule = match nearest {
                        Some(nearest) => {
                            format!("`{name}` cannot be cleared; did you mean `{nearest}`?")
                        }
                        None => format!("`{name}` cannot be cleared; what can: {known}"),
                    };
                    Problem::rule(self.path.member(CLEAR), rule)
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

/// Returns the fields of an object that an update can empty, in their declared order.
fn clearable(node: &Node, effect: Effect) -> impl Iterator<Item = &'static str> + Clone {
    let declared = node.schema.get("properties").and_then(Value::as_object);
    let names = declared.into_iter().flat_map(JsonObject::keys);
    names
        .map(String::as_str)
        .filter(move |name| is_clearable(node, name, effect))
}

fn can_clear(node: &Node, effect: Effect) -> bool {
    let mut names = node.members.iter().map(|(name, _)| name);
    effect == Effect::Update && names.any(|name| is_clearable(node, name, effect))
}

fn is_clearable(node: &Node, name: &str, effect: Effect) -> bool {
    let property = node.members.get(name).filter(|_| node.is_closed);
    property.is_some_and(|property| emptied(property, effect).is_some()) && !node.requires(name)
}

/// Returns the value that empties a field, if the call is an update and the field can be emptied.
fn emptied(property: &Node, effect: Effect) -> Option<Value> {
    match property.empty? {
        _ if effect != Effect::Update => None,
        Empty::Null => Some(Value::Null),
        Empty::Text => Some(Value::String(String::new())),
        Empty::List => Some(Value::Array(Vec::new())),
        Empty::Object => Some(Value::Object(JsonObject::new())),
    }
}

impl Declaration {
    /// Whether the tool has fields that [`CLEAR`] empties, in its arguments or in objects among them.
    pub fn can_clear(&self) -> bool {
        if self.effect != Effect::Update {
            return false; // The schemas of the others need not be compiled for this.
        }
        let node = self.argument_node();
        !node.members.contains(CLEAR) && can_clear(node, self.effect)
    }

    /// Whether a call can remove a budget, a rate limit, an expiry or a guardrail.
    pub fn can_unprotect(&self) -> bool {
        if self.effect != Effect::Update {
            return false;
        }
        let node = self.argument_node();
        let mut members = node.members.nodes().filter(|_| node.is_closed);
        members.any(|member| protects(member, self.effect))
    }

    /// Returns the fields that a call with these parsed arguments empties and that limit spending, traffic or access,
    /// such as `usage_limits`.
    pub fn unprotected(&self, arguments: &JsonObject) -> Vec<String> {
        let mut found = Vec::new();
        if self.can_unprotect() {
            find_among(self.argument_node(), arguments, &Path::Root, &mut found);
        }
        found
    }
}

fn find_unprotected(node: &Node, value: &Value, path: &Path<'_>, found: &mut Vec<String>) {
    if node.protects && is_empty(value) {
        found.push(path.to_string());
    }
    match value {
        Value::Object(members) => find_among(node, members, path, found),
        Value::Array(items) => {
            for (item, (index, value)) in node.items.iter().cycle().zip(items.iter().enumerate()) {
                find_unprotected(item, value, &path.entry(index), found);
            }
        }
        _ => {}
    }
}

fn find_among(node: &Node, members: &JsonObject, path: &Path<'_>, found: &mut Vec<String>) {
    for (name, value) in members {
        if let Some(member) = node
            .member(name)
            .filter(|member| member.concerns(Tasks::PROTECTS))
        {
            find_unprotected(member, value, &path.member(name), found);
        }
    }
}

/// Whether emptying a field, or a member of objects in a list, removes a protection.
fn protects(property: &Node, effect: Effect) -> bool {
    let item = property.items.as_deref().filter(|item| item.is_closed);
    (property.protects && emptied(property, effect).is_some())
        || item.is_some_and(|item| item.members.nodes().any(|member| protects(member, effect)))
}
