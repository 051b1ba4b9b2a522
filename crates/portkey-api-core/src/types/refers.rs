//! Text that refers to objects: the types of such arguments and members of answers, and the marks that these types
//! leave in schemas.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::keywords::{HIDDEN, IS, MAY_REFER, NAME_OF_OBJECT, REFERS, VERSION_REFERS};

/// A kind of names for objects, such as their ids. [`id!`](crate::id!) declares one.
pub trait Refers {
    /// The name of the kind in schemas, which is the name of its type.
    const KIND: &'static str;
    /// Whether names of this kind are always slugs.
    const IS_SLUG: bool;
}

/// A text that names an object of the kind `T`. Unlike an id, it is not validated.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct RefersTo<T>(pub String, PhantomData<fn() -> T>);

/// A text that names an object of the kind `T`, or a version of it as `id@label`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct RefersToVersion<T>(pub String, PhantomData<fn() -> T>);

/// A text that names an object of the kind `T` if it has the form `@slug` or `@slug/model`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct MayReferTo<T>(pub String, PhantomData<fn() -> T>);

macro_rules! text {
    ($($name:ident: $mark:ident),*) => {$(
        impl<T, S: Into<String>> From<S> for $name<T> {
            fn from(text: S) -> Self {
                Self(text.into(), PhantomData)
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl<T: Refers> JsonSchema for $name<T> {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                format!("{}{}", stringify!($name), T::KIND).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut schema = json_schema!({ "type": "string" });
                schema.insert($mark.to_owned(), T::KIND.into());
                if T::IS_SLUG {
                    schema.insert(NAME_OF_OBJECT.to_owned(), true.into());
                }
                schema
            }
        }
    )*};
}

text!(
    RefersTo: REFERS,
    RefersToVersion: VERSION_REFERS,
    MayReferTo: MAY_REFER
);

/// What a schema says about the object that its text refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'s> {
    /// The kind of the object's name.
    pub kind: &'s str,
    /// Whether the text is always a slug.
    pub is_slug: bool,
    /// Whether the member is not advertised, so that callers cannot rely on it.
    pub is_hidden: bool,
}

/// Returns what text with this schema always refers to, or `None` if it need not refer to anything.
pub fn mark(schema: &Value) -> Option<Mark<'_>> {
    Some(Mark {
        kind: schema.get(REFERS)?.as_str()?,
        is_slug: schema.get(NAME_OF_OBJECT).is_some(),
        is_hidden: schema.get(HIDDEN).is_some(),
    })
}

/// Returns the kind of the ids of the objects that this schema of an answer describes, if it says so.
pub fn identity(schema: &Value) -> Option<&str> {
    schema.get(IS)?.as_str()
}
