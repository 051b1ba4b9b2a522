//! Who may use what: the principal behind a request, the tools it is offered, the Portkey it reaches.

use std::sync::Arc;

use http::HeaderMap;

use crate::{
    auth::{Authenticator, Credential, Denial},
    catalog::Selection,
    profile::Profile,
};

/// Whoever a call is made for.
#[derive(Debug, Clone)]
pub struct Principal {
    name: Arc<str>,
    offered: Arc<Selection>,
    profile: Arc<Profile>,
}

impl Principal {
    /// The one user of a process that serves nobody else.
    pub fn local(offered: Selection, profile: Profile) -> Self {
        Self {
            name: "local".into(),
            offered: Arc::new(offered),
            profile: Arc::new(profile),
        }
    }

    /// Its name, unique within a server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tools it may use.
    pub fn offered(&self) -> &Selection {
        &self.offered
    }

    /// The Portkey it reaches.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }
}

/// Everything that decides whom a request comes from and what they may use. Made anew when the configuration changes.
#[derive(Debug)]
pub struct Access {
    authenticator: Authenticator,
    /// What everybody may use.
    everybody: Principal,
}

impl Access {
    /// Everybody who is let in by `authenticator` may use the same as `everybody`.
    pub fn new(authenticator: Authenticator, everybody: Principal) -> Self {
        Self {
            authenticator,
            everybody,
        }
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
        let identity = self.authenticator.identify(headers).await?;
        Ok(Principal {
            name: identity.name.into(),
            ..self.everybody.clone()
        })
    }
}
