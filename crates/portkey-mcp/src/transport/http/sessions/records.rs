//! What replicas must know of a session: whose it is, and how it was opened.

use std::{fmt::Write as _, num::NonZeroUsize, sync::Arc, time::Duration};

use async_trait::async_trait;
use portkey_engine::state::{SharedState, Unavailable};
use rmcp::transport::streamable_http_server::session::{
    SessionState, SessionStore, SessionStoreError,
};
use sha2::{Digest as _, Sha256};

use crate::access::Principal;

/// The records of sessions, kept for as long as they are used.
#[derive(Debug, Clone)]
pub(super) struct SessionRecords {
    state: Arc<dyn SharedState>,
    ttl: Duration,
    /// How many a principal may have. Where they are not shared, they go with the sessions.
    most: NonZeroUsize,
}

/// A session that is no more in one replica may come back, so that there are more records than sessions.
const PER_SESSION: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

impl SessionRecords {
    /// Kept for such a time, where a replica keeps so many sessions.
    pub(super) fn new(state: Arc<dyn SharedState>, ttl: Duration, sessions: NonZeroUsize) -> Self {
        let most = sessions.saturating_mul(PER_SESSION);
        Self { state, ttl, most }
    }

    /// Whether other replicas may know of the same sessions.
    pub(super) fn are_shared(&self) -> bool {
        self.state.is_shared()
    }

    /// Binds a session to whoever opened it.
    pub(super) async fn bind(&self, id: &str, principal: &Principal) -> Result<(), Unavailable> {
        let owner = fingerprint(principal);
        self.state.keep(&owner_key(id), &owner, self.ttl).await?;
        self.list(id, &owner).await
    }

    /// Makes a session the last that its owner will lose, and lets those go that they lose for it.
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

    /// Whether a session is this principal's. It is kept for another while.
    pub(super) async fn is_of(&self, id: &str, principal: &Principal) -> Result<bool, Unavailable> {
        let owner = self.recall(id).await?;
        let owner = owner.filter(|owner| *owner == fingerprint(principal));
        if let Some(owner) = &owner {
            self.list(id, owner).await?;
        }
        Ok(owner.is_some())
    }

    /// Keeps a session for another while.
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

/// How a session was opened, so that any replica can open it again.
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

/// Names may be addresses of people, whom a cache need not know.
fn fingerprint(principal: &Principal) -> String {
    let hash = Sha256::digest(principal.name());
    hash.iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}"); // Text always has room.
        text
    })
}
