use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::JsonObject;

/// Page to fetch, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct PageNumber(pub u32);

/// Entries per page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct PageSize(#[schemars(range(min = 1))] pub u32);

/// One page of a listing, in the API's envelope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Page<T> {
    /// The entries of this page.
    #[serde(default = "Vec::new")]
    pub data: Vec<T>,
    /// How many entries there are on all pages, where the API says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Whatever else the envelope holds.
    #[serde(flatten)]
    pub other: JsonObject,
}

impl<T: JsonSchema> JsonSchema for Page<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("PageOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "x-page": true,
            "properties": {
                "total": { "type": "integer" },
                "data": { "type": "array", "items": generator.subschema_for::<T>() },
            },
        })
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
