//! The operating system's store of secrets: Keychain, Credential Manager, or whatever answers for the Secret Service
//! on D-Bus. Everything here waits for it, and so is called on threads that may.

use std::fmt;

use async_trait::async_trait;
use keyring::Entry;
use portkey_api_core::last_four;
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::{NewSecret, SecretSink, SinkFailure};

/// The name under which the store lists what comes from here.
const SERVICE: &str = "portkey-mcp";

/// The operating system's store of secrets.
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

/// Writes something and takes it back: a store may be there, and locked.
fn prepare() -> Result<(), SinkFailure> {
    if let Err(source) = Entry::store_status() {
        return Err(SinkFailure::NoKeyring { source });
    }
    let name = format!("probe/{}", uuid::Uuid::new_v4());
    let probe = Entry::new(SERVICE, &name)?;
    probe.set_password("probe")?;
    probe.delete_credential()?;
    Ok(())
}

/// Keeps a secret and returns the name of its account. An older secret of the same account is replaced: it is no longer
/// valid.
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
