//! Functions of the prompt workflows: find a prompt by name, compare templates, write and publish versions.

use portkey_api::{
    Flag, JsonObject, PageNumber, PageSize,
    collections::CollectionId,
    prompts::{
        CreatePrompt, GetPrompt, ListPromptVersions, ListPrompts, ModelTools, Prompt, PromptId,
        PublishPrompt, UpdatePrompt,
    },
};
use portkey_engine::call::{CallContext, Failure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The number of prompts in a page when a collection is searched.
const PAGE: u32 = 100;

/// What became, or would become, of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Created,
    Updated,
    Unchanged,
}

/// The content of a version of a prompt.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) string: String,
    pub(super) parameters: JsonObject,
    pub(super) model: Option<String>,
    pub(super) virtual_key: Option<String>,
    pub(super) tools: ModelTools,
    pub(super) raw: Option<Flag>,
    pub(super) description: Option<String>,
    pub(super) metadata: JsonObject,
}

/// A prompt and the version that was written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) prompt_id: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) version_id: Option<String>,
}

/// Returns the prompt with this name in a collection, ignoring case. The API's search also matches parts of names, so
/// all pages of its result are examined.
pub(super) async fn find(
    context: CallContext<'_>,
    collection: &CollectionId,
    name: &str,
) -> Result<Option<Prompt>, Failure> {
    let mut first_of_last_page = None;
    for page in 0.. {
        let found = context
            .ask(&ListPrompts {
                workspace_id: None,
                collection_id: Some(collection.clone()),
                search: Some(name.to_owned()),
                current_page: Some(PageNumber(page)),
                page_size: Some(PageSize(PAGE)),
                all: None,
            })
            .await?;
        let last = found.data.len() < PAGE as usize;
        let first = found.data.first().and_then(|prompt| prompt.id.clone());
        // An API that ignores paging would return the first page forever.
        let repeats = page > 0 && first == first_of_last_page;
        first_of_last_page = first;
        let named = |prompt: &Prompt| prompt.name.as_deref().is_some_and(|n| same_name(n, name));
        if let Some(prompt) = found.data.into_iter().find(named) {
            return Ok(Some(prompt));
        }
        if last || repeats {
            break;
        }
    }
    Ok(None)
}

