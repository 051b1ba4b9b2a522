//! Labels of versions. A label is on one version of a prompt at most; a version may have several labels.

use rusqlite::{Connection, params};

use super::{reference, version};
use crate::{
    domains::prompt_labels,
    store::Queries as _,
    wire::{Answer, Call, Change, Refusal},
};

/// Moves a label to a version; null removes all labels from the version.
pub(super) fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let prompt = reference::prompt(call, db)?;
    let found = version::identified(db, &prompt.id, call.path("version_id"))?;
    let version = found.ok_or_else(|| Refusal::not_found("prompt version"))?;
    let body = call.body()?;
    match body.change::<String>("label_id")? {
        Change::Keep => return Err(body.refuse("label_id", "is required, though it may be null")),
        Change::Clear => {
            let sql = "DELETE FROM prompt_version_labels WHERE version_id = ?";
            db.run(sql, [version.id])?;
        }
        Change::Set(id) => {
            let label = prompt_labels::named(db, &prompt.workspace_id, body, "label_id", &id)?;
            put_on(db, &label, &prompt.id, &version.id)?;
        }
    }
    Ok(Answer::empty())
}

pub(crate) fn put_on(
    db: &Connection,
    label: &str,
    prompt: &str,
    version: &str,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO prompt_version_labels (prompt_id, label_id, version_id) VALUES (?, ?, ?)";
    db.run(sql, params![prompt, label, version])?;
    Ok(())
}
