//! How Portkey signs in to a secret manager.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretManager;
use crate::{Problem, Secret};

/// What a secret manager wants to know: an authentication type or mode, and the fields that go with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "the names are the managers' own")]
pub struct ManagerLogin {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_auth_type: Option<AwsLogin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_access_key_id: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_secret_access_key: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_auth_mode: Option<AzureLogin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_entra_tenant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_entra_client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_entra_client_secret: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_managed_client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_vault_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault_auth_type: Option<VaultLogin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault_addr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault_token: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault_role_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault_secret_id: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault_role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault_namespace: Option<String>,
}

/// How AWS Secrets Manager lets Portkey in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum AwsLogin {
    AccessKey,
    AssumedRole,
    ServiceRole,
}

/// How Azure Key Vault lets Portkey in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum AzureLogin {
    Entra,
    Managed,
    Default,
}

/// How `HashiCorp` Vault lets Portkey in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum VaultLogin {
    Token,
    AppRole,
    Kubernetes,
}

impl ManagerLogin {
    /// All that a new reference to something in `manager` needs is there.
    pub(super) fn check(&self, manager: SecretManager) -> Result<(), Problem> {
        let needed = match manager {
            SecretManager::AwsSm => self.needed_by_aws(),
            SecretManager::AzureKv => self.needed_by_azure(),
            SecretManager::HashicorpVault => self.needed_by_vault(),
        };
        match needed.into_iter().find(|(_, is_there)| !is_there) {
            Some((name, _)) => Err(Problem::rule(
                format!("auth_config.{name}"),
                "needed to sign in to this manager in this way",
            )),
            None => Ok(()),
        }
    }

    fn needed_by_aws(&self) -> Vec<(&'static str, bool)> {
        let region = ("aws_region", self.aws_region.is_some());
        match self.aws_auth_type {
            None => vec![("aws_auth_type", false)],
            Some(AwsLogin::AccessKey) => vec![
                ("aws_access_key_id", self.aws_access_key_id.is_some()),
                (
                    "aws_secret_access_key",
                    self.aws_secret_access_key.is_some(),
                ),
                region,
            ],
            Some(AwsLogin::AssumedRole) => {
                vec![("aws_role_arn", self.aws_role_arn.is_some()), region]
            }
            Some(AwsLogin::ServiceRole) => Vec::new(),
        }
    }

    fn needed_by_azure(&self) -> Vec<(&'static str, bool)> {
        let url = ("azure_vault_url", self.azure_vault_url.is_some());
        match self.azure_auth_mode {
            None => vec![("azure_auth_mode", false)],
            Some(AzureLogin::Entra) => vec![
                (
                    "azure_entra_tenant_id",
                    self.azure_entra_tenant_id.is_some(),
                ),
                (
                    "azure_entra_client_id",
                    self.azure_entra_client_id.is_some(),
                ),
                (
                    "azure_entra_client_secret",
                    self.azure_entra_client_secret.is_some(),
                ),
                url,
            ],
            Some(AzureLogin::Managed | AzureLogin::Default) => vec![url],
        }
    }

    fn needed_by_vault(&self) -> Vec<(&'static str, bool)> {
        let address = ("vault_addr", self.vault_addr.is_some());
        match self.vault_auth_type {
            None => vec![("vault_auth_type", false)],
            Some(VaultLogin::Token) => vec![address, ("vault_token", self.vault_token.is_some())],
            Some(VaultLogin::AppRole) => vec![
                address,
                ("vault_role_id", self.vault_role_id.is_some()),
                ("vault_secret_id", self.vault_secret_id.is_some()),
            ],
            Some(VaultLogin::Kubernetes) => {
                vec![address, ("vault_role", self.vault_role.is_some())]
            }
        }
    }
}
