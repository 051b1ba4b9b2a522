//! What was changed and what it was before, so that it can be undone. Secrets are never kept.
//!
//! A process of one user keeps its journal in a file ([`Sqlite`]); replicas share one in `PostgreSQL` ([`Postgres`]).

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

/// A place that keeps changes.
#[async_trait]
pub trait Journal: fmt::Debug + Send + Sync + 'static {
    /// Keeps a change, in place of what was kept under its id.
    async fn put(&self, change: &Change) -> Result<(), JournalFailure>;

    /// Keeps a change that is about to be made. Says no where it undoes another change that something else has undone, or
    /// has begun to undo a short while ago: of all who ask at the same time, one is told yes.
    async fn begin(&self, change: &Change) -> Result<bool, JournalFailure>;

    /// The changes that are wanted, the latest first.
    async fn list(&self, wanted: &ChangeFilter) -> Result<Vec<JournalEntry>, JournalFailure>;

    /// Makes sure that changes can be kept.
    async fn check(&self) -> Result<(), JournalFailure>;
}

/// How long an undo whose end is not known may still be under way: longer than any call.
const UNDER_WAY: Duration = Duration::from_mins(10);

/// A change as the journal returns it.
#[derive(Debug, Clone)]
pub struct JournalEntry {
    /// The change.
    pub change: Change,
    /// The change that undid it.
    pub undone_by: Option<String>,
}

/// Which changes are asked for. What is `None` limits nothing.
#[derive(Debug, Clone)]
pub struct ChangeFilter {
    /// Changes of this organisation.
    pub organisation: String,
    /// The change of this id.
    pub id: Option<String>,
    /// Changes made for this principal.
    pub principal: Option<String>,
    /// Changes made by this tool.
    pub tool: Option<String>,
    /// Changes whose method and path contain this text.
    pub target: Option<String>,
    /// Changes made since then, in milliseconds since 1970.
    pub since: Option<i64>,
    /// The largest number of changes that is returned, the newest first.
    pub most: u32,
}

impl ChangeFilter {
    /// The change of this id, in this organisation.
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
    /// For what.
    pub used: Use,
    /// Why.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// What a journal is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To see at the start that it is there.
    Open,
    /// To write changes down.
    Write,
    /// To look changes up.
    Read,
}

/// As a participle: what cannot be done to the journal.
impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "opened",
            Self::Write => "written",
            Self::Read => "read",
        })
    }
}

/// The journal cannot be where the settings say.
#[derive(Debug, thiserror::Error)]
pub enum UnusableJournal {
    /// The database cannot be addressed.
    #[error(transparent)]
    Database(#[from] UnusableDatabase),
}

/// Where changes are written down if the operator does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// In a file of the user's, where they have a data directory that can be written.
    File,
    /// In memory, as long as the made-up data they were made to.
    Memory,
    /// Nowhere: replicas have no file that all of them see.
    Off,
}

/// The file that the journal is in, if it is in one.
pub fn file(address: Option<&Address>, default: Default) -> Option<PathBuf> {
    match (address, default) {
        (Some(Address::Sqlite(path)), _) => Some(path.clone()),
        (None, Default::File) => private_file::usable_in_data_directory("journal.sqlite"),
        _ => None,
    }
}

/// The journal at an address, which forgets what is older than `keep`. Nothing is opened yet, so that looking costs
/// nothing and a replica starts while its database is away.
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
