//! A partial: its row, how the path of a call names it, and how answers show it.

use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use crate::{
    store::Queries as _,
    wire::{Call, Refusal},
};

/// A row of `partials`.
#[derive(Debug, Clone)]
pub(crate) struct Partial {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) workspace_id: String,
    pub(crate) collection_id: String,
    /// The number of the version that prompts include.
    pub(crate) published: u32,
    pub(crate) status: String,
    pub(crate) created_at: String,
    pub(crate) last_updated_at: String,
}

pub(super) fn in_path(call: &Call, db: &Connection) -> Result<Partial, Refusal> {
    let sql = "SELECT * FROM partials WHERE id = ?1 OR slug = ?1";
    let found = db.first(sql, [call.path("prompt_partial_id")], Partial::read)?;
    let partial = found.ok_or_else(|| Refusal::not_found("prompt partial"))?;
    call.principal
        .permit_workspace(Some(&partial.workspace_id), "prompt partial")?;
    Ok(partial)
}

pub(crate) fn insert(db: &Connection, partial: &Partial) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO partials (id, slug, name, workspace_id, collection_id, published, status, created_at,
        last_updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    db.run(
        sql,
        params![
            partial.id,
            partial.slug,
            partial.name,
            partial.workspace_id,
            partial.collection_id,
            partial.published,
            partial.status,
            partial.created_at,
            partial.last_updated_at,
        ],
    )?;
    Ok(())
}

pub(super) fn save(db: &Connection, partial: &Partial, at: &str) -> rusqlite::Result<()> {
    let sql =
        "UPDATE partials SET name = ?, published = ?, status = ?, last_updated_at = ? WHERE id = ?";
    db.run(
        sql,
        params![
            partial.name,
            partial.published,
            partial.status,
            at,
            partial.id
        ],
    )?;
    Ok(())
}

impl Partial {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            slug: row.get("slug")?,
            name: row.get("name")?,
            workspace_id: row.get("workspace_id")?,
            collection_id: row.get("collection_id")?,
            published: row.get("published")?,
            status: row.get("status")?,
            created_at: row.get("created_at")?,
            last_updated_at: row.get("last_updated_at")?,
        })
    }

    /// The partial as answers have it, without its workspace.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "slug": self.slug,
            "name": self.name,
            "collection_id": self.collection_id,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "status": self.status,
            "object": "partial",
        })
    }
}
