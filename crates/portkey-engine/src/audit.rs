//! The audit log: who called what and when, and how the call ended. Each call has one entry, chained to the one before
//! it, so that later changes of the log can be detected.

mod chain;
mod destination;
mod entry;
mod file;
mod postgres;
mod trail;
mod verify;
mod writer;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

pub use chain::Link;
pub use destination::{AuditFailure, Destination};
pub(crate) use entry::milliseconds;
pub use entry::{AuditEntry, Decision, Excerpt};
pub(crate) use file::FileLog;
pub use postgres::PostgresLog;
#[cfg(test)]
pub(crate) use trail::Noted;
pub use trail::Sent;
pub(crate) use trail::{Trail, path};
pub use verify::{Broken, Chain, Verification, verify};

use crate::database::DatabaseUrl;
use writer::Writer;

/// A store that keeps entries in order and never deletes them. Other processes may append to it at the same time.
#[async_trait]
pub trait AuditLog: fmt::Debug + Send + 'static {
    /// Checks that entries can be appended now.
    async fn check(&mut self) -> Result<(), Unwritable>;

    /// Returns the name of the store, for messages to the operator.
    fn place(&self) -> String;

    /// Appends entries to the chain, either all or none.
    async fn append(&mut self, entries: &[AuditEntry]) -> Result<(), Unwritable>;

    /// Makes sure that entries which are appended already outlast a failure of the machine. Called soon after the last
    /// one, for stores that do not see to it with each entry of a call that changed nothing.
    async fn sync(&mut self) -> Result<(), Unwritable> {
        Ok(())
    }
}

/// The audit log cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the audit log, {place}, cannot be written: {reason}")]
pub struct Unwritable {
    /// The name of the store.
    pub place: String,
    /// The error of the database or the file system.
    pub reason: String,
}

/// Writes every call to the audit log. Clones share the log; dropping the last one waits until all entries are written.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    writer: Option<Arc<Writer>>,
    is_off: bool,
}

impl Audit {
    /// Returns an audit log at this destination. `journal` is the address of the journal's database, if the journal is
    /// in one. Nothing is opened yet.
    pub fn at(
        destination: &Destination,
        journal: Option<&DatabaseUrl>,
    ) -> Result<Self, AuditFailure> {
        Ok(match destination {
            Destination::Off => Self {
                writer: None,
                is_off: true,
            },
            Destination::Log => Self::default(),
            Destination::File(path) => Self::through(FileLog::at(path.clone()))?,
            Destination::Journal => {
                let database = journal.ok_or(AuditFailure::NoDatabase)?;
                Self::through(PostgresLog::at(database)?)?
            }
        })
    }

    fn through(log: impl AuditLog) -> Result<Self, AuditFailure> {
        let writer = Writer::begin(Box::new(log)).map_err(AuditFailure::NoThread)?;
        Ok(Self {
            writer: Some(Arc::new(writer)),
            is_off: false,
        })
    }

    /// Checks that the entry of a call that is about to run can be written.
    pub async fn ready(&self) -> Result<(), Unwritable> {
        match &self.writer {
            Some(writer) => writer.check().await,
            None => Ok(()),
        }
    }

    /// Writes an entry and waits up to five seconds until it is stored. If the log cannot be written, the call has
    /// happened all the same: only the operator gets the error, and the entry waits until the log can be written.
    pub async fn write(&self, entry: AuditEntry) {
        self.log(&entry);
        if let Some(writer) = &self.writer {
            _ = writer.append(entry).await;
        }
    }

    /// Queues the entry of a call that nothing waits for.
    pub(crate) fn write_later(&self, entry: AuditEntry) {
        self.log(&entry);
        if let Some(writer) = &self.writer {
            writer.append_later(entry);
        }
    }

    /// Writes the entry to the program's own logs, too.
    fn log(&self, entry: &AuditEntry) {
        if !self.is_off {
            entry.log();
        }
    }
}
