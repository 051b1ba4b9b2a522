//! Who may use what: the principal behind a request, the tools it is offered, the Portkey it reaches.

mod access_watch;
mod grants;
mod profile;

use std::{collections::BTreeMap, sync::Arc};

use http::{
    HeaderMap, HeaderName,
    header::{AUTHORIZATION, COOKIE},
};
use jiff::Timestamp;
use portkey_engine::{
    call::{Authority, Offered, Requester},
    catalog::{Selection, Tool},
    keys::Fingerprint,
    policy::{MissingScopes, Policy},
};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    auth::{
        Authenticator, CALLER_KEY, Challenge, Credential, Denial, Identity, Tokens, caller_key,
    },
    catalog::catalog,
    config::GrantTable,
    telemetry::trace_id,
    wording::Words,
};

pub(crate) use access_watch::AccessWatch;
use grants::Grants;
pub(crate) use grants::InvalidGrant;
pub(crate) use profile::Profile;

/// Whoever a call is made for.
#[derive(Debug, Clone)]
pub(crate) struct Principal {
    name: Arc<str>,
    /// Who it was found to be, where it was asked.
    identity: Option<Arc<Identity>>,
    authority: Authority,
    profile: Arc<Profile>,
}

impl Principal {
    /// The one user of a process that serves nobody else.
    pub(crate) fn local(offered: Selection, policy: Policy, profile: Profile) -> Self {
        Self {
            name: "local".into(),
            identity: None,
            authority: Authority {
                offered: Offered::ToEverybody(Arc::new(offered)),
                policy: Arc::new(policy),
                lacking: Arc::default(),
            },
            profile: Arc::new(profile),
        }
    }

    /// Its name: unique within a server, and the same from one request to the next. Where an identity provider vouches
    /// for it, it is the provider's name and the provider's name for it, so that two providers never mean the same.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The tools it may use, some of them with a better token only; see [`Principal::lacks`].
    pub(crate) fn offered(&self) -> &Selection {
        self.authority.offered.selection()
    }

    /// The tools that it is told of, in the order of the catalog.
    pub(crate) fn tools(&self) -> impl Iterator<Item = Tool> {
        let offered = catalog().tools().filter(|tool| self.offered().contains(*tool));
        offered.filter(|tool| self.policy().permits(*tool).is_ok())
    }

    /// What it may do.
    pub(crate) fn policy(&self) -> &Policy {
        &self.authority.policy
    }

    /// Itself, as calls name it; `client` is what the program it uses calls itself.
    pub(crate) fn requester(&self, client: Option<&str>) -> Requester {
        Requester {
            principal: Arc::clone(&self.name),
            client: client.map(Into::into),
            authority: self.authority.clone(),
            wording: &Words::ForAssistant,
            trace_id: trace_id().map(Into::into),
        }
    }

    /// The Portkey it reaches.
    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// When what it was let in by is good no more.
    fn valid_until(&self) -> Option<Timestamp> {
        self.identity.as_ref()?.valid_until
    }

    /// Whether any tool needs a better token than this request brought.
    pub(crate) fn lacks_any(&self) -> bool {
        !self.authority.lacking.is_empty()
    }

    /// Why a tool needs a better token than this request brought.
    pub(crate) fn lacks(&self, tool: Tool) -> Option<&MissingScopes> {
        self.authority.lacks(tool)
    }
}

/// Everything that decides whom a request comes from and what they may use. Made anew when the configuration changes.
#[derive(Debug)]
pub(crate) struct Access {
    authenticator: Authenticator,
    /// What everybody may use, where no rule says otherwise.
    everybody: Principal,
    grants: Grants,
    takes_caller_keys: bool,
}

impl Access {
    /// Everybody who is let in by `authenticator` may use what `grants` say, and where there are none, the same as
    /// `everybody`. `profiles` are all that can be named.
    pub(crate) fn new(
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
    pub(crate) fn everybody(&self) -> &Principal {
        &self.everybody
    }

    /// What a client must bring to be let in.
    pub(crate) fn credential(&self) -> Credential {
        self.authenticator.credential()
    }

    /// The principal that sent these headers.
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<Principal, Denial> {
        let key = caller_key(headers)?;
        if key.is_some() && !self.takes_caller_keys {
            return Err(Denial::CallerKey);
        }
        let identity = self.authenticator.identify(headers).await?;
        let mut principal = self.principal(identity)?;
        if let Some(key) = key {
            if principal.name() == Identity::ANONYMOUS {
                // Nobody else tells the holders of different keys apart.
                principal.name = format!("{}|{}", principal.name, Fingerprint::of(&key)).into();
            }
            let profile = principal.profile.with_key(key);
            principal.profile = Arc::new(profile.for_one(Arc::clone(&principal.name)));
        }
        Ok(principal)
    }

    /// What somebody who was let in may use now, with the server's keys.
    fn recheck(&self, principal: &Principal) -> Result<Principal, Denial> {
        match &principal.identity {
            Some(identity) => self.principal(self.authenticator.recheck(identity)?),
            None => Ok(principal.clone()),
        }
    }

    /// The tokens that are known, where they change by themselves.
    fn tokens(&self) -> Option<watch::Receiver<Arc<Tokens>>> {
        match &self.authenticator {
            Authenticator::Tokens(file) => Some(file.changes()),
            _ => None,
        }
    }

    fn principal(&self, identity: Identity) -> Result<Principal, Denial> {
        let granted = self.grants.of(&identity)?;
        let rules = granted.rules.into_iter().chain(identity.own.rules.clone());
        let everybody = &self.everybody.authority;
        let offered = granted.offered.map(Offered::ToThem);
        let name: Arc<str> = identity.name.as_str().into();
        let mut profile = granted
            .profile
            .unwrap_or_else(|| Arc::clone(&self.everybody.profile));
        if *name != *Identity::ANONYMOUS {
            profile = Arc::new(profile.for_one(Arc::clone(&name)));
        }
        Ok(Principal {
            authority: Authority {
                offered: offered.unwrap_or_else(|| everybody.offered.clone()),
                policy: Arc::new(everybody.policy.and(rules)),
                lacking: granted.lacking.into(),
            },
            name,
            identity: Some(Arc::new(identity)),
            profile,
        })
    }

    /// What senders of requests that are not let in are told.
    pub(crate) fn challenge(&self) -> Challenge {
        match &self.authenticator {
            Authenticator::Issuers(issuers) => Challenge {
                metadata: Some(issuers.public().metadata()),
                scopes: issuers.required_scopes(),
            },
            _ => Challenge::default(),
        }
    }

    /// The headers that carry secrets, which nobody needs once a principal is known.
    pub(crate) fn secret_headers(&self) -> Vec<HeaderName> {
        let mut names = vec![AUTHORIZATION, COOKIE, CALLER_KEY];
        if let Authenticator::Issuers(issuers) = &self.authenticator {
            names.extend(issuers.headers().iter().cloned());
        }
        names
    }

    /// The metadata of RFC 9728, where tokens come from authorization servers.
    pub(crate) fn metadata(&self) -> Option<Value> {
        let Authenticator::Issuers(issuers) = &self.authenticator else {
            return None;
        };
        let mut scopes = issuers.required_scopes();
        scopes.extend(self.grants.scopes());
        Some(json!({
            "resource": issuers.public().endpoint(),
            "resource_name": "Portkey Admin",
            "authorization_servers": issuers.authorization_servers().collect::<Vec<_>>(),
            "scopes_supported": scopes,
            "bearer_methods_supported": ["header"],
        }))
    }
}
