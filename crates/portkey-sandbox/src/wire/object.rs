//! Building the objects of answers.

use serde_json::Value;

/// An object without its null members.
pub(crate) fn without_nulls(object: Value) -> Value {
    match object {
        Value::Object(mut members) => {
            members.retain(|_, value| !value.is_null());
            Value::Object(members)
        }
        other => other,
    }
}

/// An object with the members of another added; on equal names the other's win.
pub(crate) fn merged(object: Value, more: Value) -> Value {
    match (object, more) {
        (Value::Object(mut members), Value::Object(more)) => {
            members.extend(more);
            Value::Object(members)
        }
        (object, _) => object,
    }
}
