//! `promote_prompt`: copies a version of a prompt to another collection.

use portkey_api::{
    Declared as _, Flag, JsonObject, Problem,
    collections::CollectionId,
    prompts::{GetPrompt, ModelTools, Prompt, PromptId},
    workflow,
};
use portkey_engine::call::{CallContext, Failure, Steps};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::prompt_library::{self as library, Action, Template};

/// Promote a prompt
///
/// Copies (ships) a prompt to another collection, as from staging to prod. Creates the target or adds a version to it,
/// which callers get after `publish_prompt` or with `publish`.
#[workflow(-> Promotion, effect(update), airs(absent), not_repeatable(because = "makes a version each time"),
    scopes("prompts.list", "prompts.read", "prompts.create", "prompts.update"), all_scopes)]
pub(crate) struct PromotePrompt {
    /// UUID or slug of the prompt to copy.
    pub source_prompt_id: PromptId,
    pub target_collection_id: CollectionId,
    /// The source's name with its `-dev`, `-staging` or `-prod` replaced by `target_env` when left out.
    pub target_name: Option<String>,
    /// Such as `prod`; recorded in the metadata.
    #[schemars(length(min = 1))]
    pub target_env: String,
    /// Provider slug; the source's when left out.
    pub virtual_key: Option<String>,
    /// Version number or label; the published one when left out.
    pub source_version: Option<String>,
    /// Publish the version, so that callers get it.
    pub publish: Option<bool>,
    /// Say what would happen and write nothing.
    pub dry_run: Option<bool>,
}

/// What became of a promotion.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Promotion {
    action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_prompt_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_version_id: Option<String>,
    target_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_prompt_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_version_id: Option<String>,
    promoted_at: String,
    published: bool,
    dry_run: bool,
}

impl Steps for PromotePrompt {
    async fn run(self, context: CallContext<'_>) -> Result<Promotion, Failure> {
        let source = context
            .ask(&GetPrompt {
                prompt_id: self.source_prompt_id.clone(),
                version: self.source_version.clone(),
            })
            .await?;
        let name = self.name_of_target(&source);
        let target = library::find(context, &self.target_collection_id, &name).await?;
        let dry_run = self.dry_run == Some(true);
        let mut promotion = Promotion {
            action: if target.is_some() {
                Action::Updated
            } else {
                Action::Created
            },
            source_prompt_id: source.id.clone(),
            source_version_id: source.prompt_version_id.clone(),
            target_name: name.clone(),
            target_prompt_id: target.as_ref().and_then(|target| target.id.clone()),
            target_version_id: None,
            promoted_at: jiff::Timestamp::now().to_string(),
            published: false,
            dry_run,
        };
        let template = self.template(&source, &promotion.promoted_at);
        let key = self.key_for(target.is_none(), &source)?;
        if dry_run {
            return Ok(promotion);
        }
        let written = match &target {
            Some(target) => library::add_version(context, target, template).await?,
            None => {
                library::create(context, &name, &self.target_collection_id, key, template).await?
            }
        };
        promotion.published = target.is_none();
        if let (Some(target), Some(true)) = (&target, self.publish) {
            let version = written.version_id.as_deref();
            promotion.published = library::publish(context, &library::id(target), version).await?;
        }
        promotion.target_prompt_id = written.prompt_id;
        promotion.target_version_id = written.version_id;
        Ok(promotion)
    }
}

impl PromotePrompt {
    fn name_of_target(&self, source: &Prompt) -> String {
        if let Some(name) = &self.target_name {
            return name.clone();
        }
        let name = source
            .name
            .as_deref()
            .or(source.slug.as_deref())
            .unwrap_or_default();
        let stages = ["-dev", "-staging", "-prod"];
        let stem = stages
            .iter()
            .find_map(|stage| name.strip_suffix(stage))
            .unwrap_or(name);
        format!("{stem}-{}", self.target_env)
    }

    /// Returns the provider. A new prompt needs one, an existing prompt keeps its own.
    fn key_for(&self, is_new: bool, source: &Prompt) -> Result<String, Failure> {
        match self.virtual_key.clone().or(source.virtual_key.clone()) {
            Some(key) => Ok(key),
            None if is_new => Err(Failure::invalid(
                Self::NAME,
                Problem::rule(
                    "virtual_key",
                    "the source has no provider, so the new prompt needs one: give a provider slug",
                ),
            )),
            None => Ok(String::new()),
        }
    }

    fn template(&self, source: &Prompt, now: &str) -> Template {
        let version = source
            .prompt_version
            .map(|number| number.to_string())
            .unwrap_or_default();
        let slug = source
            .slug
            .as_deref()
            .or(source.id.as_deref())
            .unwrap_or_default();
        let mut metadata: JsonObject = source.template_metadata.clone().unwrap_or_default();
        for (name, value) in [
            ("env", self.target_env.as_str()),
            ("promoted_from", slug),
            ("promoted_from_version", version.as_str()),
            ("promoted_at", now),
        ] {
            metadata.insert(name.to_owned(), value.into());
        }
        let mut parameters = source.parameters.clone().unwrap_or_default();
        parameters.remove("model"); // The API adds the model, which has an argument of its own.
        Template {
            string: source.string.clone().unwrap_or_default(),
            parameters,
            model: source.model.clone(),
            virtual_key: self.virtual_key.clone(),
            tools: ModelTools {
                functions: source.functions.clone(),
                tools: source.tools.clone(),
                tool_choice: source.tool_choice.clone(),
            },
            raw: source.is_raw_template.map(Flag),
            description: Some(format!("Promoted from {slug} v{version}")),
            metadata,
        }
    }
}
