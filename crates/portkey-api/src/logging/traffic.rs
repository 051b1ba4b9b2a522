use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::JsonObject;

/// JSON that went over the wire and was recorded. Headers, and what sounds like a credential, are masked
/// wherever they are; what was said stays readable.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Traffic(pub JsonObject);

impl fmt::Debug for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traffic")?;
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl JsonSchema for Traffic {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Traffic".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "x-secret-names": [
                "headers", "portkeyHeaders", "custom_headers", "extra_headers", "authorization",
                "key", "api_key", "apiKey", "x-api-key", "x-portkey-*", "secret", "client_secret",
                "password", "credentials", "auth_config", "access_token", "refresh_token", "id_token",
                "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
                "vertex_service_account_json",
            ],
        })
    }
}
