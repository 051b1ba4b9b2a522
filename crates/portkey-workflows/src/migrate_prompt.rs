//! `migrate_prompt`: copies a prompt from version control to Portkey.

use portkey_api::{
    Check, Flag, JsonObject, Problem,
    collections::CollectionId,
    prompts::{Messages, ModelTools, ToolChoice},
    workflow,
};
use portkey_engine::call::{CallContext, Failure, Steps};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::prompt_library::{self as library, Action, Template};

/// Deploy a prompt from a repository
///
/// Brings a prompt from your repo (git, CI) to Portkey: creates it, or updates it if it differs. The prompt is found by
/// name in the collection. Safe to run on every deployment; `dry_run` says what would happen.
#[workflow(-> Migration, effect(update), checked, airs(absent),
    scopes("prompts.list", "prompts.read", "prompts.create", "prompts.update"), all_scopes)]
pub(crate) struct MigratePrompt {
    pub name: String,
    /// Recorded in the prompt's metadata.
    #[schemars(length(min = 1))]
    pub app: String,
    /// Recorded in the prompt's metadata.
    #[schemars(length(min = 1))]
    pub env: String,
    pub collection_id: CollectionId,
    /// Mustache template: text, or chat messages as JSON text.
    pub string: Option<String>,
    /// Chat messages {role, content}, instead of `string`.
    pub messages: Option<Messages>,
    /// Model parameters.
    pub parameters: JsonObject,
    /// Provider slug.
    pub virtual_key: String,
    pub model: Option<String>,
    pub version_description: Option<String>,
    #[hidden]
    pub template_metadata: Option<JsonObject>,
    /// Function definitions (older form of `tools`).
    #[hidden]
    pub functions: Option<Vec<JsonObject>>,
    /// Tools {type, function} the model may call.
    pub tools: Option<Vec<JsonObject>>,
    #[hidden]
    pub tool_choice: Option<ToolChoice>,
    /// Render first, parse as JSON after: sections may wrap whole messages.
    #[hidden]
    pub is_raw_template: Option<bool>,
    /// Publish the version, so that callers get it.
    pub publish: Option<bool>,
    /// Say what would happen and write nothing.
    pub dry_run: Option<bool>,
}

/// What became of a prompt.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Migration {
    action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    published: bool,
    dry_run: bool,
    message: String,
}

impl Check for MigratePrompt {
    fn check(&self) -> Result<(), Problem> {
        match (&self.string, &self.messages) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err(Problem::rule(
                "string",
                "give either `string` or `messages`",
            )),
        }
    }
}

impl Steps for MigratePrompt {
    async fn run(self, context: CallContext<'_>) -> Result<Migration, Failure> {
        let found = library::find(context, &self.collection_id, &self.name).await?;
        let Some(found) = found else {
            return self.create(context).await;
        };
        let newest = library::newest(context, &library::id(&found)).await?;
        let template = self.template();
        let unchanged = library::says_the_same(&template, &newest);
        let mut migration = Migration {
            action: if unchanged {
                Action::Unchanged
            } else {
                Action::Updated
            },
            prompt_id: newest.id.clone(),
            slug: newest.slug.clone(),
            version_id: newest.prompt_version_id.clone(),
            published: false,
            dry_run: self.is_dry_run(),
            message: String::new(),
        };
        if !self.is_dry_run() {
            if !unchanged {
                migration.version_id = library::add_version(context, &newest, template)
                    .await?
                    .version_id;
            }
            if self.publish == Some(true) {
                let version = migration.version_id.as_deref();
                migration.published =
                    library::publish(context, &library::id(&newest), version).await?;
            }
        }
        Ok(migration.with_message(&self.name))
    }
}

impl MigratePrompt {
    async fn create(self, context: CallContext<'_>) -> Result<Migration, Failure> {
        let mut migration = Migration {
            action: Action::Created,
            prompt_id: None,
            slug: None,
            version_id: None,
            published: false,
            dry_run: self.is_dry_run(),
            message: String::new(),
        };
        if !self.is_dry_run() {
            let key = self.virtual_key.clone();
            let template = self.template();
            let written =
                library::create(context, &self.name, &self.collection_id, key, template).await?;
            migration.prompt_id = written.prompt_id;
            migration.slug = written.slug;
            migration.version_id = written.version_id;
            // The first version of a prompt is published.
            migration.published = true;
        }
        Ok(migration.with_message(&self.name))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }

    fn template(&self) -> Template {
        let mut metadata = self.template_metadata.clone().unwrap_or_default();
        metadata.insert("app".to_owned(), self.app.as_str().into());
        metadata.insert("env".to_owned(), self.env.as_str().into());
        metadata.insert(
            "migrated_at".to_owned(),
            jiff::Timestamp::now().to_string().into(),
        );
        let messages = self
            .messages
            .as_ref()
            .map(|messages| json!(messages.0).to_string());
        Template {
            string: self.string.clone().or(messages).unwrap_or_default(),
            parameters: self.parameters.clone(),
            model: self.model.clone(),
            virtual_key: Some(self.virtual_key.clone()),
            tools: ModelTools {
                functions: self.functions.clone(),
                tools: self.tools.clone(),
                tool_choice: self.tool_choice.clone(),
            },
            raw: self.is_raw_template.map(Flag),
            description: self.version_description.clone(),
            metadata,
        }
    }
}

impl Migration {
    /// Adds a message that describes the result.
    fn with_message(mut self, name: &str) -> Self {
        let would = if self.dry_run { "would be " } else { "" };
        self.message = match self.action {
            Action::Created => format!("`{name}` {would}created"),
            Action::Updated if self.published => {
                format!("`{name}` got a new version, which is published")
            }
            Action::Updated if self.dry_run => format!("`{name}` would get a new version"),
            Action::Updated => {
                format!("`{name}` got a new version; callers get it after `publish_prompt`")
            }
            Action::Unchanged if self.published => {
                format!("`{name}` is unchanged; its newest version is published")
            }
            Action::Unchanged => format!("`{name}` is unchanged"),
        };
        self
    }
}
