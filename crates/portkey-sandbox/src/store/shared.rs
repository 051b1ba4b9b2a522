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
    /// Hands over the database, filled. Requests that came before have waited for it.
    pub(crate) fn open(&self, connection: Result<Connection, Refusal>) {
        // A second hand-over finds the place taken, and there is none.
        _ = self.connection.set(connection.map(Mutex::new));
    }

    /// The database, alone. Blocks while it is being filled or used, so never call it on an async thread.
    pub(crate) fn lock(&self) -> Result<MutexGuard<'_, Connection>, Refusal> {
        match self.connection.wait() {
            // A handler that panicked left no transaction behind: unwinding rolled it back.
            Ok(connection) => Ok(lock(connection)),
            Err(refusal) => Err(refusal.clone()),
        }
    }

    /// Changes everything that this changes, or nothing.
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
