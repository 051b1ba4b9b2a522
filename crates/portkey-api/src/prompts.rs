//! Prompts: templates with immutable versions, one of which is published.

mod answers;
mod template;
mod unstreamed;

use portkey_api_core::{
    Check, Done, EveryPage, Flag, JsonObject, MayReferTo, Nullable, Page, PageNumber, PageSize,
    Problem, RefersTo, catalog, changes_only, endpoint, id,
};

use crate::{
    collections::CollectionId,
    ids::{ProviderSlug, WorkspaceId},
    prompt_labels::LabelId,
};

pub use answers::{
    NewPrompt, Prompt, PromptCompletion, PromptVersion, RenderedPrompt, UpdatedPrompt,
};
use template::two_templates;
pub use template::{Messages, ModelTools, ToolChoice};
pub use unstreamed::Unstreamed;

pub use crate::ids::PromptId;

catalog! { "Prompts":
    ListPrompts,
    CreatePrompt,
    GetPrompt,
    UpdatePrompt,
    DeletePrompt,
    PublishPrompt,
    ListPromptVersions,
    GetPromptVersion,
    UpdatePromptVersion,
    RenderPrompt,
    RunPromptCompletion,
}

/// List or search prompts
///
/// Shows what prompts we have in a workspace or folder (finds them by name), with slug and model. `get_prompt` has
/// their templates.
#[endpoint(GET "/prompts" -> Page<Prompt>, scopes("prompts.list"), essential, lists(Prompt, whole = GetPrompt),
    airs(absent))]
pub struct ListPrompts {
    pub workspace_id: Option<WorkspaceId>,
    pub collection_id: Option<CollectionId>,
    /// Part of the name.
    pub search: Option<String>,
    pub current_page: Option<PageNumber>,
    #[schemars(extend("x-page-size" = 100))]
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
}

/// Create a new prompt
///
/// Creates a prompt: writes (saves) a template with its first version, published at once. Give `messages` or `string`.
#[endpoint(POST "/prompts" -> NewPrompt, scopes("prompts.create"), checked, essential, airs(absent))]
#[schemars(extend("x-instead" = {
    "ai_model_id": "Portkey's API knows models by their names: give `model`, such as `gpt-4o`",
    "finetune_id": "Portkey's API knows models by their names, fine-tuned ones too: give `model`"
}))]
pub struct CreatePrompt {
    pub name: String,
    pub collection_id: CollectionId,
    /// Mustache template: text, or chat messages as JSON text.
    #[in_example]
    pub string: Option<String>,
    /// Chat messages {role, content} with `{{variables}}`.
    #[body("string")]
    #[excludes(string)]
    pub messages: Option<Messages>,
    /// Model parameters, such as {"temperature": 0.2}.
    pub parameters: JsonObject,
    /// Provider slug.
    pub virtual_key: RefersTo<ProviderSlug>,
    pub model: Option<MayReferTo<ProviderSlug>>,
    pub version_description: Option<String>,
    #[hidden]
    pub template_metadata: Option<JsonObject>,
    #[shared]
    pub tools: ModelTools,
    /// Render first, parse as JSON after: sections may wrap whole messages.
    #[hidden]
    pub is_raw_template: Option<Flag>,
    /// Show the request without sending it.
    #[local]
    pub dry_run: Option<bool>,
}

impl Check for CreatePrompt {
    fn check(&self) -> Result<(), Problem> {
        match (&self.string, &self.messages) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            (None, None) => Err(Problem::rule(
                "messages",
                "a prompt needs a template: give `messages`, or `string`",
            )),
            (Some(_), Some(_)) => Err(two_templates()),
        }
    }
}

/// Get a prompt
///
/// Opens (displays) a prompt: what it looks like, its template text, which model, parameters, variables. The published
/// version unless another is named.
#[endpoint(GET "/prompts/{prompt_id}" -> Prompt, scopes("prompts.read"), essential, reads(Prompt), airs(absent))]
pub struct GetPrompt {
    pub prompt_id: PromptId,
    /// Version number, `latest` or a label.
    pub version: Option<String>,
}

