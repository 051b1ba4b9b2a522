//! Objects whose members the vendor defines. Mistakes inside them are reported as notes, and the values are sent
//! unchanged.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, transform::transform_subschemas};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The schema keyword of such objects. It alone decides whether a mismatch is an error or a note.
pub(crate) const MARK: &str = "x-open";

/// The value of `MARK` for the object itself, which must be an object.
const OBJECT: &str = "object";
/// The value of `MARK` for everything inside the object.
pub(crate) const INSIDE: &str = "inside";

/// A value whose form the vendor defines. `T` describes the members that are known. Members that `T` does not have and
/// values that do not match it get a note and are sent unchanged.
pub struct Open<T>(pub Value, PhantomData<fn() -> T>);

impl<T> From<Value> for Open<T> {
    fn from(value: Value) -> Self {
        Self(value, PhantomData)
    }
}

impl<T> Clone for Open<T> {
    fn clone(&self) -> Self {
        self.0.clone().into()
    }
}

impl<T> PartialEq for Open<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> fmt::Debug for Open<T> {
    /// Hides the value, which may contain credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Open(***)")
    }
}

impl<T> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

impl<T: JsonSchema> JsonSchema for Open<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Open{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        opened(T::json_schema(generator))
    }
}

/// Returns the schema with `MARK` on it and on everything inside it.
pub fn opened(mut schema: Schema) -> Schema {
    transform_subschemas(&mut open_inside, &mut schema);
    schema.insert(MARK.to_owned(), OBJECT.into());
    schema
}

fn open_inside(schema: &mut Schema) {
    transform_subschemas(&mut open_inside, schema);
    // `false` and `true` are schemas, too, and carry no keywords.
    if let Some(schema) = schema.as_object_mut() {
        schema.insert(MARK.to_owned(), INSIDE.into());
    }
}

/// Whether the vendor defines the members of values with this schema.
pub fn is_open(schema: &Value) -> bool {
    schema.get(MARK).is_some()
}

/// Whether the vendor defines the value itself, and not only its members.
pub(crate) fn is_inside(schema: &Value) -> bool {
    schema.get(MARK).is_some_and(|mark| mark == INSIDE)
}
