//! Virtual keys: a provider's credentials under a name. The credential itself is never answered.

use portkey_api::{
    JsonObject, masked,
    virtual_keys::{
        CreateVirtualKey, DeleteVirtualKey, GetVirtualKey, ListVirtualKeys, UpdateVirtualKey,
    },
};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    identity,
    records::Provider,
    routes::Routes,
    rules::workspace_scope,
    wire::{Answer, Call, Fields, Page, Paging, Refusal, merged},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListVirtualKeys>(list)
        .on::<CreateVirtualKey>(create)
        .on::<GetVirtualKey>(get)
        .on::<UpdateVirtualKey>(update)
        .on::<DeleteVirtualKey>(delete)
}

/// Settings of the connection besides the key. They are in camel case here, unlike those of integrations.
const MODEL_CONFIG: &[&str] = &[
    "apiVersion",
    "resourceName",
    "deploymentName",
    "deploymentConfig",
    "azureAuthMode",
    "azureEntraClientId",
    "azureEntraClientSecret",
    "azureEntraTenantId",
    "azureManagedClientId",
    "awsAuthType",
    "awsRegion",
    "awsRoleArn",
    "awsExternalId",
    "skipPtuCostAttribution",
];

/// The fields that a deployment of Azure OpenAI needs.
#[derive(Deserialize)]
struct Deployment {
    #[serde(rename = "apiVersion")]
    _api_version: String,
    #[serde(rename = "deploymentName")]
    _deployment_name: String,
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = workspace_scope::requested(call, db)?;
    let paging = Paging {
        default_size: Some(50),
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let keys = Provider::of_workspace(db, workspace.as_deref())?;
    let entries = keys.iter().map(|key| listed(key, call, db));
    Ok(page.cut(entries.collect::<Result<_, _>>()?))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let key = in_path(call, db)?;
    let shown = masked(key.secret.as_deref().unwrap_or_default());
    let own = call.principal.workspace_id.is_none();
    let wire = json!({
        "id": key.id,
        "ai_provider_name": key.ai_provider_id,
        "model_config": hidden(&key.configurations),
        "key": if own { shown.as_str() } else { "" },
        "masked_api_key": shown,
        "slug": key.slug,
        "name": key.name,
        "status": key.status(db, call.now)?,
        "note": key.note,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "rate_limits": key.rate_limits.as_array().cloned().unwrap_or_default(),
        "integration_id": key.integration_id,
        "secret_mappings": key.secret_mappings.as_array().cloned().unwrap_or_default(),
        "tags": key.tags,
        "object": "virtual-key",
    });
    Ok(merged(wire, key.budget(call.now)).into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = body.text("name")?;
    let mut key = Provider {
        id: identity::new_id(),
        slug: identity::new_slug("", &name),
        ai_provider_id: body.text("provider")?,
        workspace_id: workspace_scope::requested_or_default(call, db)?,
        created_at: call.timestamp(),
        name,
        ..Provider::default()
    };
    change(&mut key, call, body)?;
    let is_keyless = ["secret_mappings", "azureAuthMode", "awsAuthType"];
    if key.secret.is_none() && is_keyless.iter().all(|name| body.value(name).is_none()) {
        return Err(body.refuse("key", "is required"));
    }
    key.insert_with_integration(db)?;
    Ok(json!({ "success": true, "data": { "slug": key.slug } }).into())
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut key = in_path(call, db)?;
    let old = key.clone();
    change(&mut key, call, call.body()?)?;
    key.save(db, &call.timestamp())?;
    if (&key.secret, &key.configurations) != (&old.secret, &old.configurations) {
        let owner = key.integration_workspace.as_deref();
        call.principal.permit_workspace(owner, "integration")?;
        key.save_credentials(db)?;
    }
    Ok(Answer::empty())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    in_path(call, db)?.delete(db)?;
    Ok(Answer::empty())
}

fn in_path(call: &Call, db: &Connection) -> Result<Provider, Refusal> {
    let key = Provider::find(db, call.path("slug"))?;
    let key = key.ok_or_else(|| Refusal::not_found("virtual key"))?;
    call.principal
        .permit_workspace(Some(&key.workspace_id), "virtual key")?;
    Ok(key)
}

/// Applies the fields of a body.
fn change(key: &mut Provider, call: &Call, body: Fields<'_>) -> Result<(), Refusal> {
    key.change(call, body)?;
    if let Some(secret) = body.optional_text("key")? {
        key.secret = Some(secret);
    }
    if let Some(mappings) = body.optional::<Vec<JsonObject>>("secret_mappings")? {
        key.secret_mappings = json!(mappings);
    }
    body.optional::<Vec<Deployment>>("deploymentConfig")?;
    let mut config = key.configurations.as_object().cloned().unwrap_or_default();
    for name in MODEL_CONFIG {
        if let Some(value) = body.value(name) {
            config.insert((*name).to_owned(), value.clone());
        }
    }
    key.configurations = config.into();
    Ok(())
}

/// An entry of the listing, without credentials.
fn listed(key: &Provider, call: &Call, db: &Connection) -> Result<Value, Refusal> {
    let wire = json!({
        "id": key.id,
        "organisation_id": call.principal.organisation_id,
        "name": key.name,
        "note": key.note,
        "status": key.status(db, call.now)?,
        "reset_usage": null,
        "created_at": key.created_at,
        "slug": key.slug,
        "workspace_id": key.workspace_id,
        "model_config": null,
        "rate_limits": key.rate_limits,
        "expires_at": key.expires_at,
        "integration_id": key.integration_id,
        "tags": key.tags,
        "workspace_name": key.workspace_name,
        "provider": key.ai_provider_id,
        "object": "virtual-key",
    });
    Ok(merged(wire, key.budget(call.now)))
}

fn hidden(model_config: &Value) -> Value {
    let mut shown = model_config.clone();
    if let Some(Value::String(secret)) = shown.get_mut("azureEntraClientSecret") {
        *secret = masked(secret);
    }
    shown
}