/// Edit a prompt
///
/// Rewrites a prompt: changes its wording, template, system message or the model to use, as a new version. Callers do
/// not get it until `publish_prompt`. Name and collection change in place.
#[endpoint(PUT "/prompts/{prompt_id}" -> UpdatedPrompt,
    scopes("prompts.update"), fresh(GetPrompt), checked, drafts, not_repeatable(because = "makes a version each time"),
    essential, airs(absent))]
pub struct UpdatePrompt {
    pub prompt_id: PromptId,
    pub name: Option<String>,
    pub collection_id: Option<CollectionId>,
    /// Mustache template: text, or chat messages as JSON text.
    pub string: Option<String>,
    /// Chat messages {role, content}, instead of `string`.
    #[body("string")]
    #[excludes(string)]
    pub messages: Option<Messages>,
    /// Model parameters.
    pub parameters: Option<JsonObject>,
    pub model: Option<MayReferTo<ProviderSlug>>,
    /// Provider slug.
    pub virtual_key: Option<RefersTo<ProviderSlug>>,
    /// Only with a template change.
    #[reads_as("prompt_version_description")]
    pub version_description: Option<String>,
    #[hidden]
    #[body("prompt_metadata")]
    #[alias("prompt_metadata")]
    #[reads_as("template_metadata")]
    pub template_metadata: Option<JsonObject>,
    #[shared]
    pub tools: ModelTools,
    /// Render first, parse as JSON after.
    #[hidden]
    pub is_raw_template: Option<Flag>,
    /// Take what is left out from the latest version; default true.
    #[serde(default = "patching")]
    #[instruction]
    pub patch: bool,
    /// Show the request without sending it.
    #[local]
    pub dry_run: Option<bool>,
}

fn patching() -> bool {
    true
}

impl Check for UpdatePrompt {
    fn check(&self) -> Result<(), Problem> {
        if self.string.is_some() && self.messages.is_some() {
            return Err(two_templates());
        }
        if changes_only(self, "version_description") {
            return Err(Problem::rule(
                "version_description",
                "describes a new version, so it has no effect without a change to the template",
            ));
        }
        Ok(())
    }
}

/// Delete a prompt
///
/// Removes (deletes) a prompt for good, as an obsolete one, with all its versions. Calls that name it fail from then
/// on.
#[endpoint(DELETE "/prompts/{prompt_id}" -> Done, scopes("prompts.delete"),
    undo(loses = "its versions but one, and their labels"), airs(absent))]
pub struct DeletePrompt {
    pub prompt_id: PromptId,
}

/// Publish or roll back a prompt version
///
/// Publishes a prompt version: makes it live at once (activates, deploys it), or rolls back (reverts) to a previous
/// one.
#[endpoint(PUT "/prompts/{prompt_id}/makeDefault" -> Prompt,
    scopes("prompts.publish"), effect(execute, because = "puts a version into use for every caller"),
    repeatable(because = "the version stays the published one"), fresh(GetPrompt), publishes, essential, airs(absent))]
pub struct PublishPrompt {
    pub prompt_id: PromptId,
    /// Version number, not UUID; see `list_prompt_versions`.
    #[schemars(range(min = 1))]
    pub version: u32,
}

/// List older versions of a prompt
///
/// Shows the revision history of a prompt, to compare versions: what changed, number, UUID, label, author. `verbose`
/// adds the templates.
#[endpoint(GET "/prompts/{prompt_id}/versions" -> Page<PromptVersion>, scopes("prompts.read"), essential,
    lists(Prompt, whole = GetPromptVersion), airs(absent))]
pub struct ListPromptVersions {
    pub prompt_id: PromptId,
}

