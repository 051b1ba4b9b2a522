//! Which models an integration gives.

use portkey_api_core::{
    CommaSeparated, Done, JsonObject, Open, Page, Path, Problem, Problems, answer, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{paging::Unpaged, under};

use super::{IntegrationSlug, Settings};

/// List the enabled models
///
/// Shows what models an integration has and which are enabled (allowed) for us; custom or fine-tuned. `verbose` adds
/// prices.
#[endpoint(GET "/integrations/{slug}/models" -> Page<IntegrationModel, under::Models>, plan(enterprise),
    scopes("organisation_integrations.read", "workspace_integrations.read"), airs(admin))]
pub struct ListIntegrationModels {
    pub slug: IntegrationSlug,
    #[shared]
    pub paging: Unpaged,
}

/// Enable or disable models
///
/// Allows (enables, switches on) or blocks (disables, turns off) models on an integration for everybody. Adds custom
/// ones too. Other models stay as they are.
#[endpoint(PUT "/integrations/{slug}/models" -> Page<IntegrationModel, under::Models>, plan(unspecified),
    fresh(ListIntegrationModels), scopes("organisation_integrations.update", "workspace_integrations.update"),
    airs(admin))]
pub struct UpdateIntegrationModels {
    pub slug: IntegrationSlug,
    /// What changes.
    pub models: Vec<Open<ModelAccess>>,
    /// Enable new models as they appear.
    pub allow_all_models: Option<bool>,
}

/// Delete an integration's models
///
/// Removes custom or fine-tuned models from an integration. Others can be disabled by `update_integration_models`.
#[endpoint(DELETE "/integrations/{slug}/models" -> Done, plan(unspecified),
    scopes("organisation_integrations.update", "workspace_integrations.update"),
    undo(by = UpdateIntegrationModels), aliases("delete_integration_models"), airs(admin))]
pub struct DeleteIntegrationModel {
    pub slug: IntegrationSlug,
    /// Comma-separated model slugs.
    #[alias("model_id", "model_slug")]
    pub slugs: CommaSeparated,
}

/// What an integration gives of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-synonyms" = { "model_id": "slug", "custom": "is_custom" }, "x-advice" = "integration_model"))]
#[allow(
    missing_docs,
    reason = "models read every word: only what names do not say"
)]
pub struct ModelAccess {
    pub slug: String,
    pub enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_custom: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_finetune: Option<bool>,
    /// The model it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_model_slug: Option<String>,
    /// `{custom_host, custom_headers}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configurations: Option<Settings>,
    /// `{type: static, pay_as_you_go: {request_token: {price}, response_token: {price}}}`, in cents a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing_config: Option<JsonObject>,
    /// What clients of older tools send; the API has no place for it.
    #[schemars(extend("x-hidden" = true))]
    pub model_name: Option<String>,
}

/// Leaves out what older tools had and the API has no place for.
pub(crate) fn advise(model: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let Value::Object(members) = model else {
        return;
    };
    if members.remove("model_name").is_some() {
        problems.note(|| {
            Problem::rule(
                path.member("model_name"),
                "left out: Portkey has no place for it; `slug` names the model",
            )
        });
    }
}

/// A model that an integration gives.
#[answer(brief(slug, name, enabled, is_custom, is_finetune))]
pub struct IntegrationModel {
    pub slug: Option<String>,
    pub name: Option<String>,
    pub enabled: Option<bool>,
    pub is_custom: Option<bool>,
    pub is_finetune: Option<bool>,
    pub base_model_slug: Option<String>,
    pub configurations: Option<Settings>,
    pub pricing_config: Option<JsonObject>,
}
