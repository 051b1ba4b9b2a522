//! The state that the replicas of a server share: rate limits, sessions and used tokens.
//!
//! A single process keeps it in memory ([`Memory`]); replicas share it through Redis or Valkey ([`Redis`]).

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

/// A store that all replicas share. Everything in it is short-lived and may be lost.
#[async_trait]
pub trait SharedState: fmt::Debug + Send + Sync + 'static {
    /// Takes one token from a bucket, like [`SharedState::take_many`].
    async fn take(&self, bucket: &str, rate: Rate) -> Result<(), Exhausted> {
        self.take_many(bucket, rate, NonZeroU32::MIN).await
    }

    /// Takes `count` tokens from a bucket, or none if it holds fewer. The bucket's size and refill rate are those of
    /// `rate`. This cannot fail: replicas that cannot reach the store each limit by themselves.
    async fn take_many(&self, bucket: &str, rate: Rate, count: NonZeroU32)
    -> Result<(), Exhausted>;

    /// Stores a record for `ttl` and replaces an older record with the same key.
    async fn keep(&self, key: &str, value: &str, ttl: Duration) -> Result<(), Unavailable>;

    /// Returns the record with this key and stores it for another `ttl`.
    async fn recall(&self, key: &str, ttl: Duration) -> Result<Option<String>, Unavailable>;

    /// Returns the record with this key and stores it for another `ttl`. If there is none, stores and returns `value`.
    /// All callers get the same value.
    async fn agree(&self, key: &str, value: &str, ttl: Duration) -> Result<String, Unavailable>;

    /// Deletes a record.
    async fn forget(&self, key: &str) -> Result<(), Unavailable>;

    /// Claims a token for `ttl`. Of all callers that claim it in that time, one gets `true`.
    async fn claim(&self, token: &str, ttl: Duration) -> Result<bool, Unavailable>;

    /// Adds one to a counter and returns the new count. The counter restarts when `window` has passed since its first
    /// increment.
    async fn count(&self, counter: &str, window: Duration) -> Result<u64, Unavailable>;

    /// Moves or adds an item to the end of a list. Items that were put there longer ago than the list keeps them are
    /// removed, and if the list is then too long, items at its beginning. Returns the items that were removed because
    /// the list was too long.
    async fn put_last(
        &self,
        list: &str,
        item: &str,
        most: NonZeroUsize,
        ttl: Duration,
    ) -> Result<Vec<String>, Unavailable>;

    /// Whether other replicas may use this state.
    fn is_shared(&self) -> bool;
}

/// A bucket does not hold enough tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the limit is reached for the next {wait:?}")]
pub struct Exhausted {
    /// The time until it holds enough tokens.
    pub wait: Duration,
}

/// The shared state cannot be reached.
#[derive(Debug, thiserror::Error)]
#[error("the shared state cannot be reached")]
pub struct Unavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Returns the state at an address. Nothing is connected yet, so that a replica starts while the store cannot be
/// reached.
pub fn open(address: Option<&SharedStateAddress>) -> Result<Arc<dyn SharedState>, UnusableAddress> {
    Ok(match address {
        Some(address) => Arc::new(Redis::open(address)?),
        None => Arc::new(Memory::default()),
    })
}
