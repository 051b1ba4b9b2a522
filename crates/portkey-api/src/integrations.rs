//! Integrations: credentials of an AI provider, of the organisation or of one workspace, with the models they give and
//! the workspaces that may use them.

mod access;
mod models;
mod settings;

use portkey_api_core::{
    Check, Done, JsonObject, Nullable, Open, Page, Problem, RefersTo, Secret, answer, catalog,
    endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AiProvider, ids::WorkspaceId, paging::Paging, virtual_keys::SecretMapping};

pub use access::{
    IntegrationWorkspace, ListIntegrationWorkspaces, UpdateIntegrationWorkspaces, WorkspaceAccess,
};
pub(crate) use models::advise as advise_on_model;
pub use models::{
    DeleteIntegrationModel, IntegrationModel, ListIntegrationModels, ModelAccess,
    UpdateIntegrationModels,
};
pub use settings::{AwsRegion, AzureResource, ProviderSettings, Settings, VertexRegion};

pub use crate::ids::IntegrationSlug;
pub(crate) use settings::{advise, advise_on_resource};

catalog! { "Integrations":
    ListIntegrations,
    CreateIntegration,
    GetIntegration,
    UpdateIntegration,
    DeleteIntegration,
    ListIntegrationModels,
    UpdateIntegrationModels,
    DeleteIntegrationModel,
    ListIntegrationWorkspaces,
    UpdateIntegrationWorkspaces,
}

/// List all integrations
///
/// Shows all integrations of the org: which AI or LLM accounts are connected, credentials masked. What workspaces use
/// is in `list_providers`.
#[endpoint(GET "/integrations" -> Page<Integration>, plan(unspecified),
    scopes("organisation_integrations.list", "workspace_integrations.list"), essential, lists(Integration),
    airs(admin))]
pub struct ListIntegrations {
    #[shared]
    pub paging: Paging,
    pub workspace_id: Option<WorkspaceId>,
    /// Whose; all unless said.
    pub r#type: Option<Open<IntegrationOwner>>,
    /// Text values to find by.
    pub tags: Option<JsonObject>,
}

/// Connect an AI provider
///
/// Connects a vendor (AI account): adds our own API keys or other credentials. For the org or for one workspace, which
/// gets a provider by it.
#[endpoint(POST "/integrations" -> NewIntegration, plan(unspecified), checked,
    scopes("organisation_integrations.create", "workspace_integrations.create"), airs(admin))]
#[schemars(extend("x-advice" = "integration"))]
pub struct CreateIntegration {
    #[schemars(length(max = 255))]
    pub name: String,
    /// Such as `openai`, `anthropic`, `azure-openai`, `bedrock` or `vertex-ai`.
    pub ai_provider_id: AiProvider,
    #[schemars(length(max = 255))]
    pub slug: Option<String>,
    /// The provider's API key.
    pub key: Option<Secret>,
    pub description: Option<String>,
    /// To keep it to one workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// Make the workspaces a provider at once; default true.
    #[hidden]
    #[instruction]
    pub create_default_provider: Option<bool>,
    #[hidden]
    #[schemars(length(max = 255))]
    #[instruction]
    pub default_provider_slug: Option<String>,
    /// Credentials kept in a secret manager.
    #[hidden(outlined)]
    pub secret_mappings: Option<Vec<Open<SecretMapping>>>,
    /// Multipliers of list prices: {"multiplier": {"default": 1.2}}.
    #[hidden]
    #[example({ "multiplier": { "default": 1 } })]
    pub pricing_adjustments: Option<JsonObject>,
    /// Text values to find it by.
    #[hidden]
    pub tags: Option<JsonObject>,
    #[shared]
    pub settings: ProviderSettings,
}

impl Check for CreateIntegration {
    fn check(&self) -> Result<(), Problem> {
        self.settings.check()
    }
}

/// Get an integration
///
/// Shows one integration: how it is configured, settings, masked credentials, what workspaces may use.
#[endpoint(GET "/integrations/{slug}" -> Integration, plan(enterprise),
    scopes("organisation_integrations.read", "workspace_integrations.read"), reads(Integration), airs(admin))]
pub struct GetIntegration {
    pub slug: IntegrationSlug,
}

/// Change an integration's credentials
///
/// Replaces the API key of a vendor's integration, its credentials (expired, rotated, new) or region. Provider settings
/// are replaced as a whole.
#[endpoint(PUT "/integrations/{slug}" -> Integration, plan(unspecified), fresh(GetIntegration), checked,
    scopes("organisation_integrations.update", "workspace_integrations.update"),
    merges("configurations"), airs(admin))]
#[schemars(extend("x-advice" = "integration"))]
pub struct UpdateIntegration {
    pub slug: IntegrationSlug,
    #[schemars(length(max = 255))]
    pub name: Option<String>,
    /// Replaces the provider's API key.
    pub key: Option<Secret>,
    pub description: Option<String>,
    /// Credentials kept in a secret manager; an empty list clears.
    #[hidden(outlined)]
    pub secret_mappings: Option<Vec<Open<SecretMapping>>>,
    /// Multipliers of list prices.
    #[hidden]
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[example({ "multiplier": { "default": 1 } })]
    pub pricing_adjustments: Option<Nullable<JsonObject>>,
    /// Text values to find it by.
    #[hidden]
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub tags: Option<Nullable<JsonObject>>,
    #[shared]
    pub settings: ProviderSettings,
}

impl Check for UpdateIntegration {
    fn check(&self) -> Result<(), Problem> {
        self.settings.check()
    }
}

/// Delete an integration
///
/// Disconnects an AI vendor: removes the integration with its credentials. The providers, prompts and configs built on
/// it stop working.
#[endpoint(DELETE "/integrations/{slug}" -> Done, plan(unspecified),
    scopes("organisation_integrations.delete", "workspace_integrations.delete"),
    undo(never = "the provider's credentials in it cannot be read, so they cannot be put back: \
        `create_integration` takes them anew"), airs(admin))]
pub struct DeleteIntegration {
    pub slug: IntegrationSlug,
}

/// Whose integrations are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum IntegrationOwner {
    Workspace,
    Organisation,
    All,
}

/// Stored credentials of an AI provider.
#[answer(brief(slug, name, ai_provider_id, status, workspace_id, r#type, created_at))]
pub struct Integration {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub ai_provider_id: Option<String>,
    pub status: Option<String>,
    pub organisation_id: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    /// Organisation or workspace.
    pub r#type: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
    pub masked_key: Option<Secret>,
    pub configurations: Option<Settings>,
    pub global_workspace_access_settings: Option<JsonObject>,
    pub allow_all_models: Option<bool>,
    pub workspace_count: Option<u64>,
    pub secret_mappings: Option<Vec<JsonObject>>,
    pub pricing_adjustments: Option<JsonObject>,
    pub tags: Option<JsonObject>,
}

/// A fresh integration.
#[answer]
pub struct NewIntegration {
    pub id: Option<String>,
    pub slug: Option<String>,
}
