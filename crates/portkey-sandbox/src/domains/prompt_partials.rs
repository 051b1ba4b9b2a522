//! Prompt partials: pieces of template that prompts include, in immutable versions of which one is published.

mod record;
mod version;

use portkey_api::prompt_partials::{
    CreatePromptPartial, DeletePromptPartial, GetPromptPartial, ListPartialVersions,
    ListPromptPartials, PartialStatus, PublishPartial, UpdatePromptPartial,
};
use rusqlite::{Connection, named_params};
use serde_json::json;

use crate::{
    identity,
    routes::Routes,
    rules::{template, workspace_scope},
    store::{Queries as _, TableRow as _},
    wire::{self, Answer, Call, Fields, Refusal, merged},
};

pub(crate) use record::Partial;
use record::in_path;
pub(crate) use version::{PartialVersion, insert as insert_version};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListPromptPartials>(list)
        .on::<CreatePromptPartial>(create)
        .on::<GetPromptPartial>(get)
        .on::<UpdatePromptPartial>(update)
        .on::<DeletePromptPartial>(delete)
        .on::<ListPartialVersions>(versions)
        .on::<PublishPartial>(publish)
}

/// The text of `{{>reference}}` in a workspace's prompts. A reference is a slug or UUID, with `@3` or `@latest` if
/// wanted.
pub(crate) fn text(
    db: &Connection,
    workspace: &str,
    reference: &str,
) -> rusqlite::Result<Option<String>> {
    let (name, wanted) = match reference.split_once('@') {
        Some((name, wanted)) => (name, Some(wanted)),
        None => (reference, None),
    };
    let sql = "SELECT * FROM partials WHERE workspace_id = ?1 AND (slug = ?2 OR id = ?2)";
    let Some(partial) = db.first(sql, [workspace, name], Partial::read)? else {
        return Ok(None);
    };
    let version = version::of(db, &partial, wanted)?;
    Ok(version.map(|version| version.string))
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let sql = "SELECT partials.* FROM partials JOIN collections ON collections.id = collection_id
        WHERE (:workspace IS NULL OR partials.workspace_id = :workspace)
          AND (:collection IS NULL OR :collection IN (collections.id, collections.slug))
        ORDER BY partials.created_at DESC, partials.slug";
    let filter = named_params! {
        ":workspace": workspace_scope::requested(call, db)?,
        ":collection": call.query().optional_text("collection_id")?,
    };
    let entries = db.all(sql, filter, |row| Ok(Partial::read(row)?.to_json()))?;
    Ok(wire::list(entries.len(), entries))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let partial = in_path(call, db)?;
    let wanted = call.query().optional_text("version")?;
    let version = version_of(db, &partial, wanted.as_deref())?;
    Ok(merged(partial.to_json(), version.flat()).into())
}

fn versions(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let partial = in_path(call, db)?;
    let versions = version::all(db, &partial.id)?;
    let entries = versions.iter().map(|version| version.listed(&partial));
    Ok(wire::list(versions.len(), entries.collect()))
}

/// The first version is published. Calls name no collection, so the partial goes into the default one.
fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = body.text("name")?;
    let string = template_text(body)?.ok_or_else(|| body.refuse("string", "is required"))?;
    let workspace_id = workspace_scope::requested_or_default(call, db)?;
    let partial = Partial {
        id: identity::new_id(),
        slug: identity::new_slug("pl", &name),
        name,
        collection_id: default_collection(db, &workspace_id)?,
        workspace_id,
        published: 1,
        status: "active".to_owned(),
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    partial.insert(db)?;
    let version = version::add(
        db,
        &partial.id,
        string,
        description(body)?,
        &call.timestamp(),
    )?;
    Ok(json!({ "id": partial.id, "slug": partial.slug, "version_id": version.id }).into())
}

/// A new text makes a version, which is not published; without a new text the answer is `{}`.
fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut partial = in_path(call, db)?;
    let body = call.body()?;
    if let Some(name) = body.optional_text("name")? {
        partial.name = name;
    }
    if body.optional::<PartialStatus>("status")?.is_some() {
        partial.status = body.text("status")?;
    }
    partial.last_updated_at = call.timestamp();
    partial.update(db)?;
    let Some(string) = template_text(body)? else {
        return Ok(Answer::empty());
    };
    let version = version::add(
        db,
        &partial.id,
        string,
        description(body)?,
        &call.timestamp(),
    )?;
    Ok(json!({ "prompt_partial_version_id": version.id }).into())
}

/// Publishes a version, which every prompt that includes the partial uses from now on.
fn publish(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut partial = in_path(call, db)?;
    let number: u32 = call.body()?.required("version")?;
    partial.published = version_of(db, &partial, Some(&number.to_string()))?.number;
    partial.last_updated_at = call.timestamp();
    partial.update(db)?;
    Ok(Answer::empty())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let partial = in_path(call, db)?;
    db.run("DELETE FROM partials WHERE id = ?", [partial.id])?;
    Ok(Answer::empty())
}

fn version_of(
    db: &Connection,
    partial: &Partial,
    wanted: Option<&str>,
) -> Result<PartialVersion, Refusal> {
    let found = version::of(db, partial, wanted)?;
    found.ok_or_else(|| Refusal::not_found("prompt partial version"))
}

fn template_text(body: Fields<'_>) -> Result<Option<String>, Refusal> {
    let Some(string) = body.optional_text("string")? else {
        return Ok(None);
    };
    template::check(&string, true)
        .map_err(|problem| body.refuse("string", &format!("is no template: {problem}")))?;
    Ok(Some(string))
}

/// The description of a version. The API ignores the field `description` that its documents name.
fn description(body: Fields<'_>) -> Result<String, Refusal> {
    Ok(body.optional("version_description")?.unwrap_or_default())
}

fn default_collection(db: &Connection, workspace: &str) -> Result<String, Refusal> {
    let sql = "SELECT id FROM collections WHERE workspace_id = ? AND is_default";
    let found = db.first(sql, [workspace], |row| row.get(0))?;
    found.ok_or_else(|| Refusal::fault("The workspace has no default collection"))
}
