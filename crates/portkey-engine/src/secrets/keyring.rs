//! The operating system's keyring: Keychain, Credential Manager, or the Secret Service on D-Bus. It is a sink for new
//! secrets, and keeps the API keys of users. All functions block, so they are called on threads for blocking work.

use std::{fmt, thread};

use async_trait::async_trait;
use keyring::Entry;
use portkey_api_core::last_four;
use portkey_client::SecretString;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::{NewSecret, SecretSink, SinkFailure};

/// The service name under which the keyring lists the secrets.
const SERVICE: &str = "portkey-mcp";

/// The operating system's keyring.
#[derive(Debug)]
pub(super) struct Keyring;

#[async_trait]
impl SecretSink for Keyring {
    async fn prepare(&self) -> Result<(), SinkFailure> {
        spawn_blocking(prepare).await?
    }

    async fn keep(&self, new: NewSecret) -> Result<Value, SinkFailure> {
        let shown = last_four(&new.secret);
        let account = spawn_blocking(move || keep(&new)).await??;
        Ok(format!(
            "{shown} (in full in the system's keyring: service {SERVICE}, account {account})"
        )
        .into())
    }
}

impl fmt::Display for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("in the system's keyring")
    }
}

/// An API key of the user in the operating system's keyring, by the name that the user gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptKey {
    account: String,
}

impl KeptKey {
    /// Returns the key of this name. Nothing is read yet.
    pub fn named(name: &str) -> Self {
        Self {
            account: format!("api-key/{name}"),
        }
    }

    /// Reads the key. `None` if there is none of this name.
    pub fn read(&self) -> Result<Option<SecretString>, SinkFailure> {
        self.with(|entry| match entry.get_password() {
            Ok(key) => Ok(Some(key.into())),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// Stores a key, and replaces one of the same name.
    pub fn store(&self, key: &SecretString) -> Result<(), SinkFailure> {
        self.with(|entry| entry.set_password(key.expose_secret()))
    }

    /// Deletes the key. Returns whether there was one.
    pub fn delete(&self) -> Result<bool, SinkFailure> {
        self.with(|entry| match entry.delete_credential() {
            Ok(()) => Ok(true),
            Err(keyring::Error::NoEntry) => Ok(false),
            Err(error) => Err(error),
        })
    }

    /// Works on the entry in a thread of its own, since the keyring is asked over D-Bus by a runtime of its own.
    fn with<T: Send>(
        &self,
        work: impl FnOnce(&Entry) -> keyring::Result<T> + Send,
    ) -> Result<T, SinkFailure> {
        let working = || {
            reachable()?;
            Ok(work(&Entry::new(SERVICE, &self.account)?)?)
        };
        let ended = thread::scope(|scope| scope.spawn(working).join());
        ended.unwrap_or(Err(SinkFailure::KeyringBroke))
    }
}

/// Names the service and the account under which the keyring lists the key.
impl fmt::Display for KeptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "service {SERVICE}, account {}", self.account)
    }
}

fn reachable() -> Result<(), SinkFailure> {
    match Entry::store_status() {
        Ok(()) => Ok(()),
        Err(source) => Err(SinkFailure::NoKeyring { source }),
    }
}

/// Stores a test secret and deletes it, because a keyring that can be reached may still be locked.
fn prepare() -> Result<(), SinkFailure> {
    reachable()?;
    let name = format!("probe/{}", uuid::Uuid::new_v4());
    let probe = Entry::new(SERVICE, &name)?;
    probe.set_password("probe")?;
    probe.delete_credential()?;
    Ok(())
}

/// Stores a secret and returns the name of its account. An older secret of the same account is replaced, because it is
/// no longer valid.
fn keep(new: &NewSecret) -> Result<String, SinkFailure> {
    let account = account(new);
    Entry::new(SERVICE, &account)?.set_password(&new.secret)?;
    Ok(account)
}

fn account(new: &NewSecret) -> String {
    let time;
    let whose = if let Some(id) = &new.id {
        id
    } else {
        time = jiff::Timestamp::now().to_string();
        &time
    };
    format!("{}/{whose}/{}", new.tool, new.field)
}
