//! Objects and words that the vendor defines. Mistakes in them are reported as notes, and the values are sent unchanged.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, transform::transform_subschemas};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;

use crate::schema::keyword;

/// The schema keyword of such values. It alone decides whether a mismatch is an error or a note.
pub(crate) const MARK: &str = "x-open";

/// The value of `MARK` for the object itself, which must be an object.
const OBJECT: &str = "object";
/// The value of `MARK` for everything inside the object.
pub(crate) const INSIDE: &str = "inside";
/// The value of `MARK` for an object whose known members are checked and which may have others. Types with this mark keep
/// the others by `#[serde(flatten)]`.
pub(crate) const MEMBERS: &str = "members";
/// The value of `MARK` for a choice of words to which the vendor may add.
pub(crate) const WORDS: &str = "words";

/// A value whose form the vendor defines. `T` describes the members or the words that are known. Members that `T` does not
/// have, words that it does not list and values that do not match it get a note and are sent unchanged.
pub struct Open<T>(pub Value, PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Open<T> {
    /// Returns the value as the known type. `None` if it has another form.
    pub fn known(&self) -> Option<T> {
        T::deserialize(&self.0).ok()
    }
}

impl<T: Serialize> Open<T> {
    /// Returns a value of the known type. What cannot be JSON is `null`.
    pub fn of(known: &T) -> Self {
        serde_json::to_value(known).unwrap_or_default().into()
    }
}

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

impl<T> Eq for Open<T> {}

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
    let is_choice = schema.get("enum").is_some() || schema.get("oneOf").is_some();
    if is_choice {
        schema.insert(MARK.to_owned(), WORDS.into());
        return schema;
    }
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
    keyword(schema, MARK).is_some_and(|mark| mark == OBJECT || mark == INSIDE)
}

/// Whether the vendor may add members to those in the schema.
pub(crate) fn is_extensible(schema: &Value) -> bool {
    is_open(schema) || keyword(schema, MARK).is_some_and(|mark| mark == MEMBERS)
}

/// Whether the vendor may add words to the choice in the schema.
pub(crate) fn has_open_words(schema: &Value) -> bool {
    keyword(schema, MARK).is_some_and(|mark| mark == WORDS)
}

/// Whether the vendor defines the value itself, and not only its members.
pub(crate) fn is_inside(schema: &Value) -> bool {
    keyword(schema, MARK).is_some_and(|mark| mark == INSIDE)
}
