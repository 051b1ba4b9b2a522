//! Endpoints: operations with the types of their arguments and answers, and the requests made from them.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::{
    Declared, Edition, InvalidArguments, JsonObject, Location, Operation, Problem, Reason, Request,
    json::{serialised, text, whole},
    path_words::PathWords,
    request::is_empty,
    types::id,
};

/// The longest path with its query, in bytes. Servers reject or truncate longer ones.
const LONGEST_TARGET: usize = 16 << 10;
/// The longest header, in bytes. Servers reject longer ones.
const LONGEST_HEADER: usize = 8 << 10;

/// One operation of the API, declared on the struct of its arguments by [`endpoint`](macro@crate::endpoint).
pub trait Endpoint: Declared {
    /// The operation with its types erased.
    const OPERATION: Operation;
}

/// Makes the request of an endpoint from its arguments by name. Only the macros use it.
#[doc(hidden)]
pub fn prepare<E: Endpoint>(
    arguments: JsonObject,
    edition: Edition,
) -> Result<Request, InvalidArguments> {
    let invalid = |problem| InvalidArguments::new(E::NAME, vec![problem]);
    let endpoint: E = serde_json::from_value(Value::Object(arguments))
        .map_err(|error| invalid(Problem::unreadable(&error)))?;
    endpoint.validate().map_err(invalid)?;
    let operation = &const { E::OPERATION };
    let arguments = serialised(&endpoint);
    operation.check_change(&arguments).map_err(invalid)?;
    Request::new(operation, arguments, edition)
}

impl Request {
    /// Returns the request that `endpoint` describes, as Portkey's own edition takes it.
    pub fn to<E: Endpoint>(endpoint: &E) -> Result<Self, InvalidArguments> {
        Self::to_edition(endpoint, Edition::Classic)
    }

    /// Returns the request that `endpoint` describes, as this edition takes it.
    pub fn to_edition<E: Endpoint>(
        endpoint: &E,
        edition: Edition,
    ) -> Result<Self, InvalidArguments> {
        Self::new(&const { E::OPERATION }, serialised(endpoint), edition)
    }

    /// Returns the request of `operation` with serialised arguments. Fails for ids that would change the path, and for
    /// paths and headers that are longer than servers accept. It is separate from `to`, so that it is compiled once and
    /// not for every endpoint.
    pub fn new(
        operation: &Operation,
        arguments: JsonObject,
        edition: Edition,
    ) -> Result<Self, InvalidArguments> {
        Self::written(operation, arguments, edition)
            .map_err(|problem| InvalidArguments::new(operation.declaration.name, vec![problem]))
    }

    fn written(
        operation: &Operation,
        mut arguments: JsonObject,
        edition: Edition,
    ) -> Result<Self, Problem> {
        let (base, path) = operation.place(edition);
        let words = PathWords::new(operation, path, &arguments);
        let mut request = Self {
            method: operation.method,
            base,
            template: path,
            target: fill(operation, path, &mut arguments)?,
            headers: Vec::new(),
            body: None,
            keys: operation.declaration.keys,
            repeatable: operation.declaration.repeatable,
            projection: None,
        };
        words.check(edition, &request.target)?;
        let mut body = Value::Object(Map::new());
        for argument in operation.declaration.arguments {
            let Some(mut value) = arguments.remove(argument.name) else {
                continue;
            };
            shorten_numbers(&mut value);
            match argument.location(edition) {
                Location::Path | Location::Local => {}
                Location::Query(name) => {
                    push_query(&mut request.target, name, &value);
                    within(argument.name, &request.target, LONGEST_TARGET)?;
                }
                Location::Header(name) => {
                    let header = ascii(&text(&value));
                    within(argument.name, &header, LONGEST_HEADER)?;
                    request.headers.push((name, header));
                }
                Location::Body(path) => put(&mut body, path, value),
                Location::Spread => spread(&mut body, value),
            }
        }
        // An operation without arguments for the body has no body.
        let mut places = operation
            .declaration
            .arguments
            .iter()
            .map(|argument| argument.location(edition));
        let has_body = places.any(|place| matches!(place, Location::Body(_) | Location::Spread));
        if has_body && (request.method.has_body() || !is_empty(&body)) {
            request.body = Some(body);
        }
        Ok(request)
    }
}

fn fill(operation: &Operation, path: &str, arguments: &mut JsonObject) -> Result<String, Problem> {
    let mut target = String::new();
    for segment in path.split('/').skip(1) {
        target.push('/');
        match segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(name) => {
                let text = text(&arguments.remove(name).unwrap_or_default());
                let schema = operation.declaration.input_of(name);
                if let Some(flaw) = id::flaw_in_path(schema, &text) {
                    let listing = operation.listing(name);
                    return Err(Problem::new(name, Reason::Id { flaw, listing }));
                }
                push_encoded(&mut target, &text);
            }
            None => target.push_str(segment),
        }
    }
    Ok(target)
}

/// Rejects an argument that makes `written` longer than servers accept.
fn within(argument: &str, written: &str, longest: usize) -> Result<(), Problem> {
    if written.len() <= longest {
        return Ok(());
    }
    let rule = format!(
        "makes {} bytes of the path, query or header that it travels in, which may have {longest}; give fewer or shorter values",
        written.len()
    );
    Err(Problem::rule(argument, rule))
}

fn push_query(target: &mut String, name: &str, value: &Value) {
    target.push(if target.contains('?') { '&' } else { '?' });
    target.push_str(name);
    target.push('=');
    push_encoded(target, &text(value));
}

/// Writes whole floats without `.0`, because the API expects dollars as integers.
fn shorten_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(short) = number.as_f64().and_then(whole) {
                *value = short;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(shorten_numbers),
        Value::Object(members) => members.values_mut().for_each(shorten_numbers),
        _ => {}
    }
}

/// Escapes JSON to ASCII, because headers must be ASCII.
fn ascii(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii
}

/// Sets the value at a dotted path, and creates the objects and lists on the way.
fn put(into: &mut Value, path: &str, value: Value) {
    let (first, rest) = path
        .split_once('.')
        .map_or((path, None), |(a, b)| (a, Some(b)));
    let slot = if let Ok(index) = first.parse::<usize>() {
        if !into.is_array() {
            *into = Value::Array(Vec::new());
        }
        let Value::Array(items) = into else { return };
        if items.len() <= index {
            items.resize(index + 1, Value::Null);
        }
        items.get_mut(index)
    } else {
        if !into.is_object() {
            *into = Value::Object(Map::new());
        }
        let Value::Object(members) = into else { return };
        Some(members.entry(first).or_insert(Value::Null))
    };
    match (slot, rest) {
        (Some(slot), Some(rest)) => put(slot, rest, value),
        (Some(slot), None) => *slot = value,
        (None, _) => {}
    }
}

fn spread(body: &mut Value, value: Value) {
    match (body, value) {
        (Value::Object(body), Value::Object(members)) => body.extend(members),
        (body, Value::Array(items)) => *body = Value::Array(items),
        _ => {}
    }
}

/// Escapes everything except the unreserved characters of RFC 3986 and `@`, which prompt references contain.
fn push_encoded(target: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                target.push(byte.into());
            }
            _ => _ = write!(target, "%{byte:02X}"),
        }
    }
}
