//! The state that replicas share, in Redis or Valkey.

use std::{
    fmt, io,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use portkey_client::Rate;
use redis::{
    Client, Cmd, FromRedisValue, RedisError, Script, ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use super::SharedStateAddress;
use super::{Exhausted, Memory, SharedState, Unavailable};
use crate::causes::with_causes;

/// A shared state in Redis or Valkey.
pub struct Redis {
    connection: ConnectionManager,
    /// Limits calls while the server cannot be reached.
    alone: Memory,
    is_away: AtomicBool,
}

/// The settings name a shared state that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableAddress {
    /// The file that should contain the address cannot be read.
    #[error("{path} cannot be read")]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The text is no address. It is not shown, because it may contain a password.
    #[error(
        "this is no address of Redis or Valkey; write `redis://HOST:PORT`, `rediss://…` for TLS, or \
         `file:PATH`"
    )]
    Address(#[source] RedisError),
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").finish_non_exhaustive()
    }
}

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("redis/take.lua")));
static AGREE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("redis/agree.lua")));
static PUT_LAST: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("redis/put_last.lua")));
static COUNT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("redis/count.lua")));

/// The longest wait for the server.
const PATIENCE: Duration = Duration::from_secs(1);

impl Redis {
    /// Returns the state at this address. Nothing is connected yet.
    pub fn open(address: &SharedStateAddress) -> Result<Self, UnusableAddress> {
        let url = address
            .read()
            .map_err(|(path, source)| UnusableAddress::File { path, source })?;
        let client = Client::open(url).map_err(UnusableAddress::Address)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1)
            .set_max_delay(Duration::from_millis(100));
        let connection = ConnectionManager::new_lazy_with_config(client, config)
            .map_err(UnusableAddress::Address)?;
        Ok(Self {
            connection,
            alone: Memory::default(),
            is_away: AtomicBool::new(false),
        })
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Unavailable> {
        let answer = command.query_async(&mut self.connection.clone()).await;
        self.noted(answer)
    }

    async fn run<T: FromRedisValue>(
        &self,
        invocation: &ScriptInvocation<'_>,
    ) -> Result<T, Unavailable> {
        let answer = invocation.invoke_async(&mut self.connection.clone()).await;
        self.noted(answer)
    }

    /// Logs when the server cannot be reached any more and when it can be reached again, but not the requests in
    /// between.
    fn noted<T>(&self, answer: Result<T, RedisError>) -> Result<T, Unavailable> {
        match answer {
            Ok(answer) => {
                if self.is_away.swap(false, Ordering::Relaxed) {
                    tracing::warn!("the shared state is back");
                }
                Ok(answer)
            }
            Err(error) => {
                if !self.is_away.swap(true, Ordering::Relaxed) {
                    tracing::warn!(error = %with_causes(&error), "the shared state is away: limits hold for each replica alone, sessions and confirmations wait");
                }
                Err(Unavailable(Box::new(error)))
            }
        }
    }
}

#[async_trait]
impl SharedState for Redis {
    async fn take_many(
        &self,
        bucket: &str,
        rate: Rate,
        count: NonZeroU32,
    ) -> Result<(), Exhausted> {
        let interval = u64::try_from(rate.interval().as_nanos()).unwrap_or(u64::MAX);
        let mut invocation = TAKE.key(named(bucket));
        invocation
            .arg(interval)
            .arg(rate.count().get())
            .arg(count.get());
        match self.run::<u64>(&invocation).await {
            Ok(0) => Ok(()),
            Ok(wait) => Err(Exhausted {
                wait: Duration::from_micros(wait),
            }),
            Err(Unavailable(_)) => self.alone.take_now(bucket, rate, count),
        }
    }

    async fn keep(&self, key: &str, value: &str, ttl: Duration) -> Result<(), Unavailable> {
        let mut command = redis::cmd("SET");
        command
            .arg(named(key))
            .arg(value)
            .arg("PX")
            .arg(millis(ttl));
        self.ask(&command).await
    }

    async fn recall(&self, key: &str, ttl: Duration) -> Result<Option<String>, Unavailable> {
        let mut command = redis::cmd("GETEX");
        command.arg(named(key)).arg("PX").arg(millis(ttl));
        self.ask(&command).await
    }

    async fn agree(&self, key: &str, value: &str, ttl: Duration) -> Result<String, Unavailable> {
        let mut invocation = AGREE.key(named(key));
        self.run(invocation.arg(value).arg(millis(ttl))).await
    }

    async fn forget(&self, key: &str) -> Result<(), Unavailable> {
        let mut command = redis::cmd("DEL");
        command.arg(named(key));
        self.ask(&command).await
    }

    async fn claim(&self, token: &str, ttl: Duration) -> Result<bool, Unavailable> {
        let mut command = redis::cmd("SET");
        command
            .arg(named(token))
            .arg("")
            .arg("NX")
            .arg("PX")
            .arg(millis(ttl));
        let set: Option<String> = self.ask(&command).await?;
        Ok(set.is_some())
    }

    async fn count(&self, counter: &str, window: Duration) -> Result<u64, Unavailable> {
        let mut invocation = COUNT.key(named(counter));
        self.run(invocation.arg(millis(window))).await
    }

    async fn put_last(
        &self,
        list: &str,
        item: &str,
        most: NonZeroUsize,
        ttl: Duration,
    ) -> Result<Vec<String>, Unavailable> {
        let mut invocation = PUT_LAST.key(named(list));
        invocation.arg(item).arg(most.get()).arg(millis(ttl));
        self.run(&invocation).await
    }

    fn is_shared(&self) -> bool {
        true
    }
}

/// Returns the key with a prefix, because other programs may use the same server.
fn named(key: &str) -> String {
    format!("portkey-mcp:{key}")
}

/// Returns a duration in milliseconds, at least one, which is the shortest that Redis accepts.
fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
