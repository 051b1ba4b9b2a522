//! Putting the objects of answers together.

use serde_json::Value;

/// The members of an object, then those of another.
pub(crate) fn joined(object: Value, more: Value) -> Value {
    match (object, more) {
        (Value::Object(mut members), Value::Object(more)) => {
            members.extend(more);
            Value::Object(members)
        }
        (object, _) => object,
    }
}
