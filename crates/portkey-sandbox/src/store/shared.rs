//! The database that all requests share.

use std::sync::{Mutex, MutexGuard, OnceLock};

use rusqlite::Connection;

use super::lock::lock;
use crate::wire::Refusal;

/// The database, shared by all requests.
#[derive(Debug, Default)]
pub(crate) struct Store {
    connection: OnceLock<Result<Mutex<Connection>, Refusal>>,
}

impl Store {
    /// Hands over the filled database, for which requests may be waiting.
    pub(crate) fn open(&self, connection: Result<Connection, Refusal>) {
        // This is called once, so the cell is empty.
        _ = self.connection.set(connection.map(Mutex::new));
    }

    /// Locks the database. Blocks while it is being filled or used, so it must not be called on an async thread.
    pub(crate) fn lock(&self) -> Result<MutexGuard<'_, Connection>, Refusal> {
        match self.connection.wait() {
            // A handler that panicked left no transaction behind: unwinding rolled it back.
            Ok(connection) => Ok(lock(connection)),
            Err(refusal) => Err(refusal.clone()),
        }
    }

    /// Runs `work` in a transaction, which an error rolls back.
    pub(crate) fn change<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut connection = self.lock()?;
        let transaction = connection.transaction()?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}
