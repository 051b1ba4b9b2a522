//! Where the operator wants the audit log, and how settings spell that.

use std::{io, path::PathBuf, str::FromStr};

use crate::{database::UnusableDatabase, private_file};

/// Where the operator wants the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Nowhere.
    Off,
    /// The program's own logs, under the target `portkey_mcp::audit`.
    Log,
    /// This file, and the program's own logs.
    File(PathBuf),
    /// The database of the journal, which replicas share, and the program's own logs.
    Journal,
}

/// The text is no destination of an audit log.
#[derive(Debug, thiserror::Error)]
#[error("expected `off`, `log`, `file:PATH` or `journal`")]
pub struct UnknownDestination;

/// The audit log cannot be set up as the settings say.
#[derive(Debug, thiserror::Error)]
pub enum AuditFailure {
    /// The system does not start another thread.
    #[error("the audit log gets no thread of its own; raise the limit of processes")]
    NoThread(#[source] io::Error),
    /// The settings put the audit log into the journal's database, but the journal is in none.
    #[error("the audit log is to be in the database of the journal, and the journal is in none")]
    NoDatabase,
    /// The address of the journal's database cannot be used.
    #[error("the database of the journal")]
    Database(#[from] UnusableDatabase),
}

impl Destination {
    /// Returns the default for a process of one user: `audit.jsonl` in the user's data directory, or the program's own
    /// logs if that directory cannot be written.
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
