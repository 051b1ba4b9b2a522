//! Collections: the folders prompts are kept in.

use portkey_api_core::{Done, JsonObject, Page, RefersTo, answer, catalog, endpoint, id};

use crate::{ids::WorkspaceId, paging::Paging};

catalog! { "Collections":
    ListCollections,
    CreateCollection,
    GetCollection,
    UpdateCollection,
    DeleteCollection,
}

/// List all prompt folders
///
/// Shows the prompt folders (collections) of a workspace with how much each holds. Their prompts are in `list_prompts`.
#[endpoint(GET "/collections" -> Page<Collection>, scopes("prompts.list"), lists(Collection), airs(absent))]
pub struct ListCollections {
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    /// Part of the name.
    pub search: Option<String>,
    #[shared]
    pub paging: Paging,
}

/// Create a prompt folder
///
/// Makes a new empty folder (collection) or subfolder for prompts.
#[endpoint(POST "/collections" -> NewCollection, scopes("prompts.create"), airs(absent))]
pub struct CreateCollection {
    pub name: String,
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    /// The collection to put it in.
    pub parent_collection_id: Option<CollectionId>,
}

/// Get a prompt folder
///
/// Shows what is in one folder (collection).
#[endpoint(GET "/collections/{collection_id}" -> Collection, scopes("prompts.read"), airs(absent))]
pub struct GetCollection {
    pub collection_id: CollectionId,
}

/// Rename a prompt folder
///
/// Renames a prompt folder (collection): changes its name, as when it is wrong.
#[endpoint(PUT "/collections/{collection_id}" -> Collection,
    scopes("prompts.update"), fresh(GetCollection), airs(absent))]
pub struct UpdateCollection {
    pub collection_id: CollectionId,
    pub name: String,
    /// Ignored by Portkey.
    #[local]
    pub description: Option<String>,
}

/// Delete a prompt folder
///
/// Removes a prompt folder for good, as an empty or unused one.
#[endpoint(DELETE "/collections/{collection_id}" -> Done, scopes("prompts.delete"),
    undo(loses = "what was in it"), airs(absent))]
pub struct DeleteCollection {
    pub collection_id: CollectionId,
}

id! {
    /// UUID or slug.
    CollectionId
}

/// A folder of prompts.
#[answer(brief(
    id,
    slug,
    name,
    workspace_id,
    parent_collection_id,
    is_default,
    status,
    collection_details
))]
pub struct Collection {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub parent_collection_id: Option<String>,
    pub is_default: Option<bool>,
    pub status: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
    /// How many prompts and folders it holds; in lists.
    pub collection_details: Option<JsonObject>,
    /// Only when one collection is read.
    pub child_collections: Option<Vec<JsonObject>>,
}

/// A fresh collection.
#[answer]
pub struct NewCollection {
    pub id: Option<String>,
    pub slug: Option<String>,
}
