//! Collections: the folders of prompts. Each workspace has a default one; the others may be nested.

use portkey_api::collections::{
    CreateCollection, DeleteCollection, GetCollection, ListCollections, UpdateCollection,
};
use rusqlite::{Connection, named_params, params};
use serde_json::{Value, json};

use crate::{
    identity,
    routes::Routes,
    rules::workspace_scope,
    store::{Queries as _, TableRow as _, row},
    wire::{Answer, Call, Fields, Page, Paging, Refusal, merged},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListCollections>(list)
        .on::<CreateCollection>(create)
        .on::<GetCollection>(get)
        .on::<UpdateCollection>(update)
        .on::<DeleteCollection>(delete)
}

row! {
    /// A row of `collections`.
    #[derive(Debug, Clone)]
    pub(crate) struct Collection in "collections" {
        pub(crate) id: String,
        pub(crate) slug: String,
        pub(crate) name: String,
        pub(crate) workspace_id: String,
        pub(crate) parent_collection_id: Option<String>,
        pub(crate) is_default: bool,
        pub(crate) created_at: String,
        pub(crate) last_updated_at: String,
    }
}

/// The collection that a field names by UUID or slug, in a workspace.
pub(crate) fn named(
    db: &Connection,
    workspace: &str,
    fields: Fields<'_>,
    name: &str,
) -> Result<Option<Collection>, Refusal> {
    let Some(reference) = fields.optional_text(name)? else {
        return Ok(None);
    };
    let found = find(db, &reference)?.filter(|found| found.workspace_id == workspace);
    found
        .map(Some)
        .ok_or_else(|| fields.refuse(name, "names no collection of this workspace"))
}

/// Gives a new workspace its default collection.
pub(crate) fn add_default(db: &Connection, workspace: &str, at: &str) -> rusqlite::Result<()> {
    let id = identity::seeded_id(&format!("default collection of {workspace}"));
    let start: String = id.chars().take(6).collect();
    let collection = Collection {
        slug: format!("default-{start}"),
        id,
        name: "Default".to_owned(),
        workspace_id: workspace.to_owned(),
        parent_collection_id: None,
        is_default: true,
        created_at: at.to_owned(),
        last_updated_at: at.to_owned(),
    };
    collection.insert(db)
}

fn find(db: &Connection, reference: &str) -> rusqlite::Result<Option<Collection>> {
    let sql = "SELECT * FROM collections WHERE id = ?1 OR slug = ?1";
    db.first(sql, [reference], Collection::read)
}

fn in_path(call: &Call, db: &Connection) -> Result<Collection, Refusal> {
    let found = find(db, call.path("collection_id"))?;
    let collection = found.ok_or_else(|| Refusal::not_found("collection"))?;
    call.principal
        .permit_workspace(Some(&collection.workspace_id), "collection")?;
    Ok(collection)
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let sql = "SELECT * FROM collections
        WHERE (:workspace IS NULL OR workspace_id = :workspace)
          AND (:search IS NULL OR instr(lower(name), lower(:search)) > 0)
        ORDER BY created_at DESC, slug";
    let filter = named_params! {
        ":workspace": workspace_scope::requested(call, db)?,
        ":search": call.query().optional_text("search")?,
    };
    let collections = db.all(sql, filter, Collection::read)?;
    let entries = collections.iter().map(|collection| collection.listed(db));
    Ok(page.cut(entries.collect::<Result<_, _>>()?))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let collection = in_path(call, db)?;
    let sql =
        "SELECT * FROM collections WHERE parent_collection_id = ? ORDER BY created_at DESC, slug";
    let children = db.all(sql, [&collection.id], Collection::read)?;
    let children = children.iter().map(|child| {
        Ok(json!({
            "id": child.id,
            "name": child.name,
            "last_updated_at": child.last_updated_at,
            "collection_details": child.details(db)?,
        }))
    });
    let children = children.collect::<Result<Vec<_>, Refusal>>()?;
    Ok(merged(
        collection.to_json(),
        json!({ "child_collections": children }),
    )
    .into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = body.text("name")?;
    let workspace = workspace_scope::requested_or_default(call, db)?;
    let parent = named(db, &workspace, body, "parent_collection_id")?;
    let collection = Collection {
        id: identity::new_id(),
        slug: identity::new_slug("", &name),
        name,
        workspace_id: workspace,
        parent_collection_id: parent.map(|parent| parent.id),
        is_default: false,
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    collection.refuse_duplicate(db)?;
    collection.insert(db)?;
    Ok(json!({ "id": collection.id, "slug": collection.slug, "object": "collection" }).into())
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut collection = in_path(call, db)?;
    collection.name = call.body()?.text("name")?;
    collection.refuse_duplicate(db)?;
    let sql = "UPDATE collections SET name = ?, last_updated_at = ? WHERE id = ?";
    db.run(
        sql,
        params![collection.name, call.timestamp(), collection.id],
    )?;
    Ok(Answer::empty())
}

/// The vendor does not document what becomes of the content, so only an empty collection can be deleted.
fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let collection = in_path(call, db)?;
    if collection.is_default {
        return Err(Refusal::hidden("The default collection cannot be deleted"));
    }
    let held = [
        ("prompts", "SELECT 1 FROM prompts WHERE collection_id = ?"),
        (
            "collections",
            "SELECT 1 FROM collections WHERE parent_collection_id = ?",
        ),
    ];
    for (kind, sql) in held {
        if db.any(sql, [&collection.id])? {
            return Err(Refusal::conflict(format!(
                "The collection still holds {kind}. Move or delete them first"
            )));
        }
    }
    db.run("DELETE FROM collections WHERE id = ?", [collection.id])?;
    Ok(Answer::empty())
}

impl Collection {
    fn refuse_duplicate(&self, db: &Connection) -> Result<(), Refusal> {
        let sql = "SELECT 1 FROM collections WHERE workspace_id = ? AND name = ? AND id <> ?";
        if db.any(sql, [&self.workspace_id, &self.name, &self.id])? {
            return Err(Refusal::conflict(
                "A collection with this name already exists in the workspace",
            ));
        }
        Ok(())
    }

    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "workspace_id": self.workspace_id,
            "slug": self.slug,
            "parent_collection_id": self.parent_collection_id,
            "is_default": u8::from(self.is_default),
            "status": "active",
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "object": "collection",
        })
    }

    fn listed(&self, db: &Connection) -> Result<Value, Refusal> {
        let details = json!({ "collection_details": self.details(db)? });
        Ok(merged(self.to_json(), details))
    }

    /// How many collections and prompts are directly inside.
    fn details(&self, db: &Connection) -> Result<Value, Refusal> {
        let sql = "SELECT child.count, child.last, prompt.count, prompt.last FROM
            (SELECT count(*) AS count, max(last_updated_at) AS last FROM collections
                WHERE parent_collection_id = ?1) AS child,
            (SELECT count(*) AS count, max(last_updated_at) AS last FROM prompts
                WHERE collection_id = ?1) AS prompt";
        let details = db.first(sql, [&self.id], |row| {
            Ok(json!({
                "child_collections_count": row.get::<_, u32>(0)?,
                "child_collections_last_updated_at": row.get::<_, Option<String>>(1)?,
                "prompts_count": row.get::<_, u32>(2)?,
                "prompts_last_updated_at": row.get::<_, Option<String>>(3)?,
            }))
        })?;
        Ok(details.unwrap_or_default())
    }
}
