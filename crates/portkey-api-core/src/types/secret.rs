//! Text that must not be shown. The types mark their schemas, so that all functions that walk along a schema find the
//! secrets.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::keywords::SECRET;

/// A secret that is only passed on, such as a provider's key, or a masked key in an answer.
///
/// Serialises in clear, because requests must contain it. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

/// A secret that one answer contains and no later one, such as a new API key or an invitation link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Minted(String);

/// A value of any form, or of the form of `T`, in which every text is secret, such as custom headers.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed<T = Value>(pub T);

macro_rules! secret {
    ($($name:ident: $mark:literal),*) => {$(
        impl $name {
            /// Returns the secret. Callers must keep it out of logs, caches and messages.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "x-secret": $mark })
            }
        }
    )*};
}

secret!(Secret: "masked", Minted: "minted");

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(***)")
    }
}

impl<T: JsonSchema> JsonSchema for Sealed<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Sealed{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        schema.insert(SECRET.to_owned(), "masked".into());
        schema
    }
}

/// Declares an object in which some members are secret, at any depth. A name that ends in `*` is a prefix. The object's
/// schema may have one more mark.
#[macro_export]
macro_rules! secret_members {
    ($(#[doc = $doc:literal])+ $name:ident $(, marked $mark:path)?: [$($member:literal),+ $(,)?]) => {
        $(#[doc = $doc])+
        #[derive(Clone, Default, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $crate::JsonObject);

        impl ::std::fmt::Debug for $name {
            /// Shows only the names of the members.
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(stringify!($name))?;
                f.debug_list().entries(self.0.keys()).finish()
            }
        }

        impl ::schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                #[allow(unused_mut, reason = "changed by what has a mark of its own")]
                let mut schema =
                    ::schemars::json_schema!({ "type": "object", "x-secret-names": [$($member),+] });
                $(schema.insert($mark.to_owned(), true.into());)?
                schema
            }
        }
    };
}
