//! Who may use what: the principal behind a request, the tools it is offered, the Portkey it reaches.

mod grants;

use std::{collections::BTreeMap, sync::Arc};

use http::{
    HeaderMap, HeaderName,
    header::{AUTHORIZATION, COOKIE},
};
use serde_json::{Value, json};

use crate::{
    auth::{Authenticator, CALLER_KEY, Challenge, Credential, Denial, Identity, caller_key},
    call::Requester,
    catalog::{Selection, Tool},
    config::GrantTable,
    policy::Policy,
    profile::{Fingerprint, Profile},
};

pub use grants::InvalidGrant;
use grants::{Granted, Grants};

/// Whoever a call is made for.
#[derive(Debug, Clone)]
pub struct Principal {
    name: Arc<str>,
    offered: Arc<Selection>,
    policy: Arc<Policy>,
    profile: Arc<Profile>,
    /// Scopes that the token lacks, and the tools that need them.
    lacking: Arc<[(Denial, Arc<Selection>)]>,
}

impl Principal {
    /// The one user of a process that serves nobody else.
    pub fn local(offered: Selection, policy: Policy, profile: Profile) -> Self {
        Self {
            name: "local".into(),
            offered: Arc::new(offered),
            policy: Arc::new(policy),
            profile: Arc::new(profile),
            lacking: Arc::default(),
        }
    }

    /// Its name: unique within a server, and the same from one request to the next. Where an identity provider vouches
    /// for it, it is the provider's name and the provider's name for it, so that two providers never mean the same.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tools it may use, some of them with a better token only; see [`Principal::lacks`].
    pub fn offered(&self) -> &Selection {
        &self.offered
    }

    /// What it may do.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Itself, as calls name it; `client` is what the program it uses calls itself.
    pub fn requester(&self, client: Option<&str>) -> Requester {
        Requester {
            principal: Arc::clone(&self.name),
            client: client.map(Into::into),
            policy: Arc::clone(&self.policy),
        }
    }

    /// The Portkey it reaches.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Whether any tool needs a better token than this request brought.
    pub fn lacks_any(&self) -> bool {
        !self.lacking.is_empty()
    }

    /// Why a tool needs a better token than this request brought.
    pub fn lacks(&self, tool: Tool) -> Option<&Denial> {
        let mut lacking = self.lacking.iter();
        let (denial, _) = lacking.find(|(_, tools)| tools.holds(tool))?;
        Some(denial)
    }
}

/// Everything that decides whom a request comes from and what they may use. Made anew when the configuration changes.
#[derive(Debug)]
pub struct Access {
    authenticator: Authenticator,
    /// What everybody may use, where no rule says otherwise.
    everybody: Principal,
    grants: Grants,
    takes_caller_keys: bool,
}

impl Access {
    /// Everybody who is let in by `authenticator` may use what `grants` say, and where there are none, the same as
    /// `everybody`. `profiles` are all that can be named.
    pub fn new(
        authenticator: Authenticator,
        everybody: Principal,
        profiles: BTreeMap<String, Profile>,
        grants: &[GrantTable],
        takes_caller_keys: bool,
    ) -> Result<Self, InvalidGrant> {
        let issuers = match &authenticator {
            Authenticator::Issuers(issuers) => issuers.names().collect(),
            _ => Vec::new(),
        };
        Ok(Self {
            grants: Grants::new(profiles, grants, &issuers)?,
            authenticator,
            everybody,
            takes_caller_keys,
        })
    }

    /// What everybody may use.
    pub fn everybody(&self) -> &Principal {
        &self.everybody
    }

    /// The Portkey that is meant where nothing else is said.
    pub fn profile(&self) -> &Profile {
        self.everybody.profile()
    }

    /// What a client must bring to be let in.
    pub fn credential(&self) -> Credential {
        self.authenticator.credential()
    }

    /// The principal that sent these headers.
    pub async fn admit(&self, headers: &HeaderMap) -> Result<Principal, Denial> {
        let key = caller_key(headers)?;
        if key.is_some() && !self.takes_caller_keys {
            return Err(Denial::CallerKey);
        }
        let identity = self.authenticator.identify(headers).await?;
        let granted = self.grants.of(&identity)?;
        let mut principal = self.principal(&identity, granted);
        if let Some(key) = key {
            if identity.name == Identity::ANONYMOUS {
                // Nobody else tells the holders of different keys apart.
                principal.name = format!("{}|{}", identity.name, Fingerprint::of(&key)).into();
            }
            principal.profile = Arc::new(principal.profile.with_key(key));
        }
        Ok(principal)
    }

    fn principal(&self, identity: &Identity, granted: Granted) -> Principal {
        let policy = self.everybody.policy.confirming(granted.confirm);
        let policy = policy.confirming(identity.own.confirm);
        Principal {
            name: identity.name.as_str().into(),
            offered: granted
                .offered
                .unwrap_or_else(|| Arc::clone(&self.everybody.offered)),
            policy: Arc::new(policy),
            profile: granted
                .profile
                .unwrap_or_else(|| Arc::clone(&self.everybody.profile)),
            lacking: granted.lacking.into(),
        }
    }

    /// What senders of requests that are not let in are told.
    pub fn challenge(&self) -> Challenge {
        match &self.authenticator {
            Authenticator::Issuers(issuers) => Challenge {
                metadata: Some(issuers.public().metadata()),
                scopes: issuers.required_scopes(),
            },
            _ => Challenge::default(),
        }
    }

    /// The headers that carry secrets, which nobody needs once a principal is known.
    pub fn secret_headers(&self) -> Vec<HeaderName> {
        let mut names = vec![AUTHORIZATION, COOKIE, CALLER_KEY];
        if let Authenticator::Issuers(issuers) = &self.authenticator {
            names.extend(issuers.headers().iter().cloned());
        }
        names
    }

    /// The metadata of RFC 9728, where tokens come from authorization servers.
    pub fn metadata(&self) -> Option<Value> {
        let Authenticator::Issuers(issuers) = &self.authenticator else {
            return None;
        };
        let mut scopes = issuers.required_scopes();
        scopes.extend(self.grants.scopes());
        Some(json!({
            "resource": issuers.public().endpoint(),
            "resource_name": "Portkey Admin",
            "authorization_servers": issuers.asked().collect::<Vec<_>>(),
            "scopes_supported": scopes,
            "bearer_methods_supported": ["header"],
        }))
    }
}
