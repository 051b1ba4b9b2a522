//! A Portkey organisation by the name its operator gave it, and the key that reaches it.

mod fingerprint;
mod owner;

use std::sync::Arc;

use portkey_api::Keys;
use portkey_client::{Client, SecretString};
use serde_json::{Value, json};

use crate::{call::Caller, catalog::Tool};
use owner::Owner;

pub use fingerprint::Fingerprint;
pub use owner::Owners;

/// Where calls go, and as whom.
#[derive(Debug, Clone)]
pub struct Profile {
    name: String,
    caller: Caller,
    /// Whose organisation it is, where the operator says so.
    organisation: Option<String>,
    owners: Owners,
}

impl Profile {
    /// The name of the one that is meant where none is named.
    pub const DEFAULT: &'static str = "default";

    /// What `caller` reaches, under a name.
    pub fn new(
        name: impl Into<String>,
        caller: Caller,
        organisation: Option<String>,
        owners: Owners,
    ) -> Self {
        Self {
            name: name.into(),
            caller,
            organisation,
            owners,
        }
    }

    /// The same Portkey with the caller's own key, on the same connections. Whose organisation that is, the operator
    /// cannot say.
    #[must_use]
    pub fn with_key(&self, key: SecretString) -> Self {
        let print = Fingerprint::of(&key);
        let client = self.caller.client().with_key(key);
        Self {
            caller: self.caller.through(client).of(print),
            organisation: None,
            ..self.clone()
        }
    }

    /// The same for one of several principals, who share what Portkey is spared.
    #[must_use]
    pub fn for_one(&self, principal: Arc<str>) -> Self {
        let client = self.caller.client().for_one(principal);
        Self {
            caller: self.caller.through(client),
            ..self.clone()
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes calls to it.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whether calls can be made without a key of the caller's own.
    pub fn has_key(&self) -> bool {
        self.caller.client().settings().api_key.is_some()
    }

    /// What a result of `tool` says of where it comes from. Once a key has been `used`, Portkey is asked whose it is,
    /// a key once.
    pub async fn told(&self, tool: Tool, workspace: Option<&str>, used: bool) -> Value {
        let client = self.caller.client();
        let key = key(client, tool.declaration().keys);
        let owner = match key {
            Some(key) if used => self.owners.find(client, key).await,
            Some(key) => self.owners.recall(client, key),
            None => Owner::default(),
        };
        json!({
            "profile": self.name,
            "organisation": self.organisation.clone().or(owner.organisation),
            "workspace": workspace.map(str::to_owned).or(owner.workspace),
            "key": key.map(|key| Fingerprint::of(key).to_string()),
        })
    }
}

/// The key that calls are made with of what takes these `keys`.
fn key(client: &Client, keys: Keys) -> Option<&SecretString> {
    let settings = client.settings();
    let of_workspace = settings.workspace_api_key.as_ref();
    match keys {
        Keys::None => None,
        Keys::Workspace => of_workspace.or(settings.api_key.as_ref()),
        _ => settings.api_key.as_ref(),
    }
}

/// The organisation of the key of such calls, asked of Portkey unless it is known.
pub(crate) async fn belongs_to(owners: &Owners, client: &Client, keys: Keys) -> Option<String> {
    let owner = owners.find(client, key(client, keys)?).await;
    owner.organisation
}

/// The workspace that the key of such calls is bound to, asked of Portkey unless it is known.
pub(crate) async fn bound_to(owners: &Owners, client: &Client, keys: Keys) -> Option<String> {
    let owner = owners.find(client, key(client, keys)?).await;
    owner.workspace
}