/// Get a prompt version
///
/// Reads what one version said, by UUID. `get_prompt` takes numbers and labels.
#[endpoint(GET "/prompts/{prompt_id}/versions/{version_id}" -> Prompt, scopes("prompts.read"), extended, airs(absent))]
pub struct GetPromptVersion {
    pub prompt_id: PromptId,
    pub version_id: PromptVersionId,
}

/// Label a prompt version
///
/// Tags a prompt version: puts a label on it, as staging or production, moves it from another, or takes it off
/// (unlabels).
#[endpoint(PUT "/prompts/{prompt_id}/versions/{version_id}" -> Prompt,
    scopes("prompts.update"), fresh(GetPromptVersion), extended, checked, airs(absent))]
pub struct UpdatePromptVersion {
    pub prompt_id: PromptId,
    pub version_id: PromptVersionId,
    /// Label UUID (`list_prompt_labels`); to take the label off, name it in `clear`.
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[reads_as("prompt_version_label_id")]
    #[in_example]
    pub label_id: Option<Nullable<LabelId>>,
}

impl Check for UpdatePromptVersion {
    fn check(&self) -> Result<(), Problem> {
        match self.label_id {
            Some(_) => Ok(()),
            None => Err(Problem::rule(
                "label_id",
                "give a label, or take the one there is off with clear: [\"label_id\"]",
            )),
        }
    }
}

/// Preview a prompt
///
/// Previews a prompt as it will look: fills in its variables, shows what would be sent to the model, calls none.
#[endpoint(POST "/prompts/{prompt_id}/render" -> RenderedPrompt,
    scopes("prompts.render"), keys(workspace), base(gateway),
    effect(read, because = "POST only carries the variables"), checked, essential, airs(absent))]
pub struct RenderPrompt {
    /// UUID or slug; `@12`, `@latest` or `@label` after it picks a version.
    pub prompt_id: PromptId,
    /// Value of each variable.
    pub variables: JsonObject,
    /// Model parameters that override the stored ones.
    #[spread]
    pub hyperparameters: Option<JsonObject>,
}

impl Check for RenderPrompt {
    fn check(&self) -> Result<(), Problem> {
        check_hyperparameters(self.hyperparameters.as_ref())
    }
}

/// Run a prompt
///
/// Executes a prompt: calls the model with variables (input), to try or test it, which costs money. `render_prompt`
/// only shows the request.
#[endpoint(POST "/prompts/{prompt_id}/completions" -> PromptCompletion,
    scopes("completions.write"), keys(workspace), base(gateway), effect(execute, because = "calls a model"), checked,
    airs(absent))]
pub struct RunPromptCompletion {
    /// UUID or slug; `@12`, `@latest` or `@label` after it picks a version.
    pub prompt_id: PromptId,
    /// Value of each variable.
    pub variables: JsonObject,
    /// Text values to file the request under, such as client and app.
    #[header("x-portkey-metadata")]
    pub metadata: Option<JsonObject>,
    /// Model parameters that override the stored ones.
    #[spread]
    pub hyperparameters: Option<JsonObject>,
    #[serde(default)]
    pub stream: Unstreamed,
}

impl Check for RunPromptCompletion {
    fn check(&self) -> Result<(), Problem> {
        check_hyperparameters(self.hyperparameters.as_ref())
    }
}

/// They share the root of the body with arguments, which they must not displace.
fn check_hyperparameters(parameters: Option<&JsonObject>) -> Result<(), Problem> {
    let taken = ["variables", "stream"];
    let displaced = taken
        .into_iter()
        .find(|name| parameters.is_some_and(|p| p.contains_key(*name)));
    displaced.map_or(Ok(()), |name| {
        Err(Problem::rule(
            format!("hyperparameters.{name}"),
            "is not a model parameter",
        ))
    })
}

id! {
    /// UUID.
    PromptVersionId: uuid
}
