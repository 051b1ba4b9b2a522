//! What the replicas of a server must agree on: how much somebody has used, whose a session is, what was used up.
//!
//! One process agrees with itself ([`Memory`]); several agree through Redis or Valkey ([`Redis`]).

mod address;
mod memory;
mod quotas;
mod redis;

use std::{
    fmt,
    num::{NonZeroU32, NonZeroUsize},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use portkey_client::Rate;

pub use address::{NoAddress, SharedStateAddress};
pub use memory::Memory;
pub(crate) use quotas::UsedQuotas;
pub use redis::{Redis, UnusableAddress};

/// A place that all replicas see alike. Everything in it is short-lived and can be lost without losing data.
#[async_trait]
pub trait SharedState: fmt::Debug + Send + Sync + 'static {
    /// Takes one from a bucket, as [`SharedState::take_many`].
    async fn take(&self, bucket: &str, rate: Rate) -> Result<(), Exhausted> {
        self.take_many(bucket, rate, NonZeroU32::MIN).await
    }

    /// Takes so many from a bucket that holds as much as the rate counts and fills at its pace, or none. Always decides:
    /// replicas that cannot reach each other limit each by itself.
    async fn take_many(&self, bucket: &str, rate: Rate, count: NonZeroU32)
    -> Result<(), Exhausted>;

    /// Keeps a record for a time, in place of an older one of this key.
    async fn keep(&self, key: &str, value: &str, ttl: Duration) -> Result<(), Unavailable>;

    /// The record of this key, which is kept for another such time.
    async fn recall(&self, key: &str, ttl: Duration) -> Result<Option<String>, Unavailable>;

    /// The record of this key, and where there is none, `value`, which becomes it. All who ask get the same, and it is
    /// kept for another such time.
    async fn agree(&self, key: &str, value: &str, ttl: Duration) -> Result<String, Unavailable>;

    /// Lets a record go.
    async fn forget(&self, key: &str) -> Result<(), Unavailable>;

    /// Whether this is the first claim of a token within the time: of all who claim it, one succeeds.
    async fn claim(&self, token: &str, ttl: Duration) -> Result<bool, Unavailable>;

    /// Counts one more, and says how many there are since the window began; it begins with the first.
    async fn count(&self, counter: &str, window: Duration) -> Result<u64, Unavailable>;

    /// Puts an item at the end of a list, wherever it was in it, and takes out whatever is too much at the beginning, or was
    /// put there longer ago than this time. Says what it took out for being too much.
    async fn put_last(
        &self,
        list: &str,
        item: &str,
        most: NonZeroUsize,
        ttl: Duration,
    ) -> Result<Vec<String>, Unavailable>;

    /// Whether there can be other replicas.
    fn is_shared(&self) -> bool;
}

/// A bucket has nothing left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the limit is reached for the next {wait:?}")]
pub struct Exhausted {
    /// When there is one again.
    pub wait: Duration,
}

/// The shared place cannot be asked.
#[derive(Debug, thiserror::Error)]
#[error("the shared state cannot be reached")]
pub struct Unavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// The place that the settings name. Nothing is connected yet, so that a replica starts while the place is away.
pub fn open(address: Option<&SharedStateAddress>) -> Result<Arc<dyn SharedState>, UnusableAddress> {
    Ok(match address {
        Some(address) => Arc::new(Redis::open(address)?),
        None => Arc::new(Memory::default()),
    })
}
