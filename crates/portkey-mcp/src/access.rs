//! Who may use what: the principal behind a request, the tools it is offered, the Portkey it reaches.

mod access_watch;
mod grants;
mod key_doubt;
mod profile;
mod wish;

use std::{collections::BTreeMap, sync::Arc};

use http::{
    HeaderMap, HeaderName,
    header::{AUTHORIZATION, COOKIE},
};
use jiff::Timestamp;
use portkey_api::Presence;
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
    config::{GrantTable, Surface},
    telemetry::trace_id,
    wording::Words,
};

pub(crate) use access_watch::AccessWatch;
use grants::Grants;
pub(crate) use grants::InvalidGrant;
pub(crate) use profile::Profile;
pub(crate) use wish::{InvalidWish, Wish};

/// The caller behind a request: its identity, what it may do and which Portkey it reaches.
#[derive(Debug, Clone)]
pub(crate) struct Principal {
    name: Arc<str>,
    /// What authentication found; `None` for the local principal.
    identity: Option<Arc<Identity>>,
    authority: Authority,
    profile: Arc<Profile>,
    /// How the operator wants it to see the tools, if that is not how everybody does.
    surface: Option<Surface>,
    wish: Arc<Wish>,
}

impl Principal {
    /// The single user of a process that serves one client.
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
            surface: None,
            wish: Arc::default(),
        }
    }

    /// The same principal with no more than its client asks for.
    pub(crate) fn wishing(mut self, wish: Arc<Wish>) -> Self {
        if let Some(tools) = &wish.toolsets {
            let narrowed = |selection: &Selection| Arc::new(selection.and(tools));
            self.authority.offered = match &self.authority.offered {
                Offered::ToEverybody(selection) => Offered::ToEverybody(narrowed(selection)),
                Offered::ToThem(selection) => Offered::ToThem(narrowed(selection)),
            };
        }
        self.wish = wish;
        self
    }

    /// Whether its client asks for this tool, as it does for all unless it says otherwise.
    pub(crate) fn wants(&self, tool: Tool) -> bool {
        let tools = self.wish.toolsets.as_ref();
        tools.is_none_or(|tools| tools.contains(tool))
    }

    /// How it sees the tools: as its client asks, or as its grant says. None if neither says anything.
    pub(crate) fn surface(&self) -> Option<Surface> {
        self.wish.surface.or(self.surface)
    }

    /// Unique within a server, and the same from one request to the next. With an identity provider it is
    /// `ISSUER|SUBJECT`, so that the subjects of two providers never collide.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The tools it may use. Some may need a token with more scopes; see [`Principal::lacks`].
    pub(crate) fn offered(&self) -> &Selection {
        self.authority.offered.selection()
    }

    /// The tools that `tools/list` shows it, in the order of the catalog.
    pub(crate) fn tools(&self) -> impl Iterator<Item = Tool> {
        catalog().tools().filter(|tool| self.lists(*tool))
    }

    /// Whether `tools/list` shows it this tool.
    pub(crate) fn lists(&self, tool: Tool) -> bool {
        self.offered().contains(tool) && self.has(tool) && self.policy().permits(tool).is_ok()
    }

    /// Whether the edition that it reaches has the tool. What is uncertain counts if somebody asks for it by name.
    fn has(&self, tool: Tool) -> bool {
        match tool.declaration().presence(self.profile.edition()) {
            Presence::Served => true,
            Presence::Uncertain => self.offered().names(tool),
            Presence::Absent => false,
        }
    }

    /// Whether it may call this tool with the token that it has.
    pub(crate) fn may_call(&self, tool: Tool) -> bool {
        self.lists(tool) && self.lacks(tool).is_none()
    }

    /// The policy that its calls are held to.
    pub(crate) fn policy(&self) -> &Policy {
        &self.authority.policy
    }

    /// The requester of its calls; `client` is the name that its MCP client gave.
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

    /// When its token expires, if it does.
    fn valid_until(&self) -> Option<Timestamp> {
        self.identity.as_ref()?.valid_until
    }

    /// Whether any tool needs scopes that its token lacks.
    pub(crate) fn lacks_any(&self) -> bool {
        !self.authority.lacking.is_empty()
    }

    /// The scopes that a tool needs and its token lacks.
    pub(crate) fn lacks(&self, tool: Tool) -> Option<&MissingScopes> {
        self.authority.lacks(tool)
    }
}

/// Authenticates requests and decides what each principal may use. A reload of the configuration replaces it.
#[derive(Debug)]
pub(crate) struct Access {
    authenticator: Authenticator,
    /// What everybody may use, where no grant says otherwise.
    everybody: Principal,
    grants: Grants,
    takes_caller_keys: bool,
}

impl Access {
    /// With `grants`, principals may use what these say; without any, what `everybody` may. `profiles` are those that
    /// grants and tokens can name.
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
                // Without authentication only their keys tell callers apart.
                principal.name = format!("{}|{}", principal.name, Fingerprint::of(&key)).into();
            }
            let profile = principal.profile.with_key(key);
            principal.profile = Arc::new(profile.for_one(Arc::clone(&principal.name)));
        }
        Ok(principal)
    }

    /// Authenticates a principal again, after the configuration or its token may have changed.
    fn recheck(&self, principal: &Principal) -> Result<Principal, Denial> {
        match &principal.identity {
            Some(identity) => {
                let again = self.principal(self.authenticator.recheck(identity)?)?;
                Ok(again.wishing(Arc::clone(&principal.wish)))
            }
            None => Ok(principal.clone()),
        }
    }

    /// The tokens of a file, which changes apart from the configuration.
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
            surface: granted.surface,
            wish: Arc::default(),
        })
    }

    /// The content of `WWW-Authenticate` for requests that are refused.
    pub(crate) fn challenge(&self) -> Challenge {
        match &self.authenticator {
            Authenticator::Issuers(issuers) => Challenge {
                metadata: Some(issuers.public().metadata()),
                scopes: issuers.required_scopes(),
            },
            _ => Challenge::default(),
        }
    }

    /// The headers that carry secrets. They are removed once the principal is known.
    pub(crate) fn secret_headers(&self) -> Vec<HeaderName> {
        let mut names = vec![AUTHORIZATION, COOKIE, CALLER_KEY];
        if let Authenticator::Issuers(issuers) = &self.authenticator {
            names.extend(issuers.headers().iter().cloned());
        }
        names
    }

    /// The protected resource metadata of RFC 9728; `None` without issuers.
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
