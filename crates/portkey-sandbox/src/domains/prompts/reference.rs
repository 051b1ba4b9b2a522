//! How a call names a prompt and one of its versions.

use rusqlite::Connection;

use super::{
    record::Prompt,
    version::{self, PromptVersion},
};
use crate::{
    store::{Queries as _, TableRow as _},
    wire::{Call, Refusal},
};

/// The prompt that the path names by UUID or slug.
pub(super) fn prompt(call: &Call, db: &Connection) -> Result<Prompt, Refusal> {
    named(call, db, call.path("prompt_id"))
}

/// The prompt and version that the path names: `id@12`, `id@latest`, `id@label`, or `id` for the published one.
pub(super) fn prompt_and_version(
    call: &Call,
    db: &Connection,
) -> Result<(Prompt, PromptVersion), Refusal> {
    let reference = call.path("prompt_id");
    let (name, wanted) = match reference.split_once('@') {
        Some((name, wanted)) => (name, Some(wanted)),
        None => (reference, None),
    };
    let prompt = named(call, db, name)?;
    let version = version_of(db, &prompt, wanted)?;
    Ok((prompt, version))
}

/// The version of a prompt with this number or label, the newest for `latest`, and the published one for `None`.
pub(super) fn version_of(
    db: &Connection,
    prompt: &Prompt,
    wanted: Option<&str>,
) -> Result<PromptVersion, Refusal> {
    let found = match wanted {
        None | Some("default") => version::numbered(db, &prompt.id, prompt.published)?,
        Some("latest") => version::latest(db, &prompt.id)?,
        Some(wanted) => match wanted.parse() {
            Ok(number) => version::numbered(db, &prompt.id, number)?,
            Err(_) => version::labelled(db, &prompt.id, wanted)?,
        },
    };
    found.ok_or_else(|| Refusal::not_found("prompt version"))
}

fn named(call: &Call, db: &Connection, name: &str) -> Result<Prompt, Refusal> {
    let sql = "SELECT * FROM prompts WHERE id = ?1 OR slug = ?1";
    let found = db.first(sql, [name], Prompt::read)?;
    let prompt = found.ok_or_else(|| Refusal::not_found("prompt"))?;
    call.principal
        .permit_workspace(Some(&prompt.workspace_id), "prompt")?;
    Ok(prompt)
}
