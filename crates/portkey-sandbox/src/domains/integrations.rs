//! Integrations: credentials of an AI provider, of the organisation or of one workspace.

mod access;
mod models;

use portkey_api::{
    JsonObject,
    integrations::{
        CreateIntegration, DeleteIntegration, DeleteIntegrationModel, GetIntegration,
        IntegrationOwner, ListIntegrationModels, ListIntegrationWorkspaces, ListIntegrations,
        UpdateIntegration, UpdateIntegrationModels, UpdateIntegrationWorkspaces,
    },
    masked,
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    identity,
    records::Integration,
    routes::Routes,
    rules::{naming, provider_settings, tags, workspace_scope},
    wire::{Answer, Call, Change, Fields, Page, Paging, Refusal, merged},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListIntegrations>(list)
        .on::<CreateIntegration>(create)
        .on::<GetIntegration>(get)
        .on::<UpdateIntegration>(update)
        .on::<DeleteIntegration>(delete)
        .on::<ListIntegrationModels>(models::list)
        .on::<UpdateIntegrationModels>(models::update)
        .on::<DeleteIntegrationModel>(models::delete)
        .on::<ListIntegrationWorkspaces>(access::list)
        .on::<UpdateIntegrationWorkspaces>(access::update)
}

/// For a workspace these are its own, and those of the organisation that it may use.
fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let workspace = workspace_scope::requested(call, db)?;
    let owner: Option<IntegrationOwner> = call.query().optional("type")?;
    let tag_filter = tags::TagFilter::of(call)?;
    let mut integrations = Integration::seen_from(db, workspace.as_deref())?;
    integrations.retain(|integration| {
        let is_owned = match owner {
            Some(IntegrationOwner::Workspace) => integration.workspace_id.is_some(),
            Some(IntegrationOwner::Organisation) => integration.workspace_id.is_none(),
            Some(IntegrationOwner::All) | None => true,
        };
        is_owned && tag_filter.matches(&integration.tags)
    });
    let entries = integrations.iter().map(|each| listed(each, call));
    Ok(page.cut(entries.collect()))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = Integration::in_path(call, db)?;
    let secret = integration.secret.as_deref().unwrap_or_default();
    let mappings = integration.secret_mappings.as_array();
    let detail = json!({
        "masked_key": masked(secret),
        "configurations": provider_settings::hidden(&integration.configurations),
        "global_workspace_access_settings": integration.global_access().to_json(call.now),
        "allow_all_models": integration.allow_all_models,
        "workspace_count": access::count(db, &integration)?,
        "secret_mappings": mappings.cloned().unwrap_or_default(),
        "pricing_adjustments": integration.pricing_adjustments,
    });
    Ok(merged(listed(&integration, call), detail).into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = body.text("name")?;
    let workspace = workspace_scope::requested(call, db)?;
    if workspace.is_none() {
        call.principal
            .permit_scope("organisation_integrations.create")?;
    }
    let slug = naming::slug(body, "slug")?;
    let mut integration = Integration {
        id: identity::new_id(),
        slug: slug.unwrap_or_else(|| identity::new_slug("", &name)),
        ai_provider_id: body.text("ai_provider_id")?,
        workspace_id: workspace,
        allow_all_models: true,
        created_at: call.timestamp(),
        ..Integration::default()
    };
    change(&mut integration, body)?;
    integration.insert(db)?;
    let provider = access::DefaultProvider::of(body)?;
    if let Some(workspace) = &integration.workspace_id {
        provider.add(call, db, &integration, workspace)?;
    }
    Ok(json!({ "id": integration.id, "slug": integration.slug }).into())
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut integration = Integration::in_path(call, db)?;
    change(&mut integration, call.body()?)?;
    integration.save(db, &call.timestamp())?;
    Ok(Answer::empty())
}

/// Deletes the integration together with its providers.
fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    Integration::in_path(call, db)?.delete(db)?;
    Ok(Answer::empty())
}

/// Applies the fields of a body.
fn change(integration: &mut Integration, body: Fields<'_>) -> Result<(), Refusal> {
    if let Some(name) = naming::name(body)? {
        integration.name = name;
    }
    if let Some(secret) = body.optional_text("key")? {
        integration.secret = Some(secret);
    }
    integration.description = body
        .change("description")?
        .over(integration.description.take());
    if let Some(configurations) = body.optional::<JsonObject>("configurations")? {
        let given = body.inside("configurations", "configurations.")?;
        provider_settings::check(&integration.ai_provider_id, given)?;
        integration.configurations = configurations.into();
    }
    body.change::<Vec<JsonObject>>("secret_mappings")?
        .map(|mappings| json!(mappings))
        .replace(&mut integration.secret_mappings);
    pricing_adjustments(body)?.replace(&mut integration.pricing_adjustments);
    tags::change(body)?.replace(&mut integration.tags);
    Ok(())
}

/// `{multiplier: {request_token: 1.2}}`: factors, which are not negative.
fn pricing_adjustments(body: Fields<'_>) -> Result<Change<Value>, Refusal> {
    let adjustments = body.change::<JsonObject>("pricing_adjustments")?;
    let Change::Set(given) = &adjustments else {
        return Ok(adjustments.map(Value::Object));
    };
    if let Some(other) = given.keys().find(|name| *name != "multiplier") {
        let problem = format!("has no member `{other}`");
        return Err(body.refuse("pricing_adjustments", &problem));
    }
    let inside = body.inside("pricing_adjustments", "pricing_adjustments.")?;
    let factors: JsonObject = inside.optional("multiplier")?.unwrap_or_default();
    let is_factor = |value: &Value| value.as_f64().is_none_or(|factor| factor >= 0.0);
    let is_known = |value: &Value| !matches!(value, Value::String(_) | Value::Bool(_));
    if factors.values().all(|v| is_factor(v) && is_known(v)) {
        Ok(adjustments.map(Value::Object))
    } else {
        Err(inside.refuse("multiplier", "takes numbers from 0"))
    }
}

fn listed(integration: &Integration, call: &Call) -> Value {
    let owner = match integration.workspace_id {
        Some(_) => "workspace",
        None => "organisation",
    };
    json!({
        "id": integration.id,
        "organisation_id": call.principal.organisation_id,
        "workspace_id": integration.workspace_id,
        "type": owner,
        "ai_provider_id": integration.ai_provider_id,
        "name": integration.name,
        "slug": integration.slug,
        "description": integration.description.as_deref().unwrap_or_default(),
        "status": "active",
        "tags": integration.tags,
        "created_at": integration.created_at,
        "last_updated_at": integration.last_updated_at,
        "object": "integration",
    })
}
