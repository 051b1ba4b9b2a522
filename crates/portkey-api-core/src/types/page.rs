//! Pages of a listing, and answers that only say that a call worked.

use std::{borrow::Cow, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};

use crate::JsonObject;

/// The page to fetch, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, description = "From 0.")]
pub struct PageNumber(pub u32);

/// The page to fetch, from 0, of a listing whose first page the API calls 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, description = "From 0.")]
pub struct PageFromOne(pub u32);

impl Serialize for PageFromOne {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0.saturating_add(1))
    }
}

/// How many entries a page has, which its name says too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, description = "")]
pub struct PageSize(#[schemars(range(min = 1))] pub u32);

/// Every page at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, description = "All pages.")]
pub struct EveryPage(pub bool);

/// One page of a listing, in the API's usual envelope. `Page<Model, Models>` is a listing whose entries the API puts
/// under another name than `data`. The name is declared by [`members_of_pages`](crate::members_of_pages), and
/// [`normalise`](crate::Declaration::normalise) changes it to `data`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Page<T, Under = under::Data> {
    /// The entries of this page.
    #[serde(default = "Vec::new")]
    pub data: Vec<T>,
    /// The number of entries on all pages, if the API returns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// The other members of the envelope.
    #[serde(flatten)]
    pub other: JsonObject,
    #[serde(skip)]
    under: PhantomData<Under>,
}

impl<T: JsonSchema, Under: under::Name> JsonSchema for Page<T, Under> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("PageOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "x-page": Under::NAME,
            "properties": {
                "total": { "type": "integer" },
                "data": { "type": "array", "items": generator.subschema_for::<T>() },
            },
        })
    }
}

/// The names under which the API returns the entries of a [`Page`].
pub mod under {
    /// The name of a member of the envelope.
    pub trait Name {
        /// The name as the API spells it.
        const NAME: &'static str;
    }

    /// Declares further names.
    #[macro_export]
    macro_rules! members_of_pages {
        ($($name:ident: $text:literal),* $(,)?) => {$(
            #[doc = concat!("Under `", $text, "`.")]
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum $name {}

            impl $crate::under::Name for $name {
                const NAME: &'static str = $text;
            }
        )*};
    }

    members_of_pages! {
        Data: "data",
    }
}

/// An answer that says nothing but that it worked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Done {
    /// Usually empty.
    #[serde(flatten)]
    #[schemars(skip)]
    pub other: JsonObject,
}
