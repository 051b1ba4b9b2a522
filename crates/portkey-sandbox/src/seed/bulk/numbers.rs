//! Counting rows, and choosing names by number.

use rusqlite::Connection;

use crate::{identity::seeded_id, store::Queries as _};

/// The number of rows in a table.
pub(super) fn count(db: &Connection, table: &str) -> rusqlite::Result<u32> {
    let sql = format!("SELECT count(*) FROM {table}");
    let count = db.first(&sql, [], |row| row.get(0))?;
    Ok(count.unwrap_or_default())
}

/// The entry with this number, modulo the number of entries.
pub(super) fn nth<T: Copy + Default>(entries: &[T], number: u32) -> T {
    let place = (number as usize).checked_rem(entries.len());
    let entry = place.and_then(|place| entries.get(place));
    entry.copied().unwrap_or_default()
}

/// Six hexadecimal digits that make the slug of a name unique.
pub(super) fn digits(name: &str) -> String {
    seeded_id(name).chars().take(6).collect()
}
