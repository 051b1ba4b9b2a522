//! Prompts: a name in a collection, and immutable versions of which one is published.

mod defaults;
mod labelling;
mod model;
mod record;
mod reference;
mod run;
mod version;

use portkey_api::prompts::{
    CreatePrompt, DeletePrompt, GetPrompt, GetPromptVersion, ListPromptVersions, ListPrompts,
    PublishPrompt, RenderPrompt, RunPromptCompletion, UpdatePrompt, UpdatePromptVersion,
};
use rusqlite::{Connection, named_params};
use serde_json::json;

use crate::{
    domains::collections,
    identity,
    routes::Routes,
    rules::workspace_scope,
    store::{Plan, Queries as _, TableRow as _},
    wire::{self, Answer, Call, Fields, Page, Paging, Refusal},
};

pub(crate) use labelling::put_on as put_label_on;
pub(crate) use record::Prompt;
pub(crate) use version::{Draft, PromptVersion, insert as insert_version};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListPrompts>(list)
        .on::<CreatePrompt>(create)
        .on::<GetPrompt>(get)
        .on::<UpdatePrompt>(update)
        .on::<DeletePrompt>(delete)
        .on::<PublishPrompt>(publish)
        .on::<ListPromptVersions>(versions)
        .on::<GetPromptVersion>(get_version)
        .on::<UpdatePromptVersion>(labelling::update)
        .on::<RenderPrompt>(run::render)
        .on::<RunPromptCompletion>(run::complete)
}

/// All prompts are on one page, unless the call gives a size.
const PAGING: Paging = Paging {
    default_size: None,
    max_size: 1000,
    first: 0,
};

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, PAGING)?;
    let query = call.query();
    let sql = "SELECT prompt.*, version.model FROM prompts AS prompt
        JOIN prompt_versions AS version ON version.prompt_id = prompt.id AND version.number = prompt.published
        JOIN collections AS collection ON collection.id = prompt.collection_id
        WHERE (:workspace IS NULL OR prompt.workspace_id = :workspace)
          AND (:collection IS NULL OR :collection IN (collection.id, collection.slug))
          AND (:search IS NULL OR instr(lower(prompt.name), lower(:search)) > 0)
        ORDER BY prompt.created_at DESC, prompt.slug";
    let filter = named_params! {
        ":workspace": workspace_scope::requested(call, db)?,
        ":collection": query.optional_text("collection_id")?,
        ":search": query.optional_text("search")?,
    };
    let entries = db.all(sql, filter, |row| {
        let model: String = row.get("model")?;
        Ok(Prompt::read(row)?.to_json(&model))
    })?;
    Ok(page.cut(entries))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let prompt = reference::prompt(call, db)?;
    let wanted = call.query().optional_text("version")?;
    let version = reference::version_of(db, &prompt, wanted.as_deref())?;
    Ok(prompt.with(&version).into())
}

fn get_version(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let prompt = reference::prompt(call, db)?;
    let found = version::identified(db, &prompt.id, call.path("version_id"))?;
    let version = found.ok_or_else(|| Refusal::not_found("prompt version"))?;
    Ok(prompt.with(&version).into())
}

fn versions(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let prompt = reference::prompt(call, db)?;
    let versions = version::all(db, &prompt.id)?;
    let entries = versions.iter().map(|version| version.listed(&prompt.id));
    Ok(wire::list(versions.len(), entries.collect()))
}

/// The first version is published.
fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    Plan::permit_prompt(db)?;
    let body = call.body()?;
    let name = body.text("name")?;
    body.text("collection_id")?;
    require(body, &["string", "parameters", "virtual_key"])?;
    let workspace = home(call, db, body)?;
    let collection = collections::named(db, &workspace, body, "collection_id")?;
    let mut draft = Draft::default();
    draft.change(db, &workspace, body, "template_metadata")?;
    let prompt = Prompt {
        id: identity::new_id(),
        slug: identity::new_slug("pp", &name),
        name,
        workspace_id: workspace,
        collection_id: collection.map(|found| found.id).unwrap_or_default(),
        published: 1,
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    prompt.insert(db)?;
    let version = version::add(db, &prompt.id, draft, &call.timestamp())?;
    Ok(json!({
        "id": prompt.id,
        "slug": prompt.slug,
        "version_id": version.id,
        "object": "prompt",
    })
    .into())
}

/// The workspace of a new prompt. For organisation keys it follows from the collection.
fn home(call: &Call, db: &Connection, body: Fields<'_>) -> Result<String, Refusal> {
    if let Some(workspace) = workspace_scope::requested(call, db)? {
        return Ok(workspace);
    }
    let sql = "SELECT workspace_id FROM collections WHERE id = ?1 OR slug = ?1";
    let found = db.first(sql, [body.text("collection_id")?], |row| row.get(0))?;
    found.ok_or_else(|| body.refuse("collection_id", "names no collection"))
}

/// The fields of the template. A body with one of them makes a new version.
const TEMPLATE_FIELDS: [&str; 9] = [
    "string",
    "parameters",
    "model",
    "virtual_key",
    "is_raw_template",
    "functions",
    "tools",
    "tool_choice",
    "prompt_metadata",
];

/// A change to the template makes a version, which is not published; without one the answer is `{}`.
fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut prompt = reference::prompt(call, db)?;
    let body = call.body()?;
    if body.value("prompt_template").is_some() {
        return Err(body.refuse("prompt_template", "is not known; the template is `string`"));
    }
    if let Some(name) = body.optional_text("name")? {
        prompt.name = name;
    }
    if let Some(collection) = collections::named(db, &prompt.workspace_id, body, "collection_id")? {
        prompt.collection_id = collection.id;
    }
    prompt.last_updated_at = call.timestamp();
    prompt.update(db)?;
    if !TEMPLATE_FIELDS
        .iter()
        .any(|name| body.value(name).is_some())
    {
        return Ok(Answer::empty());
    }
    let latest = version::latest(db, &prompt.id)?.map(|version| version.draft);
    let latest = latest.unwrap_or_default();
    let mut draft = if body.flag("patch")? == Some(true) {
        latest
    } else {
        require(body, &["string", "parameters", "model", "virtual_key"])?;
        // The API's text requires this too, but the vendor's own SDK cannot send it.
        Draft {
            is_raw_template: latest.is_raw_template,
            ..Draft::default()
        }
    };
    draft.change(db, &prompt.workspace_id, body, "prompt_metadata")?;
    let version = version::add(db, &prompt.id, draft, &call.timestamp())?;
    Ok(json!({
        "id": prompt.id,
        "slug": prompt.slug,
        "prompt_version_id": version.id,
        "object": "prompt",
    })
    .into())
}

fn require(body: Fields<'_>, names: &[&str]) -> Result<(), Refusal> {
    let missing = names.iter().find(|name| body.value(name).is_none());
    missing.map_or(Ok(()), |name| Err(body.refuse(name, "is required")))
}

fn publish(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let prompt = reference::prompt(call, db)?;
    let number: u32 = call.body()?.required("version")?;
    let found = version::numbered(db, &prompt.id, number)?;
    let version = found.ok_or_else(|| Refusal::not_found("prompt version"))?;
    let published = Prompt {
        published: version.number,
        last_updated_at: call.timestamp(),
        ..prompt
    };
    published.update(db)?;
    Ok(Answer::empty())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let prompt = reference::prompt(call, db)?;
    db.run("DELETE FROM prompts WHERE id = ?", [prompt.id])?;
    Ok(Answer::empty())
}
