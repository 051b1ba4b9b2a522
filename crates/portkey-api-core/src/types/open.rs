//! Objects whose form is the vendor's: what lies inside of them is checked as advice, and passed on as it was given.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, transform::transform_subschemas};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The schema keyword of such objects. Nothing else decides what is an error and what is a note.
pub(crate) const MARK: &str = "x-open";

/// The mark of the object itself, which must be one.
const OBJECT: &str = "object";
/// The mark of everything inside of it.
pub(crate) const INSIDE: &str = "inside";

/// A value of the vendor's form, of which `T` says what is known here: members that `T` does not have, and values that
/// do not fit it, are noted and travel as they are.
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
    /// The value may hold credentials.
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

/// The same schema, open.
pub fn opened(mut schema: Schema) -> Schema {
    transform_subschemas(&mut open_inside, &mut schema);
    schema.insert(MARK.to_owned(), OBJECT.into());
    schema
}

fn open_inside(schema: &mut Schema) {
    transform_subschemas(&mut open_inside, schema);
    // `false` and `true` are schemas too, and stay what they are.
    if let Some(schema) = schema.as_object_mut() {
        schema.insert(MARK.to_owned(), INSIDE.into());
    }
}

/// Whether the members of a value are the vendor's.
pub fn is_open(schema: &Value) -> bool {
    schema.get(MARK).is_some()
}

/// Whether the value itself is the vendor's, and not only what it holds.
pub(crate) fn is_inside(schema: &Value) -> bool {
    schema.get(MARK).is_some_and(|mark| mark == INSIDE)
}
