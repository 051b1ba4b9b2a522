//! Parts of a template that are not plain values.

use std::borrow::Cow;

use portkey_api_core::{JsonObject, Problem, arguments};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer, ser::Error as _};
use serde_json::Value;

/// Chat messages. They travel as JSON text where the API wants a template.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Messages(pub Vec<JsonObject>);

impl Serialize for Messages {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(&self.0).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

impl JsonSchema for Messages {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Messages".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": { "type": "object" }, "minItems": 1 })
    }
}

/// What the model may call.
#[arguments(body)]
#[derive(Default)]
pub struct ModelTools {
    /// Older form of `tools`.
    #[hidden]
    pub functions: Option<Vec<JsonObject>>,
    /// Tools {type, function} the model may call.
    pub tools: Option<Vec<JsonObject>>,
    #[hidden]
    pub tool_choice: Option<ToolChoice>,
}

/// `auto`, `none`, `required`, or an object naming a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ToolChoice(pub Value);

impl JsonSchema for ToolChoice {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ToolChoice".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "object"],
            "description": "`auto`, `none`, `required`, or an object naming a tool.",
            "x-example": { "type": "auto" },
        })
    }
}

/// What is said of a template that is given twice.
pub(super) fn two_templates() -> Problem {
    Problem::rule("messages", "give `messages` or `string`, not both")
}
