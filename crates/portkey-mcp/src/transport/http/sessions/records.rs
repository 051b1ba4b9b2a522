//! What replicas share about a session: its owner, and how it was opened.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use async_trait::async_trait;
use portkey_engine::state::{SharedState, Unavailable};
use rmcp::transport::streamable_http_server::session::{
    SessionState, SessionStore, SessionStoreError,
};
use sha2::{Digest as _, Sha256};

use crate::access::Principal;

/// The records of sessions, kept as long as these are used.
#[derive(Debug, Clone)]
pub(super) struct SessionRecords {
    state: Arc<dyn SharedState>,
    ttl: Duration,
    /// The most records of one principal. It only matters if they are shared; otherwise a record is removed with its
    /// session.
    most: NonZeroUsize,
}

/// Records per allowed session: one that was closed in a replica may be used again, so there are more records than
/// sessions.
const PER_SESSION: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

impl SessionRecords {
    /// Records that are kept for `ttl` after their last use; `sessions` is the limit of a replica.
    pub(super) fn new(state: Arc<dyn SharedState>, ttl: Duration, sessions: NonZeroUsize) -> Self {
        let most = sessions.saturating_mul(PER_SESSION);
        Self { state, ttl, most }
    }

    /// Whether other replicas may know of the same sessions.
    pub(super) fn are_shared(&self) -> bool {
        self.state.is_shared()
    }

    /// Binds a session to the principal that opened it.
    pub(super) async fn bind(&self, id: &str, principal: &Principal) -> Result<(), Unavailable> {
        let owner = fingerprint(principal);
        self.state.keep(&owner_key(id), &owner, self.ttl).await?;
        self.list(id, &owner).await
    }

    /// Makes a session the newest of its owner's, and forgets the oldest ones beyond the limit.
    async fn list(&self, id: &str, owner: &str) -> Result<(), Unavailable> {
        if !self.are_shared() {
            return Ok(());
        }
        let list = format!("sessions-of:{owner}");
        let too_many = self.state.put_last(&list, id, self.most, self.ttl).await?;
        for id in too_many {
            self.forget(&id).await?;
        }
        Ok(())
    }

    /// Whether a session is this principal's; renews its record.
    pub(super) async fn is_of(&self, id: &str, principal: &Principal) -> Result<bool, Unavailable> {
        let owner = self.recall(id).await?;
        let owner = owner.filter(|owner| *owner == fingerprint(principal));
        if let Some(owner) = &owner {
            self.list(id, owner).await?;
        }
        Ok(owner.is_some())
    }

    /// Renews the record of a session.
    pub(super) async fn touch(&self, id: &str) -> Result<(), Unavailable> {
        match self.recall(id).await? {
            Some(owner) => self.list(id, &owner).await,
            None => Ok(()),
        }
    }

    async fn recall(&self, id: &str) -> Result<Option<String>, Unavailable> {
        let (owner, opening) = (owner_key(id), opening_key(id));
        let (owner, opening) = futures_util::join!(
            self.state.recall(&owner, self.ttl),
            self.state.recall(&opening, self.ttl)
        );
        opening?;
        owner
    }

    /// Forgets a session, in all replicas.
    pub(super) async fn forget(&self, id: &str) -> Result<(), Unavailable> {
        self.state.forget(&owner_key(id)).await?;
        self.state.forget(&opening_key(id)).await
    }
}

/// Stores how a session was opened, so that any replica can restore it.
#[async_trait]
impl SessionStore for SessionRecords {
    async fn load(&self, id: &str) -> Result<Option<SessionState>, SessionStoreError> {
        let record = self.state.recall(&opening_key(id), self.ttl).await?;
        Ok(record.as_deref().map(serde_json::from_str).transpose()?)
    }

    async fn store(&self, id: &str, state: &SessionState) -> Result<(), SessionStoreError> {
        let record = serde_json::to_string(state)?;
        Ok(self.state.keep(&opening_key(id), &record, self.ttl).await?)
    }

    async fn delete(&self, id: &str) -> Result<(), SessionStoreError> {
        Ok(self.state.forget(&opening_key(id)).await?)
    }
}

fn owner_key(id: &str) -> String {
    format!("session-owner:{id}")
}

fn opening_key(id: &str) -> String {
    format!("session-opening:{id}")
}

/// A hash of the principal's name: it may be an e-mail address, which the shared state need not know.
fn fingerprint(principal: &Principal) -> String {
    let mut digits = String::with_capacity(64);
    for byte in Sha256::digest(principal.name()) {
        for half in [byte >> 4, byte & 15] {
            digits.extend(char::from_digit(half.into(), 16));
        }
    }
    digits
}
