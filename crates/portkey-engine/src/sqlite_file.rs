//! An `SQLite` file that belongs to a user, or a database in memory. It is opened when it is first needed, and opened
//! again if the file was removed.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rusqlite::Connection;
use tokio::{sync::Mutex, time::timeout};

use crate::{
    database::Failed,
    private_file::{self, Identity},
};

/// The application id in the header of the file, which marks files of this program ("pkjr").
const APPLICATION: i64 = 0x706b_6a72;
/// The longest wait for another process or for another task of this process.
const PATIENCE: Duration = Duration::from_secs(5);

/// An `SQLite` database. Clones share it.
#[derive(Clone)]
pub(crate) struct SqliteFile {
    path: Option<PathBuf>,
    /// The statements that create the tables if they do not exist.
    schema: &'static str,
    opened: Arc<Mutex<Option<Opened>>>,
}

struct Opened {
    connection: Connection,
    /// The identity of the file. `None` in memory.
    identity: Option<Identity>,
}

impl SqliteFile {
    /// Returns a database in a file that only its owner can read.
    pub(crate) fn at(path: PathBuf, schema: &'static str) -> Self {
        Self {
            path: Some(path),
            schema,
            opened: Arc::default(),
        }
    }

    /// Returns a database that lives as long as this process.
    pub(crate) fn in_memory(schema: &'static str) -> Self {
        Self {
            path: None,
            schema,
            opened: Arc::default(),
        }
    }

    /// Runs work on a thread for blocking work. Work runs one at a time, so that no more than one thread waits for
    /// another process.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Failed> {
        let turn = timeout(PATIENCE, Arc::clone(&self.opened).lock_owned()).await;
        let mut opened = turn.map_err(|_| "too many wait for it")?;
        let file = self.clone();
        tokio::task::spawn_blocking(move || work(file.open(&mut opened)?)).await?
    }

    /// Returns a connection to the file that is at the path now.
    fn open<'a>(&self, opened: &'a mut Option<Opened>) -> Result<&'a mut Connection, Failed> {
        let is_gone = |opened: &mut Opened| match (&opened.identity, &self.path) {
            (Some(opened), Some(path)) => identity(path).as_ref() != Some(opened),
            _ => false,
        };
        if opened.take_if(is_gone).is_some() {
            tracing::warn!(
                "{self} was moved away, removed or emptied, and with it what was written there; it is opened anew"
            );
        }
        let now = match opened.take() {
            Some(opened) => opened,
            None => connect(self.path.as_deref(), self.schema)?,
        };
        Ok(&mut opened.insert(now).connection)
    }
}

/// Returns the identity of the file at a path, or `None` if it is empty or missing.
fn identity(path: &Path) -> Option<Identity> {
    let is_filled = fs::metadata(path).ok()?.len() > 0;
    is_filled.then(|| Identity::at(path).ok()).flatten()
}

fn connect(path: Option<&Path>, schema: &str) -> Result<Opened, Failed> {
    let opened = path.map(|path| Identity::of(&private_file::open(path)?, path));
    let opened = opened.transpose()?;
    let connection = match path {
        Some(path) => Connection::open(path)?,
        None => Connection::open_in_memory()?,
    };
    connection.busy_timeout(PATIENCE)?;
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let is_new = number("schema_version")? == 0;
    if !is_new && number("application_id")? != APPLICATION {
        return Err("it is a database of something else".into());
    }
    // Without a write-ahead log, everything is in one file, so that no part of it can be removed alone. If another
    // process has the file open in the mode of earlier versions, the mode stays.
    _ = connection.pragma_update(None, "journal_mode", "DELETE");
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.execute_batch(schema)?;
    if path.and_then(identity) != opened {
        return Err("it was replaced while it was opened".into());
    }
    Ok(Opened {
        connection,
        identity: opened,
    })
}

impl fmt::Display for SqliteFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{}", path.display()),
            None => f.write_str("in memory"),
        }
    }
}

impl fmt::Debug for SqliteFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqliteFile({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_database_of_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.sqlite");
        let other = Connection::open(&path).unwrap();
        other.execute_batch("CREATE TABLE theirs (id)").unwrap();
        let file = SqliteFile::at(path, "CREATE TABLE ours (id)");
        let failure = file.work(|_| Ok(())).await.unwrap_err();
        assert!(failure.to_string().contains("something else"), "{failure}");
    }
}