fn same_name(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// Returns the newest version of a prompt, which need not be the published one.
pub(super) async fn newest(context: CallContext<'_>, prompt: &PromptId) -> Result<Prompt, Failure> {
    let versions = context
        .ask(&ListPromptVersions {
            prompt_id: prompt.clone(),
        })
        .await?;
    let newest = versions.data.iter().filter_map(|v| v.prompt_version).max();
    context
        .ask(&GetPrompt {
            prompt_id: prompt.clone(),
            version: newest.map(|number| number.to_string()),
        })
        .await
}

/// Whether a stored version has the same content. Formatting and the order of keys are ignored, as well as the model,
/// which the API adds to the stored parameters.
pub(super) fn says_the_same(template: &Template, stored: &Prompt) -> bool {
    let mut parameters = stored.parameters.clone().unwrap_or_default();
    let injected = parameters.remove("model");
    let mut wanted = template.parameters.clone();
    let wanted_model = wanted
        .remove("model")
        .or(template.model.clone().map(Value::from));
    let stored_model = stored.model.clone().map(Value::from).or(injected);
    read(&template.string) == read(stored.string.as_deref().unwrap_or_default())
        && wanted == parameters
        && wanted_model.is_none_or(|model| Some(model) == stored_model)
        && template
            .raw
            .is_none_or(|raw| raw.0 == stored.is_raw_template.unwrap_or_default())
}

fn read(string: &str) -> Value {
    serde_json::from_str(string).unwrap_or_else(|_| Value::from(string))
}

/// Creates a prompt.
pub(super) async fn create(
    context: CallContext<'_>,
    name: &str,
    collection: &CollectionId,
    virtual_key: String,
    template: Template,
) -> Result<Written, Failure> {
    let created = context
        .ask(&CreatePrompt {
            name: name.to_owned(),
            collection_id: collection.clone(),
            string: Some(template.string),
            messages: None,
            parameters: template.parameters,
            virtual_key: virtual_key.into(),
            model: template.model.map(Into::into),
            version_description: template.description,
            template_metadata: Some(template.metadata),
            tools: template.tools,
            is_raw_template: template.raw,
            dry_run: None,
        })
        .await?;
    Ok(Written {
        prompt_id: created.id,
        slug: created.slug,
        version_id: created.version_id,
    })
}

/// Adds a version to a prompt. What the template leaves out is copied from the newest version.
pub(super) async fn add_version(
    context: CallContext<'_>,
    prompt: &Prompt,
    template: Template,
) -> Result<Written, Failure> {
    let updated = context
        .ask(&UpdatePrompt {
            prompt_id: id(prompt),
            name: None,
            collection_id: None,
            string: Some(template.string),
            messages: None,
            parameters: Some(template.parameters),
            model: template.model.map(Into::into),
            virtual_key: template.virtual_key.map(Into::into),
            version_description: template.description,
            template_metadata: Some(template.metadata),
            tools: template.tools,
            is_raw_template: template.raw,
            patch: true,
            dry_run: None,
        })
        .await?;
    Ok(Written {
        prompt_id: prompt.id.clone(),
        slug: prompt.slug.clone(),
        version_id: updated.prompt_version_id,
    })
}

/// Publishes the version with this UUID. The API requires its number, which only the list of versions contains.
pub(super) async fn publish(
    context: CallContext<'_>,
    prompt: &PromptId,
    version_id: Option<&str>,
) -> Result<bool, Failure> {
    let versions = context
        .ask(&ListPromptVersions {
            prompt_id: prompt.clone(),
        })
        .await?;
    let written = versions.data.iter().find(|v| v.id.as_deref() == version_id);
    let number = written.and_then(|version| u32::try_from(version.prompt_version?).ok());
    let Some(version) = number else {
        return Ok(false);
    };
    context
        .ask(&PublishPrompt {
            prompt_id: prompt.clone(),
            version,
        })
        .await?;
    Ok(true)
}

/// Returns the id for requests about a prompt.
pub(super) fn id(prompt: &Prompt) -> PromptId {
    let id = prompt.id.as_ref().or(prompt.slug.as_ref());
    PromptId::from(id.cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn template(string: &str, parameters: &Value, model: Option<&str>) -> Template {
        Template {
            string: string.to_owned(),
            parameters: parameters.as_object().cloned().unwrap_or_default(),
            model: model.map(str::to_owned),
            virtual_key: None,
            tools: ModelTools::default(),
            raw: None,
            description: None,
            metadata: JsonObject::new(),
        }
    }

    fn stored(string: &str, parameters: &Value, model: &str) -> Prompt {
        serde_json::from_value(
            json!({ "string": string, "parameters": parameters, "model": model }),
        )
        .unwrap()
    }

    #[test]
    fn layout_order_and_the_injected_model_make_no_difference() {
        let template = template(
            r#"[{"role":"user","content":"Hi"}]"#,
            &json!({ "temperature": 1 }),
            None,
        );
        let stored = stored(
            r#"[ { "content": "Hi", "role": "user" } ]"#,
            &json!({ "model": "gpt-4o", "temperature": 1 }),
            "gpt-4o",
        );
        assert!(says_the_same(&template, &stored));
    }

    #[test]
    fn another_text_parameter_or_model_does() {
        let stored = stored("Hi", &json!({ "temperature": 1 }), "gpt-4o");
        assert!(says_the_same(
            &template("Hi", &json!({ "temperature": 1 }), Some("gpt-4o")),
            &stored
        ));
        assert!(!says_the_same(
            &template("Ho", &json!({ "temperature": 1 }), None),
            &stored
        ));
        assert!(!says_the_same(&template("Hi", &json!({}), None), &stored));
        assert!(!says_the_same(
            &template("Hi", &json!({ "temperature": 1 }), Some("o3")),
            &stored
        ));
    }
}
