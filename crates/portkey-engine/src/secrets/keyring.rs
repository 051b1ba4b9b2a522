//! The operating system's keyring as the sink for new secrets: Keychain, Credential Manager, or the Secret Service on
//! D-Bus. All functions block, so they are called on threads for blocking work.

use std::fmt;

use async_trait::async_trait;
use keyring::Entry;
use portkey_api_core::last_four;
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

/// Stores a test secret and deletes it, because a keyring that can be reached may still be locked.
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
