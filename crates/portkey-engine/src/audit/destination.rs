//! Where the audit log is kept, and how that is spelled.

use std::{io, path::PathBuf, str::FromStr};

use crate::{database::UnusableDatabase, private_file};

/// Where the operator wants the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Nowhere.
    Off,
    /// Among the server's other logs, under the target `portkey_mcp::audit`.
    Log,
    /// In this file, and among the logs.
    File(PathBuf),
    /// In the database of the journal, which replicas share, and among the logs.
    Journal,
}

/// Text that names no place for the audit log.
#[derive(Debug, thiserror::Error)]
#[error("expected `off`, `log`, `file:PATH` or `journal`")]
pub struct UnknownDestination;

/// There can be no audit log as it is wanted.
#[derive(Debug, thiserror::Error)]
pub enum AuditFailure {
    /// The system gives no thread to write it.
    #[error("the audit log gets no thread of its own; raise the limit of processes")]
    NoThread(#[source] io::Error),
    /// It should be in the database of the journal, and the journal is in none.
    #[error("the audit log is to be in the database of the journal, and the journal is in none")]
    NoDatabase,
    /// The database of the journal cannot be addressed.
    #[error("the database of the journal")]
    Database(#[from] UnusableDatabase),
}

impl Destination {
    /// Where it goes on the machine of the one who uses the server: `audit.jsonl` in their data directory, or among the
    /// logs where no such directory can be written.
    pub fn of_a_user() -> Self {
        let path = private_file::usable_in_data_directory("audit.jsonl");
        path.map_or(Self::Log, Self::File)
    }
}

impl FromStr for Destination {
    type Err = UnknownDestination;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.strip_prefix("file:")) {
            ("off", _) => Ok(Self::Off),
            ("log", _) => Ok(Self::Log),
            ("journal", _) => Ok(Self::Journal),
            (_, Some(path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err(UnknownDestination),
        }
    }
}
