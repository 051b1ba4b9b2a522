use std::{borrow::Cow, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};

use crate::{Declaration, JsonObject};

/// Page to fetch, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct PageNumber(pub u32);

/// Page to fetch, from 0, of a listing whose first page the API calls 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, description = "Page to fetch, from 0.")]
pub struct PageFromOne(pub u32);

impl Serialize for PageFromOne {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0.saturating_add(1))
    }
}

/// Entries per page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct PageSize(#[schemars(range(min = 1))] pub u32);

/// The schema keyword of how many entries a page has that is asked for without a size, of a list that the API answers as
/// a whole then.
const SIZE_OTHERWISE: &str = "x-page-size";

impl Declaration {
    /// How many entries to ask for, where the caller does not say and the API would answer all there are.
    pub fn page_size_otherwise(&self) -> Option<u64> {
        self.input_of("page_size")?.get(SIZE_OTHERWISE)?.as_u64()
    }
}

/// Every page at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct EveryPage(pub bool);

/// One page of a listing, in the API's usual envelope. `Page<Model, under::Models>` is a listing that the API puts
/// under another name than `data`; [`normalise`](crate::Declaration::normalise) makes the usual one of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Page<T, Under = under::Data> {
    /// The entries of this page.
    #[serde(default = "Vec::new")]
    pub data: Vec<T>,
    /// How many entries there are on all pages, where the API says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Whatever else the envelope holds.
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

/// Where the API puts the entries of a [`Page`].
pub mod under {
    /// A member of the envelope.
    pub trait Name {
        /// As the API spells it.
        const NAME: &'static str;
    }

    macro_rules! names {
        ($($name:ident: $text:literal),* $(,)?) => {$(
            #[doc = concat!("Under `", $text, "`.")]
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum $name {}

            impl Name for $name {
                const NAME: &'static str = $text;
            }
        )*};
    }

    names! {
        Data: "data",
        Capabilities: "capabilities",
        Groups: "groups",
        Mappings: "mappings",
        Models: "models",
        Records: "records",
        Servers: "servers",
        Workspaces: "workspaces",
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
