//! The clock of a sandbox, which can be put forward.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use super::queries::Queries as _;

/// The current time of the sandbox.
pub(crate) fn now(db: &Connection) -> rusqlite::Result<Timestamp> {
    let sql = "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'milliseconds_ahead'";
    let ahead = db.first(sql, [], |row| row.get(0))?.unwrap_or_default();
    let now = Timestamp::now();
    Ok(now
        .checked_add(SignedDuration::from_millis(ahead))
        .unwrap_or(now))
}

/// Puts the clock forward.
pub(crate) fn put_clock_forward(db: &Connection, milliseconds: i64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO meta (name, value) VALUES ('milliseconds_ahead', ?1)
        ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + CAST(?1 AS INTEGER)";
    db.run(sql, [milliseconds.to_string()])?;
    Ok(())
}
