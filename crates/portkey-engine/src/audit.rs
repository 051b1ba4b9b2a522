//! Who called what, when, and how it ended: one entry a call, each chained to the one before it, so that a change of
//! what was written shows.

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

/// A place that keeps entries, in order and for good. Others may append to it at the same time.
#[async_trait]
pub trait AuditLog: fmt::Debug + Send + 'static {
    /// Makes sure that entries could be appended now.
    async fn check(&mut self) -> Result<(), Unwritable>;

    /// Where it is, for whoever mends it.
    fn place(&self) -> String;

    /// Appends entries to the chain, all or none.
    async fn append(&mut self, entries: &[AuditEntry]) -> Result<(), Unwritable>;
}

/// The audit log takes no entries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the audit log, {place}, cannot be written: {reason}")]
pub struct Unwritable {
    /// Where it is.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// Writes every call down. Clones share everything; when the last is gone, all is written.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    writer: Option<Arc<Writer>>,
    is_off: bool,
}

impl Audit {
    /// To this place; `journal` is the database of the journal, where that is in one. Touches nothing yet.
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

    /// Makes sure that what is about to happen can be written down.
    pub async fn ready(&self) -> Result<(), Unwritable> {
        match &self.writer {
            Some(writer) => writer.check().await,
            None => Ok(()),
        }
    }

    /// Writes an entry, and waits for a while until it is kept. What has happened is not undone by a log that is full,
    /// so that is told to the operator alone; the entry waits until the log takes it.
    pub async fn write(&self, entry: AuditEntry) {
        self.log(&entry);
        if let Some(writer) = &self.writer {
            _ = writer.append(entry).await;
        }
    }

    /// Writes an entry for a call that nobody waits for any more.
    pub(crate) fn write_later(&self, entry: AuditEntry) {
        self.log(&entry);
        if let Some(writer) = &self.writer {
            writer.append_later(entry);
        }
    }

    /// The same for whoever collects logs.
    fn log(&self, entry: &AuditEntry) {
        if !self.is_off {
            entry.log();
        }
    }
}
