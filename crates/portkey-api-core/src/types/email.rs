//! E-mail addresses.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::keyword;

/// The schema keyword of [`Email`].
const EMAIL: &str = "x-email";

/// An e-mail address. Which ones there really are is left to the vendor: something on either side of an `@` will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(pub String);

impl JsonSchema for Email {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Email".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "x-email": true, "x-example": "ada@example.com" })
    }
}

/// Whether a schema describes an e-mail address.
pub(crate) fn is_email(schema: &Value) -> bool {
    keyword(schema, EMAIL).is_some()
}

/// Whether a value is a text that is no e-mail address.
pub(crate) fn is_wrong(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        let sides = text.rsplit_once('@');
        !sides.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
            || text
                .chars()
                .any(|letter| letter.is_whitespace() || letter.is_control())
    })
}
