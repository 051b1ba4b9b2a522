//! Versions of partials: immutable, counted from 1.

use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use super::record::Partial;
use crate::{identity, store::Queries as _};

/// A row of `partial_versions`.
#[derive(Debug, Clone)]
pub(crate) struct PartialVersion {
    pub(crate) id: String,
    pub(crate) number: u32,
    pub(crate) string: String,
    pub(crate) description: String,
    pub(crate) created_at: String,
}

/// Saves a text as the next version of a partial.
pub(super) fn add(
    db: &Connection,
    partial: &str,
    string: String,
    description: String,
    at: &str,
) -> rusqlite::Result<PartialVersion> {
    let newest = all(db, partial)?.into_iter().next();
    let version = PartialVersion {
        id: identity::new_id(),
        number: newest.map_or(1, |newest| newest.number + 1),
        string,
        description,
        created_at: at.to_owned(),
    };
    insert(db, partial, &version)?;
    Ok(version)
}

pub(crate) fn insert(
    db: &Connection,
    partial: &str,
    version: &PartialVersion,
) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO partial_versions (id, partial_id, number, string, description, created_at)
        VALUES (?, ?, ?, ?, ?, ?)";
    db.run(
        sql,
        params![
            version.id,
            partial,
            version.number,
            version.string,
            version.description,
            version.created_at,
        ],
    )?;
    Ok(())
}

/// Every version, newest first.
pub(super) fn all(db: &Connection, partial: &str) -> rusqlite::Result<Vec<PartialVersion>> {
    let sql = "SELECT * FROM partial_versions WHERE partial_id = ? ORDER BY number DESC";
    db.all(sql, [partial], PartialVersion::read)
}

/// The version with this number, the newest for `latest`, and the published one for `None`. Partials have no labels.
pub(super) fn of(
    db: &Connection,
    partial: &Partial,
    wanted: Option<&str>,
) -> rusqlite::Result<Option<PartialVersion>> {
    let mut versions = all(db, &partial.id)?.into_iter();
    let wanted = match wanted {
        Some("latest") => return Ok(versions.next()),
        Some(number) => number.parse().ok(),
        None => Some(partial.published),
    };
    Ok(versions.find(|version| Some(version.number) == wanted))
}

impl PartialVersion {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            number: row.get("number")?,
            string: row.get("string")?,
            description: row.get("description")?,
            created_at: row.get("created_at")?,
        })
    }

    /// An entry of the list of versions.
    pub(super) fn listed(&self, partial: &Partial) -> Value {
        json!({
            "prompt_partial_id": partial.id,
            "prompt_partial_version_id": self.id,
            "slug": partial.slug,
            "version": self.number,
            "string": self.string,
            "description": self.description,
            "created_at": self.created_at,
            "prompt_version_status": "active",
            "object": "partial",
        })
    }

    /// The members that an answer about a partial has for one version.
    pub(super) fn flat(&self) -> Value {
        json!({
            "string": self.string,
            "version": self.number,
            "version_description": self.description,
            "prompt_partial_version_id": self.id,
        })
    }
}
