//! One operation's request, as the catalog builds it and as the file describes it.

use std::collections::BTreeMap;

use portkey_api::{Argument, Location, Operation};
use serde_json::{Value, json};

use super::shapes;
use crate::openapi::Described;

/// Calls `add` with part and difference.
pub(super) fn compare(
    operation: &Operation,
    described: &Described,
    add: &mut dyn FnMut(String, String),
) {
    let declared = Declared::of(operation);
    declared.compare_query(described, add);
    let ours = declared.body();
    let ours: Vec<&Value> = ours.iter().collect();
    match (ours.as_slice(), &described.body) {
        ([], None) => {}
        ([], Some(_)) => add("body".to_owned(), "only in the file".to_owned()),
        (_, None) => add("body".to_owned(), "only in the catalog".to_owned()),
        (ours, Some(theirs)) => shapes::compare("body", ours, &[theirs], add),
    }
}

/// The arguments of an operation beside their schemas.
struct Declared<'a> {
    arguments: Vec<(&'a Argument, Value)>,
    required: Vec<String>,
}

impl Declared<'_> {
    fn of(operation: &Operation) -> Declared<'_> {
        let schema = operation.declaration.input();
        let property = |name| schema.get("properties")?.get(name).cloned();
        let arguments = operation.declaration.arguments.iter();
        let required = schema.get("required").and_then(Value::as_array);
        let required = required.into_iter().flatten().filter_map(Value::as_str);
        Declared {
            arguments: arguments
                .map(|argument| (argument, property(argument.name).unwrap_or_default()))
                .collect(),
            required: required.map(str::to_owned).collect(),
        }
    }

    /// What is looked up where a caller leaves it out is always sent.
    fn is_always_sent(&self, argument: &Argument) -> bool {
        argument.lookup.is_some() || self.required.iter().any(|name| name == argument.name)
    }

    fn compare_query(&self, described: &Described, add: &mut dyn FnMut(String, String)) {
        let mut ours = BTreeMap::new();
        for (argument, schema) in &self.arguments {
            if let Location::Query(name) = argument.location {
                ours.insert(name, (self.is_always_sent(argument), schema));
            }
        }
        for theirs in &described.query {
            let part = format!("query.{}", theirs.name);
            match ours.remove(theirs.name.as_str()) {
                Some((required, schema)) => {
                    shapes::compare_need(&part, required, theirs.required, add);
                    shapes::compare(&part, &[&as_text(schema)], &[&theirs.schema], add);
                }
                None => add(part, "only in the file".to_owned()),
            }
        }
        for name in ours.into_keys() {
            add(format!("query.{name}"), "only in the catalog".to_owned());
        }
    }

    /// What each argument that goes into the body says of it.
    fn body(&self) -> Vec<Value> {
        let parts = self.arguments.iter().filter_map(|(argument, schema)| {
            let always = self.is_always_sent(argument);
            match argument.location {
                Location::Body(path) => Some(nested(path, schema.clone(), always)),
                Location::Spread => Some(schema.clone()),
                Location::Path | Location::Query(_) | Location::Header(_) | Location::Local => None,
            }
        });
        parts.collect()
    }
}

/// The schema of what holds a value at the dotted `path`.
fn nested(path: &str, schema: Value, always: bool) -> Value {
    path.rsplit('.').fold(schema, |inner, name| {
        let required: &[&str] = if always { &[name] } else { &[] };
        match name.parse::<usize>() {
            Ok(_) => json!({ "items": inner }),
            Err(_) => json!({ "properties": { name: inner }, "required": required }),
        }
    })
}

/// Objects travel in a query as JSON.
fn as_text(schema: &Value) -> Value {
    if schema.get("type").is_some_and(|kind| kind == "object") {
        json!({ "type": "string" })
    } else {
        schema.clone()
    }
}
