//! Versions of prompts: immutable, counted from 1.

use portkey_api::JsonObject;
use rusqlite::{Connection, Row, named_params, params};
use serde_json::{Value, json};

use crate::{
    fields::Fields, identity, providers_in, refusal::Refusal, store::Queries as _, template,
};

/// What a version says: everything of a prompt but its name and place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) string: String,
    pub(crate) is_raw_template: bool,
    pub(crate) parameters: JsonObject,
    pub(crate) model: String,
    /// The slug of a provider.
    pub(crate) virtual_key: String,
    pub(crate) functions: Value,
    pub(crate) tools: Value,
    pub(crate) tool_choice: Value,
    pub(crate) metadata: JsonObject,
    pub(crate) description: String,
}
