//! A Portkey organisation by the name its operator gave it, and the key that reaches it.

use std::sync::{Arc, OnceLock};

use portkey_api::Keys;
use portkey_client::SecretString;
use portkey_engine::{
    call::{Caller, ResultTokens},
    catalog::Tool,
    keys::{Account, Fingerprint, Owners},
};
use serde_json::{Value, json};

/// Where calls go, and as whom.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    name: String,
    caller: Caller,
    /// The organisation's name, where the configuration gives it.
    organisation: Option<String>,
    owners: Owners,
    /// The origins of results, one for each kind of key. Clones with the same key share them.
    origins: Arc<[OnceLock<Origin>; 4]>,
}

/// Where results come from. It is known once Portkey has told whose the key is, and does not change then.
#[derive(Debug, Clone)]
struct Origin {
    organisation: Option<String>,
    workspace: Option<String>,
    key: Option<String>,
}

impl Profile {
    /// A profile whose calls `caller` makes.
    pub(crate) fn new(
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
            origins: Arc::default(),
        }
    }

    /// The same Portkey with a key that the client brought, on the same connections. The configured organisation is
    /// dropped, since the key may belong to another one.
    #[must_use]
    pub(crate) fn with_key(&self, key: SecretString) -> Self {
        let print = Fingerprint::of(&key);
        Self {
            caller: self.caller.with_key(key).of(print),
            organisation: None,
            origins: Arc::default(),
            ..self.clone()
        }
    }

    /// The same with these limits on the size of answers.
    #[must_use]
    pub(crate) fn within(self, result_tokens: ResultTokens) -> Self {
        Self {
            caller: self.caller.within(result_tokens),
            ..self
        }
    }

    /// The same for one of several principals, who share the limits on requests to Portkey.
    #[must_use]
    pub(crate) fn for_one(&self, principal: Arc<str>) -> Self {
        Self {
            caller: self.caller.for_one(principal),
            ..self.clone()
        }
    }

    /// Makes calls to it.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whether calls can be made without a key of the caller's own.
    pub(crate) fn has_key(&self) -> bool {
        self.caller.settings().api_key.is_some()
    }

    /// The profile, organisation, workspace and key that a result of `tool` comes from, for its `_meta`. Once a key was
    /// `used` with success, Portkey is asked whose it is, once for each key.
    pub(crate) async fn origin(&self, tool: Tool, workspace: Option<&str>, used: bool) -> Value {
        let kind = match tool.declaration().keys {
            Keys::Any => 0,
            Keys::Admin => 1,
            Keys::Workspace => 2,
            Keys::None => 3,
        };
        let known = self.origins.get(kind);
        let origin = match known.and_then(OnceLock::get) {
            Some(origin) => origin.clone(),
            None => self.learn_origin(tool, used, known).await,
        };
        json!({
            "profile": self.name,
            "organisation": origin.organisation,
            "workspace": workspace.map(str::to_owned).or(origin.workspace),
            "key": origin.key,
        })
    }

    /// Finds out where results of `tool` come from, and keeps it once Portkey has told.
    async fn learn_origin(
        &self,
        tool: Tool,
        used: bool,
        known: Option<&OnceLock<Origin>>,
    ) -> Origin {
        let client = self.caller.read_only();
        let keys = tool.declaration().keys;
        let owner = if used {
            self.owners.learn(&client, keys).await
        } else {
            None
        };
        let is_told = owner.is_some();
        let owner = match owner {
            Some(owner) => owner,
            None => self.owners.recall(&client, keys).await,
        };
        let account = Account::of(client.settings(), keys);
        let origin = Origin {
            organisation: self.organisation.clone().or(owner.organisation),
            workspace: owner.workspace,
            key: account.key.map(|key| key.to_string()),
        };
        match known {
            Some(known) if is_told => known.get_or_init(|| origin).clone(),
            _ => origin,
        }
    }
}
