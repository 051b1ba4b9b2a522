//! What comes back about prompts and their versions.

use portkey_api_core::{JsonObject, RefersTo, answer};
use serde_json::Value;

use super::ToolChoice;
use crate::{collections::CollectionId, ids::WorkspaceId};

/// A prompt, with one of its versions where one prompt is read.
#[answer(brief(
    slug,
    name,
    collection_id,
    status,
    model,
    prompt_version,
    last_updated_at
))]
pub struct Prompt {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub collection_id: Option<RefersTo<CollectionId>>,
    pub status: Option<String>,
    pub model: Option<String>,
    /// Provider slug.
    pub virtual_key: Option<String>,
    /// Text, or chat messages as JSON text.
    pub string: Option<String>,
    pub parameters: Option<JsonObject>,
    /// Variables, sections and partials of the template.
    pub variable_components: Option<JsonObject>,
    pub functions: Option<Vec<JsonObject>>,
    pub tools: Option<Vec<JsonObject>>,
    pub tool_choice: Option<ToolChoice>,
    pub template_metadata: Option<JsonObject>,
    pub is_raw_template: Option<bool>,
    pub prompt_version: Option<u64>,
    pub prompt_version_id: Option<String>,
    pub prompt_version_status: Option<String>,
    pub prompt_version_description: Option<String>,
    pub prompt_version_label_id: Option<String>,
    #[schemars(extend("x-hidden" = true))]
    pub prompt_owning_workspace_id: Option<RefersTo<WorkspaceId>>,
    pub allow_all_workspaces: Option<bool>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}

/// A fresh prompt.
#[answer]
pub struct NewPrompt {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub version_id: Option<String>,
}

/// A prompt with a fresh version, or the prompt itself where none was made.
#[answer]
pub struct UpdatedPrompt {
    pub id: Option<String>,
    pub slug: Option<String>,
    /// Of the new version.
    pub prompt_version_id: Option<String>,
    /// The number of the new version, which `publish_prompt` takes.
    pub prompt_version: Option<u64>,
}

/// A version of a prompt.
#[answer(brief(id, prompt_version, prompt_description, label_id, status, created_at))]
pub struct PromptVersion {
    /// Of the version.
    pub id: Option<String>,
    pub prompt_id: Option<String>,
    /// Text, or an object that holds it.
    pub prompt_template: Option<Value>,
    pub prompt_version: Option<u64>,
    pub prompt_description: Option<String>,
    pub label_id: Option<String>,
    pub status: Option<String>,
    pub created_at: Option<String>,
}

/// The request a prompt makes.
#[answer]
pub struct RenderedPrompt {
    pub model: Option<String>,
    pub messages: Option<Vec<JsonObject>>,
}

/// What the model answered.
#[answer]
pub struct PromptCompletion {
    pub id: Option<String>,
    pub model: Option<String>,
    pub choices: Option<Vec<JsonObject>>,
    pub usage: Option<JsonObject>,
}
