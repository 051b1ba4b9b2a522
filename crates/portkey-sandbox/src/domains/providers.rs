//! Providers: an integration as one workspace uses it. The older API presents the same record as a virtual key; its
//! credentials are stored in its integration.

use portkey_api::{
    masked,
    providers::{CreateProvider, DeleteProvider, GetProvider, ListProviders, UpdateProvider},
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    identity,
    records::{Integration, Provider},
    routes::Routes,
    rules::{naming, provider_settings, tags, workspace_scope},
    wire::{Answer, Call, Page, Paging, Refusal, merged},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListProviders>(list)
        .on::<CreateProvider>(create)
        .on::<GetProvider>(get)
        .on::<UpdateProvider>(update)
        .on::<DeleteProvider>(delete)
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let paging = Paging {
        default_size: Some(50),
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let workspace = workspace_scope::requested(call, db)?;
    let tag_filter = tags::TagFilter::of(call)?;
    let mut providers = Provider::of_workspace(db, workspace.as_deref())?;
    providers.retain(|provider| tag_filter.matches(&provider.tags));
    let entries = providers.iter().map(|provider| wire(provider, call, db));
    Ok(page.cut(entries.collect::<Result<_, _>>()?))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let provider = in_path(call, db)?;
    let mut detail = json!({
        "masked_api_key": masked(provider.secret.as_deref().unwrap_or_default()),
    });
    if call.query().flag("include_configurations")? == Some(true) {
        let configurations = provider_settings::hidden(&provider.configurations);
        detail = merged(detail, json!({ "configurations": configurations }));
    }
    Ok(merged(wire(&provider, call, db)?, detail).into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = body.text("name")?;
    let reference = body.text("integration_id")?;
    let workspace = workspace_scope::requested_or_default(call, db)?;
    let integration = Integration::find(db, &reference)?
        .ok_or_else(|| body.refuse("integration_id", "names no integration"))?;
    if !integration.serves(db, &workspace)? {
        return Err(body.refuse("integration_id", "is not enabled for this workspace"));
    }
    let slug = naming::slug(body, "slug")?;
    let mut provider = Provider {
        id: identity::new_id(),
        slug: slug.unwrap_or_else(|| identity::new_slug("", &name)),
        workspace_id: workspace,
        integration_id: integration.slug,
        created_at: call.timestamp(),
        ..Provider::default()
    };
    tags::change(body)?.replace(&mut provider.tags);
    provider.change(call, body)?;
    provider.insert(db)?;
    Ok(named(&provider))
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut provider = in_path(call, db)?;
    provider.change(call, call.body()?)?;
    provider.save(db, &call.timestamp())?;
    Ok(named(&provider))
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    in_path(call, db)?.delete(db)?;
    Ok(Answer::empty())
}

/// The provider that the path names, if it is in the workspace that the call names.
fn in_path(call: &Call, db: &Connection) -> Result<Provider, Refusal> {
    let found = Provider::find(db, call.path("slug"))?;
    let provider = found.ok_or_else(|| Refusal::not_found("provider"))?;
    let home = Some(provider.workspace_id.as_str());
    call.principal.permit_workspace(home, "provider")?;
    match workspace_scope::requested(call, db)? {
        Some(workspace) if workspace != provider.workspace_id => {
            Err(Refusal::not_found("provider"))
        }
        _ => Ok(provider),
    }
}

fn named(provider: &Provider) -> Answer {
    json!({ "id": provider.id, "slug": provider.slug }).into()
}

fn wire(provider: &Provider, call: &Call, db: &Connection) -> Result<Value, Refusal> {
    let wire = json!({
        "id": provider.id,
        "slug": provider.slug,
        "name": provider.name,
        "note": provider.note,
        "status": provider.status(db, call.now)?,
        "ai_provider_name": provider.ai_provider_id,
        "integration_id": provider.integration_id,
        "workspace_id": provider.workspace_id,
        "model_config": null,
        "rate_limits": provider.rate_limits,
        "reset_usage": null,
        "tags": provider.tags,
        "created_at": provider.created_at,
        "expires_at": provider.expires_at,
        "object": "provider",
    });
    Ok(merged(wire, provider.budget(call.now)))
}
