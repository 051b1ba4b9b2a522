//! Putting the objects of answers together.

use serde_json::Value;

/// An object without the members there is nothing to say of.
pub(crate) fn without_nulls(object: Value) -> Value {
    match object {
        Value::Object(mut members) => {
            members.retain(|_, value| !value.is_null());
            Value::Object(members)
        }
        other => other,
    }
}

/// The members of an object, then those of another.
pub(crate) fn merged(object: Value, more: Value) -> Value {
    match (object, more) {
        (Value::Object(mut members), Value::Object(more)) => {
            members.extend(more);
            Value::Object(members)
        }
        (object, _) => object,
    }
}
