//! The vendor's OpenAPI file, as far as requests go.

use std::path::Path;

use portkey_api::JsonObject;
use serde_json::{Value, json};

use crate::Broken;

/// What the file says of one operation's request.
#[derive(Debug)]
pub struct Described {
    /// In capitals.
    pub method: String,
    /// With placeholders in braces.
    pub path: String,
    /// Of the query.
    pub query: Vec<Parameter>,
    /// The JSON Schema of the body, where there is one.
    pub body: Option<Value>,
    /// Whether the body may not be left out.
    pub needs_body: bool,
}

/// One parameter of the query.
#[derive(Debug)]
pub struct Parameter {
    /// As it stands on the wire.
    pub name: String,
    /// Whether it may not be left out.
    pub required: bool,
    /// Its JSON Schema.
    pub schema: Value,
}

/// First segments of the gateway's own paths: the calls to models. They are no part of the Admin API, so no
/// tool makes them.
const DATA_PLANE: &[&str] = &[
    "assistants",
    "audio",
    "batches",
    "chat",
    "completions",
    "embeddings",
    "files",
    "fine_tuning",
    "images",
    "models",
    "moderations",
    "realtime",
    "rerank",
    "responses",
    "threads",
    "vector_stores",
];

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// Schemas that contain themselves are cut off below this depth.
const DEEPEST: usize = 24;

/// The operations of the Admin API that the file at `path` describes.
pub fn read(path: &Path) -> Result<Vec<Described>, Broken> {
    let unreadable = |why: String| Broken::File(path.to_owned(), why);
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let file = parse(&text).map_err(unreadable)?;
    Ok(operations(&file))
}

/// The file is trusted and large, so the parser's limits against hostile documents are lifted.
fn parse(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! { budget: None };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
}

/// The operations of the Admin API in a file that has been read.
pub fn operations(file: &Value) -> Vec<Described> {
    let mut all = Vec::new();
    for (path, item) in object(file.get("paths")) {
        if is_data_plane(path) {
            continue;
        }
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                all.push(described(file, method, path, item, operation));
            }
        }
    }
    all
}

fn is_data_plane(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    DATA_PLANE.contains(&first)
}

fn described(file: &Value, method: &str, path: &str, item: &Value, operation: &Value) -> Described {
    let parameters = list(item.get("parameters")).chain(list(operation.get("parameters")));
    let query = parameters
        .map(|parameter| target(file, parameter))
        .filter(|parameter| parameter.get("in") == Some(&json!("query")))
        .map(|parameter| Parameter {
            name: text(parameter.get("name")).to_owned(),
            required: parameter.get("required") == Some(&json!(true)),
            schema: schema(file, parameter.get("schema"), 0),
        })
        .collect();
    let body = operation.get("requestBody").map(|body| target(file, body));
    let content = body.and_then(|body| body.get("content")?.get("application/json")?.get("schema"));
    Described {
        method: method.to_uppercase(),
        path: path.to_owned(),
        query,
        body: content.map(|content| schema(file, Some(content), 0)),
        needs_body: body.is_some_and(|body| body.get("required") == Some(&json!(true))),
    }
}

/// The schema as JSON Schema (draft 4, which OpenAPI 3.0 comes from): references replaced by what they stand
/// for, `nullable` as a type, prose left out. The file's alternatives overlap, so `oneOf` is read as `anyOf`.
fn schema(file: &Value, schema: Option<&Value>, depth: usize) -> Value {
    let Some(Value::Object(source)) = schema.map(|schema| target(file, schema)) else {
        return json!({});
    };
    if depth > DEEPEST {
        return json!({});
    }
    let inner = |value: &Value| self::schema(file, Some(value), depth + 1);
    let mut converted = JsonObject::new();
    for (name, value) in source {
        let name = if name == "oneOf" { "anyOf" } else { name };
        let value = match (name, value) {
            ("properties", Value::Object(members)) => {
                let members = members.iter();
                Value::Object(members.map(|(name, s)| (name.clone(), inner(s))).collect())
            }
            ("allOf" | "anyOf", Value::Array(options)) => options.iter().map(inner).collect(),
            ("items" | "additionalProperties" | "not", Value::Object(_)) => inner(value),
            ("description" | "title" | "default" | "example" | "discriminator" | "nullable", _) => {
                continue;
            }
            _ => value.clone(),
        };
        converted.insert(name.to_owned(), value);
    }
    if source.get("nullable") == Some(&json!(true)) {
        allow_null(converted)
    } else {
        Value::Object(converted)
    }
}

fn allow_null(mut schema: JsonObject) -> Value {
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    match schema.get_mut("type") {
        Some(kind) => {
            *kind = json!([kind, "null"]);
            Value::Object(schema)
        }
        None => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}

/// What a reference points at; anything else is itself.
fn target<'a>(file: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value.get("$ref").and_then(Value::as_str);
    pointer
        .and_then(|pointer| file.pointer(pointer.trim_start_matches('#')))
        .map_or(value, |found| target(file, found))
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}
