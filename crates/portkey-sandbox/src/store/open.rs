//! Opening the database of a sandbox, in a file or in memory, with its tables and its keys.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, TransactionBehavior, params};

use super::{keys::Keys, queries::Queries as _};
use crate::identity::new_secret;

const SCHEMA: &str = include_str!("schema.sql");
/// The line of the schema that sets the format of a file, up to its number.
const FORMAT: &str = "PRAGMA user_version = ";
/// Settings of every connection.
const SETTINGS: &str = "PRAGMA foreign_keys = ON;";
/// The application id that marks files of the sandbox among SQLite files ("pksb").
const APPLICATION: i64 = 0x706b_7362;

/// Settings of files. Up to 400 MB stay in memory: all of a large sandbox, whose filling and analytics would otherwise
/// read the same pages again and again.
const FOR_FILES: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -400000;";

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartFailure {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; port 0 takes a free one")]
    Address {
        /// Address and port.
        address: String,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file cannot be opened, or is not a sandbox.
    #[error("cannot keep a sandbox in {}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file was made by another version of the sandbox.
    #[error(
        "{} holds a sandbox of format {found}, this program reads format {}: use another file",
        path.display(),
        format()
    )]
    OtherVersion {
        /// Which file.
        path: PathBuf,
        /// The format of the file.
        found: i64,
    },
}

/// Opens a database in a file or in memory, and creates its tables. A file keeps its keys; a new database gets new
/// ones.
pub(crate) fn connect(
    data: Option<&Path>,
    admin_key: Option<String>,
) -> Result<(Connection, Keys), StartFailure> {
    let Some(path) = data else {
        return Connection::open_in_memory()
            .and_then(|connection| prepare(connection, admin_key))
            .map_err(|source| unusable(Path::new(":memory:"), source));
    };
    make_private(path).map_err(|source| unusable(path, source))?;
    let connection = Connection::open(path).map_err(|source| unusable(path, source))?;
    check(&connection, path)?;
    connection
        .execute_batch(FOR_FILES)
        .and_then(|()| prepare(connection, admin_key))
        .map_err(|source| unusable(path, source))
}

/// An empty database in memory, with these keys.
pub(crate) fn blank(keys: &Keys) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    let transaction = connection.transaction()?;
    create(&transaction)?;
    remember(&transaction, keys)?;
    transaction.commit()?;
    connection.execute_batch(SETTINGS)?;
    Ok(connection)
}

/// Refuses files that are not a sandbox, or of another version, before anything is written.
fn check(connection: &Connection, path: &Path) -> Result<(), StartFailure> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let facts = || {
        Ok((
            number("schema_version")?,
            number("application_id")?,
            number("user_version")?,
        ))
    };
    match facts().map_err(|source: rusqlite::Error| unusable(path, source))? {
        (0, ..) => Ok(()),
        (_, APPLICATION, found) if found == format() => Ok(()),
        (_, APPLICATION, found) => Err(StartFailure::OtherVersion {
            path: path.to_owned(),
            found,
        }),
        _ => Err(unusable(path, "it is a database of something else")),
    }
}

fn prepare(
    mut connection: Connection,
    admin_key: Option<String>,
) -> rusqlite::Result<(Connection, Keys)> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.execute_batch(SETTINGS)?;
    // Locks the database first, so that of two processes one creates the tables and the other finds them.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let tables: i64 = transaction.pragma_query_value(None, "schema_version", |row| row.get(0))?;
    if tables == 0 {
        create(&transaction)?;
    }
    let keys = keys(&transaction, admin_key)?;
    transaction.commit()?;
    Ok((connection, keys))
}

fn create(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(SCHEMA)?;
    db.pragma_update(None, "application_id", APPLICATION)
}

/// The format of the files that this program makes and reads.
fn format() -> i64 {
    let numbers = SCHEMA.lines().find_map(|line| line.strip_prefix(FORMAT));
    let number = numbers.and_then(|number| number.strip_suffix(';')?.parse().ok());
    number.unwrap_or_default()
}

/// The keys of the sandbox, which a file stores so that they stay valid.
fn keys(db: &Connection, admin_key: Option<String>) -> rusqlite::Result<Keys> {
    let remembered = |name: &str| {
        let sql = "SELECT value FROM meta WHERE name = ?";
        db.first(sql, [name], |row| row.get::<_, String>(0))
    };
    let (old_admin, workspace) = (remembered("admin_key")?, remembered("workspace_key")?);
    let keys = Keys {
        admin: admin_key
            .or_else(|| old_admin.clone())
            .unwrap_or_else(new_secret),
        workspace: workspace.unwrap_or_else(new_secret),
    };
    if let Some(old) = old_admin.filter(|old| *old != keys.admin) {
        let sql = "UPDATE api_key_secrets SET secret = ? WHERE secret = ?";
        db.run(sql, params![keys.admin, old])?;
    }
    remember(db, &keys)?;
    Ok(keys)
}

fn remember(db: &Connection, keys: &Keys) -> rusqlite::Result<()> {
    for (name, key) in [
        ("admin_key", &keys.admin),
        ("workspace_key", &keys.workspace),
    ] {
        let sql = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)";
        db.run(sql, params![name, key])?;
    }
    Ok(())
}

/// Makes the file readable by its owner only, because it holds keys.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

fn unusable(
    path: &Path,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> StartFailure {
    StartFailure::File {
        path: path.to_owned(),
        source: source.into(),
    }
}
