//! A Portkey organisation by the name its operator gave it, and the key that reaches it.

use std::sync::{Arc, OnceLock};

use portkey_api::{Edition, Keys};
use portkey_client::{ErrorKind, SecretString};
use portkey_engine::{
    call::{Caller, ResultTokens},
    catalog::Tool,
    keys::{Account, Fingerprint, Owners},
};
use serde_json::{Value, json};

use super::key_doubt::KeyDoubt;
use crate::config::KeyFlaw;

/// What to do about a key that does not work.
const SET: &str = "Calls fail until it is replaced by a key of the Portkey dashboard and the server is started again; \
                   `portkey-mcp doctor` looks at everything.";

/// Where calls go, and as whom.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    name: String,
    caller: Caller,
    /// The organisation's name, where the configuration gives it.
    organisation: Option<String>,
    owners: Owners,
    /// What is known to be wrong with its key.
    doubt: KeyDoubt,
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
            doubt: KeyDoubt::default(),
            origins: Arc::default(),
        }
    }

    /// Says where the key is, in whose name its flaws are told. What its text alone shows is known from then on.
    #[must_use]
    pub(crate) fn with_key_at(self, place: &str) -> Self {
        let settings = self.caller.settings();
        let flaw = settings.api_key.as_ref().and_then(KeyFlaw::of);
        if let Some(flaw) = flaw {
            self.doubt.set(format!("{place} {flaw}. {SET}"));
        }
        self
    }

    /// What is known to be wrong with its key.
    pub(crate) fn doubt(&self) -> Option<Arc<str>> {
        self.doubt.get()
    }

    /// Asks Portkey whether it accepts the key, which is at `place`, and keeps it if it does not. The answer also says
    /// whose the key is, so that no call asks again.
    pub(crate) async fn check_key(&self, place: &str) -> Option<Arc<str>> {
        let client = self.caller.read_only();
        let error = self.owners.ask(&client, Keys::Any).await.err()?;
        if error.kind() == ErrorKind::Unauthenticated {
            let at = &client.settings().base_url;
            self.doubt
                .set(format!("Portkey at {at} does not accept {place}. {SET}"));
        }
        self.doubt()
    }

    /// The same Portkey with a key that the client brought, on the same connections. The configured organisation is
    /// dropped, since the key may belong to another one.
    #[must_use]
    pub(crate) fn with_key(&self, key: SecretString) -> Self {
        let print = Fingerprint::of(&key);
        Self {
            caller: self.caller.with_key(key).of(print),
            organisation: None,
            doubt: KeyDoubt::default(),
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

    /// The edition that calls reach.
    pub(crate) fn edition(&self) -> Edition {
        self.caller.edition()
    }

    /// Whether calls can be made without a key of the caller's own.
    pub(crate) fn has_key(&self) -> bool {
        self.caller.settings().credential_for(Keys::Any).is_some()
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
            "edition": self.edition().as_str(),
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
            self.doubt.clear();
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
