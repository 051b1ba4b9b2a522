//! Prompt partials: pieces of template that prompts include, in immutable versions of which one is published.

mod version;

use portkey_api::prompt_partials::{
    CreatePromptPartial, DeletePromptPartial, GetPromptPartial, ListPartialVersions,
    ListPromptPartials, PartialStatus, PublishPartial, UpdatePromptPartial,
};
use rusqlite::{Connection, Row, named_params, params};
use serde_json::{Value, json};

use crate::{
    identity,
    routes::Routes,
    rules::{template, workspace_scope},
    store::Queries as _,
    wire::{self, Answer, Call, Fields, Refusal, joined},
};

pub(crate) use version::{Version, insert as insert_version};

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

/// A row of the table.
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

/// What `{{>reference}}` stands for in the prompts of a workspace: a slug or UUID, perhaps with `@3` or `@latest`.
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
    let Some(partial) = db.maybe(sql, [workspace, name], Partial::read)? else {
        return Ok(None);
    };
    let version = version::of(db, &partial, wanted)?;
    Ok(version.map(|version| version.string))
}

fn in_path(call: &Call, db: &Connection) -> Result<Partial, Refusal> {
    let sql = "SELECT * FROM partials WHERE id = ?1 OR slug = ?1";
    let found = db.maybe(sql, [call.path("prompt_partial_id")], Partial::read)?;
    let partial = found.ok_or_else(|| Refusal::not_found("prompt partial"))?;
    call.principal
        .permit_workspace(Some(&partial.workspace_id), "prompt partial")?;
    Ok(partial)
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let sql = "SELECT partials.* FROM partials JOIN collections ON collections.id = collection_id
        WHERE (:workspace IS NULL OR partials.workspace_id = :workspace)
          AND (:collection IS NULL OR :collection IN (collections.id, collections.slug))
        ORDER BY partials.created_at DESC, partials.slug";
    let filter = named_params! {
        ":workspace": workspace_scope::limit(call, db)?,
        ":collection": call.query().optional_text("collection_id")?,
    };
    let entries = db.all(sql, filter, |row| Ok(Partial::read(row)?.wire()))?;
    Ok(wire::list(entries.len(), entries))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let partial = in_path(call, db)?;
    let wanted = call.query().optional_text("version")?;
    let version = version_of(db, &partial, wanted.as_deref())?;
    Ok(joined(partial.wire(), version.flat()).into())
}

fn versions(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let partial = in_path(call, db)?;
    let versions = version::all(db, &partial.id)?;
    let entries = versions.iter().map(|version| version.listed(&partial));
    Ok(wire::list(versions.len(), entries.collect()))
}

/// The first version is the published one. No call says into which collection, so it is the default one.
fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = body.text("name")?;
    let string = template_text(body)?.ok_or_else(|| body.refuse("string", "is required"))?;
    let workspace_id = workspace_scope::home(call, db)?;
    let partial = Partial {
        id: identity::new_id(),
        slug: identity::new_slug("pl", &name),
        name,
        collection_id: default_collection(db, &workspace_id)?,
        workspace_id,
        published: 1,
        status: "active".to_owned(),
        created_at: call.at(),
        last_updated_at: call.at(),
    };
    insert(db, &partial)?;
    let version = version::add(db, &partial.id, string, description(body)?, &call.at())?;
    Ok(json!({ "id": partial.id, "slug": partial.slug, "version_id": version.id }).into())
}

/// A new text makes a version, which is not published; without one the answer is `{}`.
fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut partial = in_path(call, db)?;
    let body = call.body()?;
    if let Some(name) = body.optional_text("name")? {
        partial.name = name;
    }
    if body.optional::<PartialStatus>("status")?.is_some() {
        partial.status = body.text("status")?;
    }
    save(db, &partial, &call.at())?;
    let Some(string) = template_text(body)? else {
        return Ok(Answer::empty());
    };
    let version = version::add(db, &partial.id, string, description(body)?, &call.at())?;
    Ok(json!({ "prompt_partial_version_id": version.id }).into())
}

/// From now on every prompt that includes the partial has this version.
fn publish(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut partial = in_path(call, db)?;
    let number: u32 = call.body()?.required("version")?;
    partial.published = version_of(db, &partial, Some(&number.to_string()))?.number;
    save(db, &partial, &call.at())?;
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
) -> Result<Version, Refusal> {
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

/// The API ignores the `description` of its own documents.
fn description(body: Fields<'_>) -> Result<String, Refusal> {
    Ok(body.optional("version_description")?.unwrap_or_default())
}

fn default_collection(db: &Connection, workspace: &str) -> Result<String, Refusal> {
    let sql = "SELECT id FROM collections WHERE workspace_id = ? AND is_default";
    let found = db.maybe(sql, [workspace], |row| row.get(0))?;
    found.ok_or_else(|| Refusal::fault("The workspace has no default collection"))
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

fn save(db: &Connection, partial: &Partial, at: &str) -> rusqlite::Result<()> {
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
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
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

    /// No answer names the workspace.
    fn wire(&self) -> Value {
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
