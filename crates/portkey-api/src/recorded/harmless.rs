//! Names of members that hold no secret, for objects of which nothing is declared; and of those that hold some.

use std::sync::LazyLock;

use portkey_api_core::{SecretNames, schema_of};

use crate::logging::Traffic;

/// What people and the API call things, and settings that only say where something is.
const HARMLESS: [&str; 46] = [
    "ai_provider_id",
    "aws_auth_type",
    "aws_region",
    "azure_api_version",
    "azure_auth_mode",
    "azure_deployment_name",
    "azure_entra_client_id",
    "azure_entra_tenant_id",
    "azure_model_slug",
    "azure_resource_name",
    "collection_id",
    "config_id",
    "created_at",
    "current_period_ends_at",
    "description",
    "expires_at",
    "id",
    "integration_id",
    "kind",
    "label_id",
    "method",
    "mode",
    "model",
    "name",
    "note",
    "operator",
    "organisation_id",
    "periodic_reset",
    "prompt_id",
    "provider",
    "region",
    "role",
    "scopes",
    "slug",
    "status",
    "title",
    "type",
    "unit",
    "user_id",
    "version",
    "version_id",
    "vertex_auth_type",
    "vertex_project_id",
    "vertex_region",
    "virtual_key",
    "workspace_id",
];

static TRAFFIC: LazyLock<Option<SecretNames>> =
    LazyLock::new(|| SecretNames::of(&schema_of::<Traffic>()));

pub(super) fn is_harmless(name: &str) -> bool {
    HARMLESS.contains(&name)
}

/// Whether whatever is filed under this name may be secret.
pub(super) fn is_secret(name: &str) -> bool {
    TRAFFIC.as_ref().is_some_and(|names| names.contains(name))
}
