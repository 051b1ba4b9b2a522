//! Ids of objects, one type for each kind of object.

use serde_json::Value;

use crate::{Flaw, keywords::ID};

/// The schema keyword of names in a path that the vendor does not choose and that may contain any character, such as
/// names of models.
const FOREIGN: &str = "x-foreign-name";

/// The value of [`ID`] if the API accepts only UUIDs. Otherwise, it accepts slugs as well.
const UUID: &str = "uuid";

/// Whether a schema describes an id.
pub(crate) fn is_id(schema: Option<&Value>) -> bool {
    schema.is_some_and(|schema| schema.get(ID).is_some())
}

/// Whether a schema describes a UUID.
pub(crate) fn is_uuid(schema: &Value) -> bool {
    schema.get(ID).is_some_and(|kind| kind == UUID)
}

/// Returns why a value is not a valid id. A `null` is valid.
pub(crate) fn flaw(value: &Value) -> Option<Flaw> {
    Flaw::of(value.as_str()?)
}

/// Returns why a text must not be part of a path, by the schema of its argument. Some servers treat even an escaped
/// slash as a separator.
pub(crate) fn flaw_in_path(schema: Option<&Value>, text: &str) -> Option<Flaw> {
    let is_foreign = schema.is_some_and(|schema| schema.get(FOREIGN).is_some());
    Flaw::of(text).or_else(|| {
        let found = text.chars().find(|c| matches!(c, '/' | '\\' | '%'))?;
        (!is_foreign).then_some(Flaw::Character(found))
    })
}

/// Whether a text consists of the 32 hexadecimal digits of a UUID, however they are grouped.
pub(crate) fn has_digits_of_uuid(text: &str) -> bool {
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    let mut digits = text.chars().filter(|letter| *letter != '-');
    digits.clone().count() == 32 && digits.all(|digit| digit.is_ascii_hexdigit())
}

/// Declares an id as a type of its own, so that ids of different kinds cannot be mixed up. Its doc comment is the
/// description of every argument that takes it. `: uuid` marks ids that are always UUIDs, `: slug` ids that never are.
#[macro_export]
macro_rules! id {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        $crate::id! { @ $(#[doc = $doc])+ $name, false, "x-id" = true }
    };
    ($(#[doc = $doc:literal])+ $name:ident: slug) => {
        $crate::id! { @ $(#[doc = $doc])+ $name, true, "x-id" = true }
    };
    ($(#[doc = $doc:literal])+ $name:ident: uuid) => {
        $crate::id! { @ $(#[doc = $doc])+ $name, false, "x-id" = "uuid",
            "x-example" = "7c9e6679-7425-40de-944b-e07fc1f90ae7" }
    };
    (@ $(#[doc = $doc:literal])+ $name:ident, $is_slug:literal, $($mark:literal = $value:literal),+) => {
        $(#[doc = $doc])+
        #[derive(
            Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord,
            ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema,
        )]
        #[serde(transparent)]
        #[schemars(extend($($mark = $value,)+ "x-refers" = stringify!($name)))]
        pub struct $name(String);

        impl $crate::Refers for $name {
            const KIND: &'static str = stringify!($name);
            const IS_SLUG: bool = $is_slug;
        }

        impl $name {
            /// Returns the id as the API spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(id: T) -> Self {
                Self(id.into())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
