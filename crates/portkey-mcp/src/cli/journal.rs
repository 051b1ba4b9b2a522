//! The journal that the settings name, for the commands that make changes.

use std::{path::PathBuf, sync::Arc};

use portkey_engine::causes::with_causes;
use portkey_engine::journal::{self, Address, Journal, UnusableJournal};

use super::{CommandFailure, note};
use crate::config::Configuration;

pub(super) use journal::Default;

/// The journal that the settings name, or the default one.
pub(super) fn open(
    configuration: &Configuration,
    default: Default,
) -> Result<Option<Arc<dyn Journal>>, UnusableJournal> {
    let default = usual(configuration, default);
    let keep = configuration.settings.journal.journal_keep;
    journal::open(address(configuration).as_ref(), default, keep)
}

/// The file of the journal, beside which quotas are counted; `None` if it is in no file.
pub(super) fn file(configuration: &Configuration, default: Default) -> Option<PathBuf> {
    journal::file(
        address(configuration).as_ref(),
        usual(configuration, default),
    )
}

/// The configured place. The journal of a sandbox in a file is another file beside it.
fn address(configuration: &Configuration) -> Option<Address> {
    let settings = &configuration.settings;
    settings.journal.journal.clone().or_else(|| {
        let mut beside = settings.sandbox.file()?.as_os_str().to_owned();
        beside.push(".journal");
        Some(Address::Sqlite(beside.into()))
    })
}

/// The default of a command, which on the sandbox is memory.
fn usual(configuration: &Configuration, default: Default) -> Default {
    if configuration.settings.sandbox.is_on() {
        Default::Memory
    } else {
        default
    }
}

/// Opens the journal and makes sure that it can be written.
pub(super) async fn checked(
    configuration: &Configuration,
    default: Default,
) -> Result<Option<Arc<dyn Journal>>, CommandFailure> {
    let journal = open(configuration, default)?;
    check(configuration, default, journal.as_ref()).await?;
    Ok(journal)
}

/// Checks at the start that a configured journal can be written. A file must be writable; a database may be unreachable
/// for now, and until it can be written nothing is changed. Without a journal, a note says that changes cannot be
/// undone.
async fn check(
    configuration: &Configuration,
    default: Default,
    journal: Option<&Arc<dyn Journal>>,
) -> Result<(), CommandFailure> {
    match (address(configuration), journal) {
        (None, None) if default == Default::Off => note(
            "no journal, since replicas have no file in common: changes cannot be undone (--journal postgres://…)",
        ),
        (None, None) => note(
            "no journal, since there is no data directory that can be written: changes cannot be undone (--journal \
             sqlite:PATH, or postgres://… for replicas)",
        ),
        (Some(Address::Sqlite(_)), Some(journal)) => journal.check().await?,
        (Some(_), Some(journal)) => {
            if let Err(failure) = journal.check().await {
                note(format_args!(
                    "{}; until it can be, nothing is changed",
                    with_causes(&failure)
                ));
            }
        }
        _ => {}
    }
    Ok(())
}
