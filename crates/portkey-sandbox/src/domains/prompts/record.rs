//! A prompt: its row, and how answers show it.

use serde_json::{Value, json};

use super::version::PromptVersion;
use crate::{store::row, wire::merged};

row! {
    /// A row of `prompts`.
    #[derive(Debug, Clone)]
    pub(crate) struct Prompt in "prompts" {
        pub(crate) id: String,
        pub(crate) slug: String,
        pub(crate) name: String,
        pub(crate) workspace_id: String,
        pub(crate) collection_id: String,
        /// The number of the version that calls without a version use.
        pub(crate) published: u32,
        pub(crate) created_at: String,
        pub(crate) last_updated_at: String,
    }
}

impl Prompt {
    /// An entry of the listing. The sandbox has no shared or forked prompts.
    pub(super) fn to_json(&self, model: &str) -> Value {
        json!({
            "id": self.id,
            "collection_id": self.collection_id,
            "name": self.name,
            "slug": self.slug,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "status": "active",
            "access_level": "workspace",
            "share_organisation_id": null,
            "shared_at": null,
            "shared_by_user_id": null,
            "shared_from_version_id": null,
            "allow_all_workspaces": 0,
            "forked_from_prompt_id": null,
            "forked_from_prompt_version_id": null,
            "prompt_owning_workspace_id": self.workspace_id,
            "model": model,
            "object": "prompt",
        })
    }

    /// The prompt with one of its versions.
    pub(super) fn with(&self, version: &PromptVersion) -> Value {
        merged(self.to_json(&version.draft.model), version.flat())
    }
}
