//! What the file says to the requests that the catalog builds.

use jsonschema::{Draft, Validator};
use portkey_api::{JsonObject, Operation, Request, parse_arguments};
use serde_json::{Value, json};

use crate::openapi::{Described, Parameter};

/// Calls `add` with part and difference for what the file would refuse of two requests: one with no more than the
/// tool asks for, one with all it takes.
pub(super) fn compare(
    operation: &Operation,
    described: &Described,
    add: &mut dyn FnMut(String, String),
) {
    for arguments in portkey_examples::every(operation) {
        match request(operation, arguments) {
            Ok(request) => compare_request(&request, described, add),
            Err(problems) => add("example".to_owned(), problems),
        }
    }
}

fn request(operation: &Operation, arguments: JsonObject) -> Result<Request, String> {
    parse_arguments(&operation.declaration, arguments)
        .and_then(|understood| operation.request(understood.arguments))
        .map_err(|problems| problems.to_string())
}

fn compare_request(request: &Request, described: &Described, add: &mut dyn FnMut(String, String)) {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    if !leads_to(path, &described.path) {
        add("path".to_owned(), format!("leads to {path}"));
    }
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if let Some(parameter) = described.query.iter().find(|known| known.name == name) {
            let value = read(&value, parameter);
            refuse(&format!("query.{name}"), &parameter.schema, &value, add);
        }
    }
    match (&request.body, &described.body) {
        (Some(body), Some(schema)) => refuse("body", schema, body, add),
        (None, Some(_)) if described.needs_body => add("body".to_owned(), "missing".to_owned()),
        _ => {}
    }
}

fn leads_to(path: &str, template: &str) -> bool {
    let (ours, theirs) = (path.split('/'), template.split('/'));
    ours.clone().count() == theirs.clone().count()
        && ours
            .zip(theirs)
            .all(|(our, their)| our == their || (their.starts_with('{') && !our.is_empty()))
}

/// Text of a query as the type that the file gives it.
fn read(text: &str, parameter: &Parameter) -> Value {
    let as_json = || serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    match parameter.schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number" | "boolean" | "object") => as_json(),
        Some("array") => text.split(',').map(Value::from).collect(),
        _ => json!(text),
    }
}

/// Reports why `schema` refuses `value`.
fn refuse(part: &str, schema: &Value, value: &Value, add: &mut dyn FnMut(String, String)) {
    match validator(schema) {
        Ok(validator) => {
            for refusal in validator.iter_errors(value) {
                let place = refusal.instance_path().to_string().replace('/', ".");
                add(
                    format!("{part}{place}"),
                    format!("refused: {}", refusal.masked()),
                );
            }
        }
        Err(error) => add(part.to_owned(), format!("no schema: {error}")),
    }
}

/// Examples have no real ids and times in them, so formats are left out.
fn validator(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .should_validate_formats(false)
        .build(schema)
        .map_err(|error| error.to_string())
}
