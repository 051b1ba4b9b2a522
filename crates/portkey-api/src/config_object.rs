//! The gateway's config object: routing, retries, cache, guardrails and hooks, nested at will.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::JsonObject;

/// A whole gateway config, or one target of it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfigObject(pub JsonObject);

impl std::fmt::Debug for ConfigObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConfigObject(…)")
    }
}

impl JsonSchema for ConfigObject {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ConfigObject".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "x-secret-names": [
                "api_key", "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
                "vertex_service_account_json", "headers", "custom_headers", "extra_headers",
                "credentials", "authorization", "x-api-key", "x-portkey-api-key",
            ],
        })
    }
}
