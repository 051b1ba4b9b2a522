//! The operating system's store of secrets: Keychain, Credential Manager, or whatever answers for the Secret Service
//! on D-Bus. Everything here waits for it, and so is called on threads that may.

use keyring::Entry;

use super::{NewSecret, SinkFailure};

/// Under which name the store lists what comes from here.
pub(super) const SERVICE: &str = "portkey-mcp";

/// Writes something and takes it back: a store may be there, and locked.
pub(super) fn prepare() -> Result<(), SinkFailure> {
    if let Err(source) = Entry::store_status() {
        return Err(SinkFailure::NoKeyring { source });
    }
    let name = format!("probe/{}", uuid::Uuid::new_v4());
    let probe = Entry::new(SERVICE, &name)?;
    probe.set_password("probe")?;
    probe.delete_credential()?;
    Ok(())
}

/// Keeps a secret and says under which account. One of the same origin gives way: it is no longer valid.
pub(super) fn keep(new: &NewSecret) -> Result<String, SinkFailure> {
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
