//! Prompt partials: pieces of template that prompts include by `{{>slug}}`, with versions like prompts.

use portkey_api_core::{
    Check, Done, Open, Page, Problem, RefersTo, answer, catalog, changes_only, endpoint, id,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{collections::CollectionId, ids::WorkspaceId};

catalog! { "Prompt partials", also "partials":
    CreatePromptPartial,
    ListPromptPartials,
    GetPromptPartial,
    UpdatePromptPartial,
    DeletePromptPartial,
    ListPartialVersions,
    PublishPartial,
}

/// Create a prompt snippet
///
/// Adds a partial (snippet, text block) to reuse in prompts, included as {{>slug}}. Its first version is published at
/// once.
#[endpoint(POST "/prompts/partials" -> NewPartial, scopes("prompts.create"), airs(absent))]
pub struct CreatePromptPartial {
    pub name: String,
    /// Mustache template.
    pub string: String,
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    pub version_description: Option<String>,
}

/// List all prompt snippets
///
/// Shows which partials (snippets) we have and reuse, with slug and status. `get_prompt_partial` has their text.
#[endpoint(GET "/prompts/partials" -> Page<Partial>, scopes("prompts.list"), lists(Partial, whole = GetPromptPartial),
    airs(absent))]
pub struct ListPromptPartials {
    pub collection_id: Option<CollectionId>,
    pub workspace_id: Option<WorkspaceId>,
}

/// Get a prompt snippet
///
/// Shows (prints) the text of one partial (snippet). The published version unless another is named.
#[endpoint(GET "/prompts/partials/{prompt_partial_id}" -> Partial, scopes("prompts.read"), reads(Partial),
    airs(absent))]
pub struct GetPromptPartial {
    pub prompt_partial_id: PartialId,
    /// Version number or `latest`.
    pub version: Option<String>,
}

/// Edit a prompt snippet
///
/// Edits a partial (snippet): rewords or fixes it, as a version which prompts do not get until `publish_partial`. The
/// name changes in place.
#[endpoint(PUT "/prompts/partials/{prompt_partial_id}" -> UpdatedPartial,
    scopes("prompts.update"), fresh(GetPromptPartial), drafts,
    not_repeatable(because = "makes a version each time"), checked, airs(absent))]
pub struct UpdatePromptPartial {
    pub prompt_partial_id: PartialId,
    pub name: Option<String>,
    /// Mustache template.
    pub string: Option<String>,
    // Portkey drops the `description` that its documents name.
    #[alias("description")]
    pub version_description: Option<String>,
    pub status: Option<Open<PartialStatus>>,
}

impl Check for UpdatePromptPartial {
    fn check(&self) -> Result<(), Problem> {
        if changes_only(self, "version_description") {
            return Err(Problem::rule(
                "version_description",
                "describes a new version, so it has no effect without a changed `string`",
            ));
        }
        Ok(())
    }
}

/// Delete a prompt snippet
///
/// Retires a snippet (partial) that nobody needs, for good. Prompts that include it fail from then on.
#[endpoint(DELETE "/prompts/partials/{prompt_partial_id}" -> Done, scopes("prompts.delete"),
    undo(loses = "its versions but one"), airs(absent))]
pub struct DeletePromptPartial {
    pub prompt_partial_id: PartialId,
}

/// List older versions of a snippet
///
/// Shows the history of a partial: older versions with number and UUID. `verbose` adds the templates.
#[endpoint(GET "/prompts/partials/{prompt_partial_id}/versions" -> Page<PartialVersion>,
    scopes("prompts.read"), extended, aliases("list_prompt_partial_versions"), airs(absent))]
pub struct ListPartialVersions {
    pub prompt_partial_id: PartialId,
}

/// Publish a snippet version
///
/// Releases a new version of a partial (snippet): makes it live in all prompts that include it, or reverts to one.
#[endpoint(PUT "/prompts/partials/{prompt_partial_id}/makeDefault" -> Partial,
    scopes("prompts.publish"), effect(execute, because = "puts a version into use for every prompt"),
    repeatable(because = "the version stays the published one"), fresh(GetPromptPartial), extended, publishes,
    aliases("publish_prompt_partial"), airs(absent))]
pub struct PublishPartial {
    pub prompt_partial_id: PartialId,
    /// Version number, not UUID; see `list_partial_versions`.
    #[schemars(range(min = 1))]
    pub version: u32,
}

id! {
    /// UUID or slug.
    PartialId
}

/// Whether a partial is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum PartialStatus {
    Active,
    Archived,
}

/// A piece of template, with one of its versions where one partial is read.
#[answer(brief(slug, name, collection_id, version, status, last_updated_at))]
pub struct Partial {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub collection_id: Option<RefersTo<CollectionId>>,
    pub string: Option<String>,
    pub version: Option<u64>,
    pub version_description: Option<String>,
    pub prompt_partial_version_id: Option<String>,
    pub status: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}

/// A fresh partial.
#[answer]
pub struct NewPartial {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub version_id: Option<String>,
}

/// A partial with a fresh version, or the partial itself where none was made.
#[answer]
pub struct UpdatedPartial {
    pub id: Option<String>,
    pub slug: Option<String>,
    /// Of the new version.
    pub prompt_partial_version_id: Option<String>,
    /// The number of the new version, which `publish_partial` takes; of the published one, where none was made.
    pub version: Option<u64>,
}

/// A version of a partial.
#[answer(brief(
    prompt_partial_version_id,
    version,
    description,
    prompt_version_status,
    created_at
))]
pub struct PartialVersion {
    pub prompt_partial_id: Option<String>,
    pub prompt_partial_version_id: Option<String>,
    pub slug: Option<String>,
    pub version: Option<u64>,
    pub string: Option<String>,
    pub description: Option<String>,
    pub prompt_version_status: Option<String>,
    pub created_at: Option<String>,
}
