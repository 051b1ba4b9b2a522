//! Arguments for every operation, made from its schema and its declaration: what tests and chores call tools with, and
//! what the pages of tools show.

use portkey_api::{
    Argument, Declaration, Effect, JsonObject, Location, Operation, parse_arguments, required,
};
use portkey_api_core::keywords::{EXAMPLE, HIDDEN, OUTLINED};
use serde_json::{Value, json};

/// Calls that together give every argument of a tool.
pub fn every(operation: &Operation) -> Vec<JsonObject> {
    let mut calls = vec![least(operation), most(operation)];
    calls.extend(others(operation));
    calls
}

/// What a call cannot do without.
pub fn least(operation: &Operation) -> JsonObject {
    least_of(&operation.declaration)
}

/// The same of any tool.
pub fn least_of(declaration: &Declaration) -> JsonObject {
    let mut arguments = only_required(declaration);
    let named_so = declaration.arguments.iter().filter(|one| one.in_example);
    let mut more: Vec<&str> = named_so.map(|argument| argument.name).collect();
    // An update has to say what changes.
    if more.is_empty() && declaration.effect == Effect::Update && arguments.len() == 1 {
        more.push("name");
    }
    arguments.extend(named(declaration, &more));
    arguments
}

/// All that a tool takes, but for what excludes something else.
pub fn most(operation: &Operation) -> JsonObject {
    let schema = operation.declaration.input();
    let mut arguments = JsonObject::new();
    for (name, property) in properties(schema) {
        let argument = operation.declaration.argument(name);
        let is_fixed = property.get(HIDDEN).is_some()
            && argument.is_none_or(|argument| argument.location == Location::Local);
        let excludes = argument.is_some_and(|argument| !argument.excludes.is_empty());
        if !is_fixed && !excludes {
            arguments.insert(name.clone(), example(name, property));
        }
    }
    arguments
}

/// What [`most`] leaves out, each with no more than it needs.
pub fn others(operation: &Operation) -> Vec<JsonObject> {
    let left_out = operation.declaration.arguments.iter();
    let left_out = left_out.filter(|argument| !argument.excludes.is_empty());
    let mut groups: Vec<Vec<&Argument>> = Vec::new();
    for argument in left_out {
        let alike = groups
            .iter_mut()
            .find(|group| goes_with(operation, group, argument));
        match alike {
            Some(group) => group.push(argument),
            None => groups.push(vec![argument]),
        }
    }
    groups.iter().map(|group| with(operation, group)).collect()
}

/// Whether an argument excludes the same as those of a group, and none of them.
fn goes_with(operation: &Operation, group: &[&Argument], argument: &Argument) -> bool {
    let excludes_same = group.iter().all(|one| one.excludes == argument.excludes);
    excludes_same && {
        let all: Vec<&Argument> = group.iter().copied().chain([argument]).collect();
        !fits(operation, &with(operation, group)) || fits(operation, &with(operation, &all))
    }
}

/// The least call that gives these arguments.
fn with(operation: &Operation, arguments: &[&Argument]) -> JsonObject {
    let names: Vec<&str> = arguments.iter().map(|argument| argument.name).collect();
    let with = |mut arguments: JsonObject| {
        arguments.extend(named(&operation.declaration, &names));
        arguments
    };
    let alone = with(only_required(&operation.declaration));
    if fits(operation, &alone) {
        alone
    } else {
        with(least(operation))
    }
}

fn only_required(declaration: &Declaration) -> JsonObject {
    let schema = declaration.input();
    // A period that is left out ends now, and would be another each time.
    let period = properties(schema).filter(|(_, property)| property.get("x-period").is_some());
    let period = period.map(|(name, _)| name.as_str());
    let names: Vec<&str> = required(schema).chain(period).collect();
    named(declaration, &names)
}

fn named(declaration: &Declaration, names: &[&str]) -> JsonObject {
    let schema = declaration.input();
    let wanted = properties(schema).filter(|(name, _)| names.contains(&name.as_str()));
    wanted
        .map(|(name, property)| (name.clone(), example(name, property)))
        .collect()
}

fn fits(operation: &Operation, arguments: &JsonObject) -> bool {
    parse_arguments(&operation.declaration, arguments.clone())
        .and_then(|understood| operation.request(understood.arguments))
        .is_ok()
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten()
}

/// A value of this schema: the one that it declares, or any that fits.
fn example(name: &str, schema: &Value) -> Value {
    if let Some(example) = schema.get(EXAMPLE) {
        return example.clone();
    }
    if let Some(first) = schema.get("enum").and_then(|values| values.get(0)) {
        return first.clone();
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
        kind => kind.and_then(Value::as_str),
    };
    match kind {
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(3)),
        Some("boolean") => true.into(),
        Some("array") => json!([schema
            .get("items")
            .map_or(Value::Null, |items| example(name, items))]),
        Some("object") => object(schema),
        _ if name.ends_with("slug") => format!("the-{name}").into(),
        _ => format!("the {name}").into(),
    }
}

fn object(schema: &Value) -> Value {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        let others = schema.get("additionalProperties").filter(|s| s.is_object());
        return json!({ "some": others.map_or("thing".into(), |s| example("thing", s)) });
    };
    let members = properties
        .iter()
        .filter(|(_, property)| property.get(HIDDEN).is_none_or(|how| how == OUTLINED))
        .map(|(name, property)| (name.clone(), example(name, property)));
    members.collect()
}
