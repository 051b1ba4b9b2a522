//! Text that refers to objects: the types of arguments and members of answers that do, and the marks that they leave in
//! schemas.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::keywords::{HIDDEN, IS, MAY_REFER, NAME_OF_OBJECT, REFERS, VERSION_REFERS};

/// A kind of names that objects go by, such as their ids. [`id!`](crate::id!) declares one.
pub trait Refers {
    /// What the kind is called in schemas: the name of its type.
    const KIND: &'static str;
    /// Whether such a name is a slug and no other id.
    const IS_SLUG: bool;
}

/// Text that names an object of the kind of `T`, as the API or a caller spells it: it is not checked as an id is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct RefersTo<T>(pub String, PhantomData<fn() -> T>);

/// Text that names an object of the kind of `T`, or a version of it as `id@label`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct RefersToVersion<T>(pub String, PhantomData<fn() -> T>);

/// Text that names an object of the kind of `T` where it begins with `@`, as `@slug` or `@slug/model`.
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

/// What a schema says that its text refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'s> {
    /// The kind of the name.
    pub kind: &'s str,
    /// Whether the text is a slug and no other id.
    pub is_slug: bool,
    /// Whether the member is not advertised, so that nobody can rely on it.
    pub is_hidden: bool,
}

/// What text of this schema always refers to.
pub fn mark(schema: &Value) -> Option<Mark<'_>> {
    Some(Mark {
        kind: schema.get(REFERS)?.as_str()?,
        is_slug: schema.get(NAME_OF_OBJECT).is_some(),
        is_hidden: schema.get(HIDDEN).is_some(),
    })
}

/// The kind of names by which an object goes that this schema of an answer describes, where it says so.
pub fn identity(schema: &Value) -> Option<&str> {
    schema.get(IS)?.as_str()
}
