//! JSON values: objects, whole numbers, and the text that a value is in a query.

use serde::Serialize;
use serde_json::{Map, Value};

/// Arguments by name, or any other JSON object.
pub type JsonObject = Map<String, Value>;

/// What a struct of arguments is serialised to.
pub(crate) fn serialised(arguments: &impl Serialize) -> JsonObject {
    match serde_json::to_value(arguments) {
        Ok(Value::Object(arguments)) => arguments,
        // Such structs have named fields of serialisable types; the derive makes an object of them.
        other => unreachable!("a struct serialises to an object, not {other:?}"),
    }
}

/// The integer that a float stands for: `3.0` is how some languages write 3.
#[expect(
    clippy::cast_possible_truncation,
    reason = "checked: whole and within an f64's exact range"
)]
pub(crate) fn whole(number: f64) -> Option<Value> {
    (number.fract() == 0.0 && number.abs() < 9e15).then(|| (number as i64).into())
}

/// A value as it travels in a query or a path: lists as comma-separated text, objects as JSON.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// The value that a text holds as JSON.
pub(crate) fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}
