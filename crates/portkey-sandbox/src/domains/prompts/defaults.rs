//! The defaults that a key and its workspace set for requests.

use portkey_api::JsonObject;
use rusqlite::Connection;
use serde_json::Value;

use crate::{
    records::ApiKey,
    store::Queries as _,
    wire::{Call, Refusal, merged},
};

/// The default config and metadata of a key.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    /// The slug of a config.
    config: Option<String>,
    /// Whether requests may name another config.
    allow_config_override: bool,
    /// The key's metadata, then the workspace's. Later ones win, and both win over that of a request.
    metadata: [Value; 2],
}

impl Defaults {
    pub(super) fn of(call: &Call, db: &Connection) -> Result<Self, Refusal> {
        let Some(key) = ApiKey::find(db, &call.principal.key_id)? else {
            return Ok(Self::default());
        };
        let sql = "SELECT slug FROM configs WHERE id = ?";
        let config = db.first(sql, [&key.config_id], |row| row.get(0))?;
        let sql = "SELECT defaults -> 'metadata' FROM workspaces WHERE id = ?";
        let of_workspace = db.first(sql, [&key.workspace_id], |row| row.get(0))?;
        Ok(Self {
            config,
            allow_config_override: key.allow_config_override.unwrap_or(true),
            metadata: [key.metadata, of_workspace.unwrap_or_default()],
        })
    }

    /// The config that a request uses.
    pub(super) fn config(&self, call: &Call) -> Result<Option<String>, Refusal> {
        match (call.header("x-portkey-config"), &self.config) {
            (Some(_), Some(_)) if !self.allow_config_override => Err(Refusal::invalid(
                "This API key has a default config that requests cannot override",
            )),
            (Some(given), _) => Ok(Some(given.to_owned())),
            (None, default) => Ok(default.clone()),
        }
    }

    /// The metadata of a request.
    pub(super) fn metadata(&self, call: &Call) -> Result<Value, Refusal> {
        let given = call.header("x-portkey-metadata").unwrap_or("{}");
        let given: JsonObject = serde_json::from_str(given)
            .map_err(|_| Refusal::invalid_field("x-portkey-metadata", "must be a JSON object"))?;
        let defaults = self.metadata.iter().filter(|defaults| defaults.is_object());
        Ok(defaults.cloned().fold(given.into(), merged))
    }
}
