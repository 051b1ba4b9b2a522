//! What each change did and what the object was before it, so that the change can be undone. Secrets are never kept.
//!
//! A process of one user keeps its journal in a file ([`Sqlite`]); replicas share one in `PostgreSQL` (`Postgres`).

mod address;
mod change;
mod forgetting;
mod postgres;
mod sqlite;
pub mod undo;

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{database::UnusableDatabase, private_file};

pub use address::{Address, NoAddress};
pub use change::{Change, Ending, is_kept};
pub(crate) use postgres::Postgres;
pub use sqlite::Sqlite;

/// A store of changes.
#[async_trait]
pub trait Journal: fmt::Debug + Send + Sync + 'static {
    /// Stores a change and replaces the stored change with the same id.
    async fn put(&self, change: &Change) -> Result<(), JournalFailure>;

    /// Stores a change that is about to be made. Returns `false` instead if it undoes a change that was already undone,
    /// or whose undo began less than ten minutes ago and has no known outcome. Of several callers at the same time, one
    /// gets `true`.
    async fn begin(&self, change: &Change) -> Result<bool, JournalFailure>;

    /// Returns the changes that match the filter, the latest first.
    async fn list(&self, wanted: &ChangeFilter) -> Result<Vec<JournalEntry>, JournalFailure>;

    /// Checks that changes can be stored.
    async fn check(&self) -> Result<(), JournalFailure>;
}

/// How long an undo without a known outcome counts as under way. It is longer than any call may take.
const UNDER_WAY: Duration = Duration::from_mins(10);

/// A change as the journal returns it.
#[derive(Debug, Clone)]
pub struct JournalEntry {
    /// The change.
    pub change: Change,
    /// The id of the change that undid this one.
    pub undone_by: Option<String>,
}

/// A filter for changes. A member that is `None` filters nothing.
#[derive(Debug, Clone)]
pub struct ChangeFilter {
    /// The organisation that the changes were made in.
    pub organisation: String,
    /// The id of one change.
    pub id: Option<String>,
    /// The principal that the changes were made for.
    pub principal: Option<String>,
    /// The name of the tool that made the changes.
    pub tool: Option<String>,
    /// A text that the method and path of the changes contain.
    pub target: Option<String>,
    /// The earliest time of the changes, in milliseconds since 1970.
    pub since: Option<i64>,
    /// The largest number of changes that is returned, the newest first.
    pub most: u32,
}

impl ChangeFilter {
    /// A filter for the change with this id in this organisation.
    pub fn one(organisation: &str, id: &str) -> Self {
        Self {
            organisation: organisation.to_owned(),
            id: Some(id.to_owned()),
            principal: None,
            tool: None,
            target: None,
            since: None,
            most: 1,
        }
    }
}

/// The journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the journal {place} cannot be {used}")]
pub struct JournalFailure {
    /// Which journal, without its password.
    pub place: String,
    /// What the journal was used for when it failed.
    pub used: Use,
    /// The error of the database or the file system.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// What a journal is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Opening it when the program starts.
    Open,
    /// Storing changes.
    Write,
    /// Reading changes.
    Read,
}

/// Writes the past participle that completes "the journal cannot be …".
impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "opened",
            Self::Write => "written",
            Self::Read => "read",
        })
    }
}

/// The settings name a journal that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableJournal {
    /// The database cannot be addressed.
    #[error(transparent)]
    Database(#[from] UnusableDatabase),
}

/// Where changes are stored if the operator does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// A file in the user's data directory, if that directory can be written.
    File,
    /// Memory, because the sandbox that the changes were made to is lost when the process ends, too.
    Memory,
    /// Nowhere, because replicas have no file that all of them see.
    Off,
}

/// Returns the path of the journal's file, if the journal is a file.
pub fn file(address: Option<&Address>, default: Default) -> Option<PathBuf> {
    match (address, default) {
        (Some(Address::Sqlite(path)), _) => Some(path.clone()),
        (None, Default::File) => private_file::usable_in_data_directory("journal.sqlite"),
        _ => None,
    }
}

/// Returns the journal at an address. It deletes changes that are older than `keep`. Nothing is opened yet, so that
/// reading costs nothing and a replica starts while its database cannot be reached.
pub fn open(
    address: Option<&Address>,
    default: Default,
    keep: Duration,
) -> Result<Option<Arc<dyn Journal>>, UnusableJournal> {
    let journal: Arc<dyn Journal> = match (address, default) {
        (Some(Address::Off), _) | (None, Default::Off) => return Ok(None),
        (Some(Address::Postgres(url)), _) => Arc::new(Postgres::at(url, keep)?),
        (None, Default::Memory) => Arc::new(Sqlite::in_memory(keep)),
        (Some(Address::Sqlite(_)), _) | (None, Default::File) => {
            let Some(path) = file(address, default) else {
                return Ok(None);
            };
            Arc::new(Sqlite::at(path, keep))
        }
    };
    Ok(Some(journal))
}
