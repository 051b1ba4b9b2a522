//! The gateway's config object: routing, retries, cache, guardrails and hooks, nested at will.
//!
//! The API takes configs as a whole, so callers write them as plain JSON. What is published of their form is
//! small on purpose; [`Rules`] says what is likely to be a slip in one. Only an empty config is refused: everything else
//! is the vendor's to judge.

mod conditions;
mod fields;
mod rules;

use std::{borrow::Cow, fmt};

use portkey_api_core::{JsonObject, opened};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use rules::check;

/// The schema keyword that puts a value under the rules of config objects.
pub(crate) const MARK: &str = "x-config";

/// A whole gateway config.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfigObject(pub JsonObject);

/// A target of a config: where requests go. It may be a config again, with targets of its own.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfigTarget(pub JsonObject);

/// Which level of a config is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    Config,
    Target,
}

impl Rules {
    /// What the mark on a schema asks for.
    pub(crate) fn of(schema: &Value) -> Option<Self> {
        match schema.get(MARK)?.as_str()? {
            "config" => Some(Self::Config),
            "target" => Some(Self::Target),
            _ => None,
        }
    }
}

/// What the members of a config are, where the mark on a schema says that it is one.
pub(crate) fn level(schema: &Value) -> Option<&'static Value> {
    Rules::of(schema).map(|_| rules::level())
}

macro_rules! config {
    ($($name:ident: $mark:literal),*) => {$(
        impl fmt::Debug for $name {
            /// Configs may hold credentials, so the names of the fields have to do.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))?;
                f.debug_list().entries(self.0.keys()).finish()
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
                opened(json_schema!({
                    "type": "object",
                    "x-config": $mark,
                    "x-example": { "strategy": { "mode": "single" }, "targets": [{ "provider": "@openai" }] },
                    "x-secret-names": [
                        "api_key", "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
                        "vertex_service_account_json", "headers", "custom_headers", "extra_headers",
                        "credentials", "authorization", "x-api-key", "x-portkey-api-key",
                        "azure_entra_client_secret",
                    ],
                }))
            }
        }
    )*};
}

config!(ConfigObject: "config", ConfigTarget: "target");
