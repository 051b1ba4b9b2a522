//! Secret references: where in an outside secret manager a credential is kept.

mod login;

use portkey_api_core::{
    Check, Done, JsonObject, Nullable, Open, Page, Problem, answer, catalog, endpoint,
    secret_members,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{OrganisationId, WorkspaceId},
    paging::Paging,
};

pub(crate) use login::advise;
pub use login::{AwsLogin, AzureLogin, ManagerLogin, VaultLogin};

pub use crate::ids::SecretReferenceId;

catalog! { "Secret references":
    ListSecretReferences,
    CreateSecretReference,
    GetSecretReference,
    UpdateSecretReference,
    DeleteSecretReference,
}

/// List all secret references
///
/// Shows all secret references: which secrets we keep in outside vaults (AWS and other secret managers). The secrets
/// themselves are never read.
#[endpoint(GET "/secret-references" -> Page<SecretReference>,
    scopes("secret_references.list"), keys(admin), plan(enterprise), extended, lists(SecretReference), airs(admin))]
pub struct ListSecretReferences {
    pub manager_type: Option<Open<SecretManager>>,
    /// Text values to match.
    pub tags: Option<JsonObject>,
    /// Part of the name.
    #[schemars(length(min = 1, max = 255))]
    pub search: Option<String>,
    #[shared]
    pub paging: Paging,
}

/// Create a secret reference
///
/// Adds a secret from a vault (AWS Secrets Manager, Azure Key Vault, Hashicorp) and how to sign in there. Integrations
/// use it in place of a stored key, by their secret mappings.
#[endpoint(POST "/secret-references" -> NewSecretReference,
    scopes("secret_references.create"), keys(admin), plan(enterprise), extended, checked, airs(admin))]
#[schemars(extend("x-advice" = "secret_reference"))]
pub struct CreateSecretReference {
    #[schemars(length(min = 1, max = 255))]
    pub name: String,
    pub manager_type: Open<SecretManager>,
    /// Only what the manager needs: an authentication type or mode, and its fields.
    pub auth_config: Open<ManagerLogin>,
    /// Where the manager keeps it.
    #[schemars(length(max = 1024))]
    pub secret_path: String,
    /// Member of the secret, where it has several.
    #[schemars(length(max = 255))]
    pub secret_key: Option<String>,
    #[schemars(length(max = 255))]
    pub slug: Option<String>,
    #[schemars(length(max = 1024))]
    pub description: Option<String>,
    pub organisation_id: Option<OrganisationId>,
    /// True when left out.
    #[schemars(extend("x-wide" = true))]
    pub allow_all_workspaces: Option<bool>,
    /// Instead of all workspaces.
    #[schemars(length(min = 1))]
    #[excludes(allow_all_workspaces)]
    pub allowed_workspaces: Option<Vec<WorkspaceId>>,
    /// Text values.
    pub tags: Option<JsonObject>,
}

impl Check for CreateSecretReference {
    fn check(&self) -> Result<(), Problem> {
        check_workspaces(
            self.allow_all_workspaces,
            self.allowed_workspaces.as_deref(),
        )
    }
}

/// Get a secret reference
///
/// Shows where a secret reference points to: path, manager, which workspaces may use it. The secrets of its sign-in are
/// masked.
#[endpoint(GET "/secret-references/{id}" -> SecretReference,
    scopes("secret_references.read"), keys(admin), plan(enterprise), extended, airs(admin))]
pub struct GetSecretReference {
    #[alias("secret_reference_id")]
    pub id: SecretReferenceId,
}

/// Update a secret reference
///
/// Edits a secret reference: changes its vault path, sign-in or workspaces. `auth_config` adds to the old one; the
/// manager is fixed.
#[endpoint(PUT "/secret-references/{id}" -> SecretReference, scopes("secret_references.update"),
    keys(admin), plan(enterprise), extended, checked, fresh(GetSecretReference), airs(admin))]
pub struct UpdateSecretReference {
    #[alias("secret_reference_id")]
    pub id: SecretReferenceId,
    #[schemars(length(min = 1, max = 255))]
    pub name: Option<String>,
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[schemars(length(max = 1024))]
    pub description: Option<Nullable<String>>,
    /// What changes about signing in.
    pub auth_config: Option<Open<ManagerLogin>>,
    /// Where the manager keeps it.
    #[schemars(length(max = 1024))]
    pub secret_path: Option<String>,
    /// Member of the secret, where it has several.
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[schemars(length(max = 255))]
    pub secret_key: Option<Nullable<String>>,
    /// True drops the list of workspaces.
    #[schemars(extend("x-wide" = true))]
    pub allow_all_workspaces: Option<bool>,
    /// Instead of all workspaces.
    #[schemars(length(min = 1))]
    #[excludes(allow_all_workspaces)]
    pub allowed_workspaces: Option<Vec<WorkspaceId>>,
    /// Text values.
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub tags: Option<Nullable<JsonObject>>,
}

impl Check for UpdateSecretReference {
    fn check(&self) -> Result<(), Problem> {
        check_workspaces(
            self.allow_all_workspaces,
            self.allowed_workspaces.as_deref(),
        )
    }
}

/// Delete a secret reference
///
/// Deletes a link to a vault secret (unlinks it). The secret stays in its vault. What uses the reference fails from
/// then on.
#[endpoint(DELETE "/secret-references/{id}" -> Done,
    scopes("secret_references.delete"), keys(admin), plan(enterprise), extended,
    undo(never = "the credentials of the secret manager cannot be read, so they cannot be put back: \
        `create_secret_reference` takes them anew"), airs(admin))]
pub struct DeleteSecretReference {
    #[alias("secret_reference_id")]
    pub id: SecretReferenceId,
}

fn check_workspaces(all: Option<bool>, listed: Option<&[WorkspaceId]>) -> Result<(), Problem> {
    match (all, listed) {
        (Some(true), Some(_)) => Err(Problem::rule(
            "allowed_workspaces",
            "give `allow_all_workspaces` or `allowed_workspaces`, not both",
        )),
        _ => Ok(()),
    }
}

/// Which secret manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum SecretManager {
    AwsSm,
    AzureKv,
    HashicorpVault,
}

/// Where a credential is kept.
#[answer(brief(
    slug,
    name,
    manager_type,
    secret_path,
    allow_all_workspaces,
    status,
    last_updated_at
))]
pub struct SecretReference {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub manager_type: Option<String>,
    pub auth_config: Option<StoredLogin>,
    pub secret_path: Option<String>,
    pub secret_key: Option<String>,
    pub allow_all_workspaces: Option<bool>,
    pub allowed_workspaces: Option<Vec<String>>,
    pub tags: Option<JsonObject>,
    pub status: Option<String>,
    pub organisation_id: Option<String>,
    pub created_by: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}

secret_members! {
    /// How Portkey signs in to a secret manager, as it is read later.
    StoredLogin: [
        "masked_*",
        "aws_access_key_id",
        "aws_secret_access_key",
        "azure_entra_client_secret",
        "vault_token",
        "vault_secret_id",
    ]
}

/// A fresh secret reference.
#[answer]
pub struct NewSecretReference {
    pub id: Option<String>,
    pub slug: Option<String>,
}
