//! How Portkey signs in to a secret manager.

use portkey_api_core::{Path, Problem, Problems, Secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a secret manager wants to know: an authentication type or mode, and the fields that go with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-secret-names" = ["aws_session_token", "azure_client_secret", "client_secret", "password"]))]
#[allow(missing_docs, reason = "the names are the managers' own")]
pub struct ManagerLogin {
    pub aws_auth_type: Option<AwsLogin>,
    pub aws_access_key_id: Option<Secret>,
    pub aws_secret_access_key: Option<Secret>,
    pub aws_role_arn: Option<String>,
    pub aws_external_id: Option<String>,
    pub aws_region: Option<String>,
    pub azure_auth_mode: Option<AzureLogin>,
    pub azure_entra_tenant_id: Option<String>,
    pub azure_entra_client_id: Option<String>,
    pub azure_entra_client_secret: Option<Secret>,
    pub azure_managed_client_id: Option<String>,
    pub azure_vault_url: Option<String>,
    pub vault_auth_type: Option<VaultLogin>,
    pub vault_addr: Option<String>,
    pub vault_token: Option<Secret>,
    pub vault_role_id: Option<String>,
    pub vault_secret_id: Option<Secret>,
    pub vault_role: Option<String>,
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

/// The member that says how to sign in to each manager.
const WAYS: [(&str, &str); 3] = [
    ("aws_sm", "aws_auth_type"),
    ("azure_kv", "azure_auth_mode"),
    ("hashicorp_vault", "vault_auth_type"),
];

/// What usually goes with each way to sign in.
const NEEDED: [(&str, &[&str]); 8] = [
    (
        "accessKey",
        &["aws_access_key_id", "aws_secret_access_key", "aws_region"],
    ),
    ("assumedRole", &["aws_role_arn", "aws_region"]),
    (
        "entra",
        &[
            "azure_entra_tenant_id",
            "azure_entra_client_id",
            "azure_entra_client_secret",
            "azure_vault_url",
        ],
    ),
    ("managed", &["azure_vault_url"]),
    ("default", &["azure_vault_url"]),
    ("token", &["vault_addr", "vault_token"]),
    (
        "approle",
        &["vault_addr", "vault_role_id", "vault_secret_id"],
    ),
    ("kubernetes", &["vault_addr", "vault_role"]),
];

/// Notes what a new reference usually needs to sign in to its manager.
pub(crate) fn advise(arguments: &mut Value, _: &Path<'_>, problems: &mut Problems) {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let (Some(manager), Some(Value::Object(login))) = (
        text(arguments.get("manager_type")),
        arguments.get("auth_config"),
    ) else {
        return;
    };
    let Some((_, way)) = WAYS.iter().find(|(name, _)| *name == manager) else {
        return;
    };
    let given = text(login.get(*way));
    let needed = match &given {
        Some(given) => NEEDED.iter().find(|(name, _)| name == given),
        None => None,
    };
    let needed = needed.map_or(&[][..], |(_, needed)| *needed);
    for lacking in [*way]
        .iter()
        .chain(needed)
        .filter(|name| !login.contains_key(**name))
    {
        let rule = "left out, though it is usually needed to sign in to this manager in this way";
        problems.note(|| Problem::rule(format!("auth_config.{lacking}"), rule));
    }
}
