//! A file of `SQLite` that belongs to a user, or the like in memory: opened when it is first needed, and again when it
//! was removed.

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

/// Marks our files among all `SQLite` files ("pkjr").
const APPLICATION: i64 = 0x706b_6a72;
/// Longer than this nobody waits for another process, or for others of this one.
const PATIENCE: Duration = Duration::from_secs(5);

/// Such a file. Clones share it.
#[derive(Clone)]
pub(crate) struct SqliteFile {
    path: Option<PathBuf>,
    /// What makes its tables where they are missing.
    schema: &'static str,
    opened: Arc<Mutex<Option<Opened>>>,
}

struct Opened {
    connection: Connection,
    /// Which file it is; nothing in memory.
    identity: Option<Identity>,
}

impl SqliteFile {
    /// A file that only its owner can read.
    pub(crate) fn at(path: PathBuf, schema: &'static str) -> Self {
        Self {
            path: Some(path),
            schema,
            opened: Arc::default(),
        }
    }

    /// For as long as this process lives.
    pub(crate) fn in_memory(schema: &'static str) -> Self {
        Self {
            path: None,
            schema,
            opened: Arc::default(),
        }
    }

    /// Works with the database, away from the threads that others wait on and one at a time, so that no more than one
    /// thread waits for another process.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Failed> {
        let turn = timeout(PATIENCE, Arc::clone(&self.opened).lock_owned()).await;
        let mut opened = turn.map_err(|_| "too many wait for it")?;
        let file = self.clone();
        tokio::task::spawn_blocking(move || work(file.open(&mut opened)?)).await?
    }

    /// The connection to what is at the path now.
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

/// Which file is at a path. One that holds nothing is none.
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
    // All that is written is in the one file, so that nobody can remove half of it. A file that another process holds
    // open in the mode of earlier versions stays in it.
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
