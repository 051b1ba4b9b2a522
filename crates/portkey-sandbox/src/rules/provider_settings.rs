//! Settings that a provider needs besides its key, and which of them are answered masked.

use std::net::IpAddr;

use axum::http::Uri;
use portkey_api::{JsonObject, masked};
use serde_json::Value;

use crate::wire::{Fields, Refusal};

/// The required settings of each AI provider. Others accept any settings.
const REQUIRED: &[(&str, &[&str])] = &[
    (
        "azure-openai",
        &[
            "azure_auth_mode",
            "azure_resource_name",
            "azure_deployment_config",
        ],
    ),
    ("azure-ai", &["azure_auth_mode", "azure_foundry_url"]),
    ("bedrock", &["aws_auth_type", "aws_region"]),
    ("sagemaker", &["aws_auth_type", "aws_region"]),
    ("vertex-ai", &["vertex_auth_type", "vertex_region"]),
    ("workers-ai", &["workers_ai_account_id"]),
    ("cortex", &["snowflake_account"]),
];

/// The required settings of a deployment on Azure.
const DEPLOYMENT: [&str; 3] = [
    "azure_api_version",
    "azure_deployment_name",
    "azure_model_slug",
];

/// Settings that are answered masked, with `masked_` before their name.
const SECRET: [&str; 4] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "azure_entra_client_secret",
    "vertex_service_account_json",
];

/// Refuses settings with which the models of an AI provider cannot be reached.
pub(crate) fn check(ai_provider_id: &str, given: Fields<'_>) -> Result<(), Refusal> {
    let required = REQUIRED.iter().find(|(known, _)| *known == ai_provider_id);
    for name in required.map_or(&[][..], |(_, names)| names) {
        if given.value(name).is_none() {
            return Err(given.refuse(name, "is required"));
        }
    }
    let deployments = given.optional::<Vec<JsonObject>>("azure_deployment_config")?;
    for deployment in deployments.iter().flatten() {
        for name in DEPLOYMENT {
            Fields::of(deployment).text(name)?;
        }
    }
    if deployments.is_some_and(|list| list.is_empty()) {
        return Err(given.refuse("azure_deployment_config", "needs a deployment"));
    }
    custom_host(given)
}

/// Refuses a `custom_host` that is not a public address.
pub(crate) fn custom_host(given: Fields<'_>) -> Result<(), Refusal> {
    let Some(host) = given.optional_text("custom_host")? else {
        return Ok(());
    };
    let address = host.parse::<Uri>().ok();
    let address = address.filter(|uri| {
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        is_web && uri.host().is_some_and(|host| !host.is_empty())
    });
    let Some(address) = address.filter(|_| !host.contains('#')) else {
        return Err(given.refuse("custom_host", "must be a URL of http or https"));
    };
    if is_private(address.host().unwrap_or_default()) {
        return Err(given.refuse("custom_host", "must not be a private address"));
    }
    Ok(())
}

fn is_private(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(ip)) => {
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()
        }
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

/// The settings as answers have them.
pub(crate) fn hidden(configurations: &Value) -> Value {
    let members = configurations.as_object().into_iter().flatten();
    let shown = members.map(|(name, value)| match name.as_str() {
        "custom_headers" => (name.clone(), masked_texts(value)),
        name if SECRET.contains(&name) => (format!("masked_{name}"), masked_text(value).into()),
        _ => (name.clone(), value.clone()),
    });
    shown.collect::<JsonObject>().into()
}

fn masked_texts(headers: &Value) -> Value {
    let headers = headers.as_object().into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.clone(), masked_text(value).into()));
    headers.collect::<JsonObject>().into()
}

fn masked_text(value: &Value) -> String {
    match value {
        Value::String(text) => masked(text),
        _ => "*****".to_owned(),
    }
}
