//! A partial: its row, how the path of a call names it, and how answers show it.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    store::{Queries as _, TableRow as _, row},
    wire::{Call, Refusal},
};

row! {
    /// A row of `partials`.
    #[derive(Debug, Clone)]
    pub(crate) struct Partial in "partials" {
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
}

pub(super) fn in_path(call: &Call, db: &Connection) -> Result<Partial, Refusal> {
    let sql = "SELECT * FROM partials WHERE id = ?1 OR slug = ?1";
    let found = db.first(sql, [call.path("prompt_partial_id")], Partial::read)?;
    let partial = found.ok_or_else(|| Refusal::not_found("prompt partial"))?;
    call.principal
        .permit_workspace(Some(&partial.workspace_id), "prompt partial")?;
    Ok(partial)
}

impl Partial {
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
