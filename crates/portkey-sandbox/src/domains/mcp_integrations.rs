//! MCP integrations: connections to MCP servers, of the organisation or of one workspace.

mod access;
mod capabilities;
mod introduction;
mod record;

use portkey_api::mcp_integrations::{
    CreateMcpIntegration, DeleteMcpIntegration, GetMcpIntegration, GetMcpIntegrationMetadata,
    IntegrationOwner, ListMcpIntegrationCapabilities, ListMcpIntegrationWorkspaces,
    ListMcpIntegrations, SyncMcpIntegration, TestMcpIntegration, UpdateMcpIntegration,
    UpdateMcpIntegrationCapabilities, UpdateMcpIntegrationWorkspaces,
};
use rusqlite::{Connection, named_params};
use serde_json::json;

use crate::{
    identity,
    routes::Routes,
    rules::{authority, naming, workspace_scope},
    store::{Queries as _, TableRow as _},
    wire::{Answer, Call, Page, Paging, Refusal, merged},
};

pub(crate) use access::give;
pub(crate) use capabilities::{counted, store, switches, to_json as capability};
pub(crate) use introduction::{introduced, test_connection};
use record::{ALLOWED, in_path, in_path_to_change};
pub(crate) use record::{McpIntegration, allows, find};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListMcpIntegrations>(list)
        .on::<CreateMcpIntegration>(create)
        .on::<GetMcpIntegration>(get)
        .on::<UpdateMcpIntegration>(update)
        .on::<DeleteMcpIntegration>(delete)
        .on::<ListMcpIntegrationWorkspaces>(access::list)
        .on::<UpdateMcpIntegrationWorkspaces>(access::update)
        .on::<ListMcpIntegrationCapabilities>(capabilities::list)
        .on::<UpdateMcpIntegrationCapabilities>(capabilities::update)
        .on::<GetMcpIntegrationMetadata>(introduction::get)
        .on::<TestMcpIntegration>(introduction::test)
        .on::<SyncMcpIntegration>(introduction::sync)
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let query = call.query();
    authority::permit_organisation(call, query)?;
    let of_workspace = match query.optional::<IntegrationOwner>("type")? {
        Some(IntegrationOwner::Workspace) => Some(true),
        Some(IntegrationOwner::Organisation) => Some(false),
        Some(IntegrationOwner::All) | None => None,
    };
    let sql = format!(
        "SELECT * FROM mcp_integrations AS integration
        WHERE (:workspace IS NULL OR {ALLOWED})
          AND (:search IS NULL OR instr(lower(name), lower(:search)) > 0)
          AND (:owned IS NULL OR (workspace_id IS NOT NULL) = :owned)
        ORDER BY created_at DESC, slug"
    );
    let filter = named_params! {
        ":workspace": workspace_scope::requested(call, db)?,
        ":search": query.optional_text("search")?,
        ":owned": of_workspace,
    };
    let integrations = db.all(&sql, filter, McpIntegration::read)?;
    let entries = integrations.iter().map(|integration| {
        let count = json!({ "workspaces_count": access::count(db, integration)? });
        Ok(merged(integration.to_json(), count))
    });
    Ok(page
        .cut_with_more(entries.collect::<Result<_, Refusal>>()?)
        .into())
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    Ok(in_path(call, db)?.to_json().into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = naming::name(body)?.ok_or_else(|| body.refuse("name", "is required"))?;
    let slug = naming::slug(body, "slug")?;
    for name in ["url", "auth_type", "transport"] {
        body.text(name)?;
    }
    let mut integration = McpIntegration {
        id: identity::new_id(),
        slug: slug.unwrap_or_else(|| identity::new_slug("", &name)),
        workspace_id: workspace_scope::explicit_owner(call, db)?,
        configurations: json!({}),
        secret_mappings: json!([]),
        owner_id: call.principal.author(),
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
        ..McpIntegration::default()
    };
    integration.change(body)?;
    let sql = "SELECT 1 FROM mcp_integrations WHERE slug = ?";
    if db.any(sql, [&integration.slug])? {
        return Err(Refusal::conflict(
            "An MCP integration with this slug already exists",
        ));
    }
    integration.insert(db)?;
    Ok(json!({ "id": integration.id, "slug": integration.slug }).into())
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut integration = in_path_to_change(call, db)?;
    integration.change(call.body()?)?;
    integration.last_updated_at = call.timestamp();
    integration.update(db)?;
    Ok(Answer::empty())
}

/// Deletes the integration together with the MCP servers that use it.
fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = in_path_to_change(call, db)?;
    let sql = "DELETE FROM mcp_integrations WHERE id = ?";
    db.run(sql, [integration.id])?;
    Ok(Answer::empty())
}
