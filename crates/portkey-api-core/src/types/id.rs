//! Ids: a type for each kind.

use serde_json::Value;

use crate::{Flaw, keywords::ID};

/// The schema keyword of names in a path that are not the vendor's own and may hold any character, such as those of models.
const FOREIGN: &str = "x-foreign-name";

/// The value of [`ID`] where the API takes UUIDs alone; elsewhere a slug will do.
const UUID: &str = "uuid";

/// Whether a schema asks for an id.
pub(crate) fn is_id(schema: Option<&Value>) -> bool {
    schema.is_some_and(|schema| schema.get(ID).is_some())
}

/// Whether a schema asks for a UUID.
pub(crate) fn is_uuid(schema: &Value) -> bool {
    schema.get(ID).is_some_and(|kind| kind == UUID)
}

/// Why a value is none of the ids that its schema asks for. What may be null and is, names nothing on purpose.
pub(crate) fn flaw(schema: &Value, value: &Value) -> Option<Flaw> {
    schema.get(ID)?;
    Flaw::of(value.as_str()?)
}

/// Why a text must not stand in a path, by the schema of the argument. Escaped, a slash is still one to some servers.
pub(crate) fn flaw_in_path(schema: Option<&Value>, text: &str) -> Option<Flaw> {
    let is_foreign = schema.is_some_and(|schema| schema.get(FOREIGN).is_some());
    Flaw::of(text).or_else(|| {
        let found = text.chars().find(|c| matches!(c, '/' | '\\' | '%'))?;
        (!is_foreign).then_some(Flaw::Character(found))
    })
}

/// Whether a text has the digits of a UUID, however they are grouped.
pub(crate) fn has_digits_of_uuid(text: &str) -> bool {
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    let mut digits = text.chars().filter(|letter| *letter != '-');
    digits.clone().count() == 32 && digits.all(|digit| digit.is_ascii_hexdigit())
}

/// Declares an id: text of its own type, so that two kinds of id cannot be mixed up. Its doc comment
/// is the description of every argument that takes it. `: uuid` marks what goes by nothing else, and `: slug` what is
/// never a UUID.
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
            /// As the API spells it.
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
