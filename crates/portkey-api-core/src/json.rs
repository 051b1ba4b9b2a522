//! JSON values: objects, integers in floats, and values as text in a query.

use serde::Serialize;
use serde_json::{Map, Value};

/// Arguments by name, or any other JSON object.
pub type JsonObject = Map<String, Value>;

/// Returns a struct of arguments as a JSON object.
pub fn serialised(arguments: &impl Serialize) -> JsonObject {
    match serde_json::to_value(arguments) {
        Ok(Value::Object(arguments)) => arguments,
        // The derived implementation for a struct with named fields always yields an object.
        other => unreachable!("a struct serialises to an object, not {other:?}"),
    }
}

/// Returns the integer that a float stands for. Some languages write `3.0` for 3.
#[expect(
    clippy::cast_possible_truncation,
    reason = "checked: whole and within an f64's exact range"
)]
pub(crate) fn whole(number: f64) -> Option<Value> {
    (number.fract() == 0.0 && number.abs() < 9e15).then(|| (number as i64).into())
}

/// Rounds to a number of decimals, or to three significant digits if that is more precise. Whole numbers are written
/// without decimals.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the logarithm of a double is a small number"
)]
pub fn rounded(figure: f64, decimals: i32) -> Value {
    let first_digit = match figure.abs().log10() {
        exponent if exponent.is_finite() => exponent.floor() as i32,
        _ => 0,
    };
    let scale = 10_f64.powi(decimals.max(2 - first_digit));
    let scaled = (figure * scale).round();
    let rounded = if scaled.is_finite() && scaled.abs() < 9e15 {
        scaled / scale
    } else {
        figure
    };
    whole(rounded).unwrap_or_else(|| rounded.into())
}

/// Returns a value as it is written in a query or a path: lists as comma-separated text, objects as JSON.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// Returns the value of a JSON text, or `None` if the text is no JSON.
pub(crate) fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// Whether a value is `null`, an empty text, an empty list or an empty object.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_small_keeps_its_digits_and_what_is_whole_is_written_so() {
        assert_eq!(rounded(0.000_001_234_56, 6), json!(0.000_001_23));
        assert_eq!(rounded(763.0, 2), json!(763));
        assert_eq!(rounded(0.0, 2), json!(0));
        assert_eq!(rounded(98.699_999_9, 2), json!(98.7));
        assert_eq!(rounded(-1.005_4, 2), json!(-1.01));
    }
}
