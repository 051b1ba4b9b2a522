//! The login to a secret manager: which fields each method needs, and how they are answered.

use portkey_api::{
    JsonObject, masked,
    secret_references::SecretManager::{self, AwsSm, AzureKv, HashicorpVault},
};
use serde_json::Value;

use crate::wire::{Fields, Refusal};

/// One login method.
struct Way {
    manager: SecretManager,
    name: &'static str,
    needs: &'static [&'static str],
}

const WAYS: &[Way] = &[
    way(
        AwsSm,
        "accessKey",
        &["aws_access_key_id", "aws_secret_access_key", "aws_region"],
    ),
    way(AwsSm, "assumedRole", &["aws_role_arn", "aws_region"]),
    way(AwsSm, "serviceRole", &[]),
    way(
        AzureKv,
        "entra",
        &[
            "azure_entra_tenant_id",
            "azure_entra_client_id",
            "azure_entra_client_secret",
            "azure_vault_url",
        ],
    ),
    way(AzureKv, "managed", &["azure_vault_url"]),
    way(AzureKv, "default", &["azure_vault_url"]),
    way(HashicorpVault, "token", &["vault_addr", "vault_token"]),
    way(
        HashicorpVault,
        "approle",
        &["vault_addr", "vault_role_id", "vault_secret_id"],
    ),
    way(HashicorpVault, "kubernetes", &["vault_addr", "vault_role"]),
];

/// Fields that are answered masked, with `masked_` before their name.
const HIDDEN: &[&str] = &[
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_role_arn",
    "aws_external_id",
    "azure_entra_client_secret",
    "vault_token",
    "vault_secret_id",
];

const fn way(manager: SecretManager, name: &'static str, needs: &'static [&'static str]) -> Way {
    Way {
        manager,
        name,
        needs,
    }
}

/// The login after a change by the `auth_config` of a body. It must be complete for its method.
pub(super) fn merged(
    old: &Value,
    manager: SecretManager,
    body: Fields<'_>,
) -> Result<Value, Refusal> {
    let mut login = old.as_object().cloned().unwrap_or_default();
    login.extend(body.required::<JsonObject>("auth_config")?);
    let chosen_by = match manager {
        AwsSm => "aws_auth_type",
        AzureKv => "azure_auth_mode",
        HashicorpVault => "vault_auth_type",
    };
    let fields = Fields::of(&login);
    let refuse =
        |name: &str, problem: &str| Refusal::invalid_field(&format!("auth_config.{name}"), problem);
    let chosen = fields.optional_text(chosen_by)?;
    let chosen = chosen.ok_or_else(|| refuse(chosen_by, "is required"))?;
    let mut ways = WAYS.iter().filter(|way| way.manager == manager);
    let way = ways
        .find(|way| way.name == chosen)
        .ok_or_else(|| refuse(chosen_by, "names no way to sign in to this manager"))?;
    for name in way.needs {
        let text = login.get(*name).and_then(Value::as_str);
        if text.is_none_or(|text| text.trim().is_empty()) {
            return Err(refuse(name, "is required"));
        }
    }
    Ok(login.into())
}

/// The login as answers have it.
pub(super) fn to_json(login: &Value) -> Value {
    let members = login.as_object().into_iter().flatten();
    let members = members.map(|(name, value)| match value.as_str() {
        Some(secret) if HIDDEN.contains(&name.as_str()) => {
            (format!("masked_{name}"), masked(secret).into())
        }
        _ => (name.clone(), value.clone()),
    });
    members.collect()
}
