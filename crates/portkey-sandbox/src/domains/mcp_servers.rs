//! MCP servers: MCP integrations as workspaces use them through the gateway.

mod capabilities;
mod gateway;
mod guardrails;
mod people;
mod record;
mod registry;

use portkey_api::{
    mcp_integrations::ListMcpRegistryServers,
    mcp_servers::{
        CheckMcpServerUserAccess, CreateMcpServer, DeleteMcpServer, DeleteMcpServerTokens,
        DisconnectMcpServerConnection, GetMcpServer, GetMcpServerClientInfo, GetMcpServerMetadata,
        GetMcpServerTokens, ListGuardrailMcpServers, ListMcpServerCapabilities,
        ListMcpServerConnections, ListMcpServerUserAccess, ListMcpServers,
        ReplaceGuardrailMcpServers, SyncMcpServerCapabilities, SyncMcpServerMetadata,
        TestMcpServer, UpdateMcpServer, UpdateMcpServerCapabilities, UpdateMcpServerTokens,
        UpdateMcpServerUserAccess, UpsertGuardrailMcpServer,
    },
};
use rusqlite::{Connection, named_params, params};
use serde_json::{Value, json};

use crate::{
    domains::mcp_integrations,
    identity,
    routes::Routes,
    rules::{naming, workspace_scope},
    store::Queries as _,
    wire::{Answer, Call, Fields, Page, Paging, Refusal, merged},
};

pub(crate) use gateway::connect;
pub(crate) use record::{McpServer, insert};
use record::{SERVERS, in_path};

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .on::<ListMcpServers>(list)
        .on::<CreateMcpServer>(create)
        .on::<GetMcpServer>(get)
        .on::<UpdateMcpServer>(update)
        .on::<DeleteMcpServer>(delete)
        .on::<TestMcpServer>(test)
        .on::<ListMcpRegistryServers>(registry::list)
        .on::<ListMcpServerCapabilities>(capabilities::list)
        .on::<UpdateMcpServerCapabilities>(capabilities::update)
        .on::<SyncMcpServerCapabilities>(capabilities::sync);
    routes
        .on::<ListMcpServerUserAccess>(people::list_access)
        .on::<UpdateMcpServerUserAccess>(people::update_access)
        .on::<CheckMcpServerUserAccess>(people::check_access)
        .on::<ListMcpServerConnections>(people::list_connections)
        .on::<DisconnectMcpServerConnection>(people::disconnect)
        .on::<GetMcpServerMetadata>(gateway::get_metadata)
        .on::<SyncMcpServerMetadata>(gateway::sync_metadata)
        .on::<GetMcpServerTokens>(gateway::get_tokens)
        .on::<UpdateMcpServerTokens>(gateway::update_tokens)
        .on::<DeleteMcpServerTokens>(gateway::delete_tokens)
        .on::<GetMcpServerClientInfo>(gateway::get_client)
        .on::<ListGuardrailMcpServers>(guardrails::list)
        .on::<ReplaceGuardrailMcpServers>(guardrails::replace)
        .on::<UpsertGuardrailMcpServer>(guardrails::upsert)
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let paging = Paging {
        max_size: 100,
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let query = call.query();
    let sql = format!(
        "{SERVERS} WHERE (:workspace IS NULL OR server.workspace_id = :workspace)
          AND (:search IS NULL OR instr(lower(server.name), lower(:search)) > 0)
          AND (:id IS NULL OR server.id = :id OR server.slug = :id)
        ORDER BY server.created_at DESC, server.slug"
    );
    let filter = named_params! {
        ":workspace": workspace_scope::requested(call, db)?,
        ":search": query.optional_text("search")?,
        ":id": query.optional_text("id")?,
    };
    let servers = db.all(&sql, filter, McpServer::read)?;
    let entries = servers.iter().map(|server| server.listed(call, db));
    Ok(page.cut(entries.collect::<Result<_, _>>()?))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let integration = server.integration(db)?;
    let wire = integration.to_json();
    let names = [
        "id",
        "slug",
        "status",
        "url",
        "transport",
        "auth_type",
        "configurations",
    ];
    let details: Value = names
        .iter()
        .map(|name| {
            (
                (*name).to_owned(),
                wire.get(*name).cloned().unwrap_or_default(),
            )
        })
        .collect();
    let details = json!({ "mcp_integration_details": details });
    Ok(merged(server.listed(call, db)?, details).into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = naming::name(body)?.ok_or_else(|| body.refuse("name", "is required"))?;
    let slug = naming::slug(body, "slug")?;
    if slug
        .as_ref()
        .is_some_and(|slug| !(3..=50).contains(&slug.len()))
    {
        return Err(body.refuse("slug", "must have 3 to 50 characters"));
    }
    let workspace_id = workspace_scope::requested_or_default(call, db)?;
    let integration = mcp_integrations::find(db, &body.text("mcp_integration_id")?)?
        .ok_or_else(|| body.refuse("mcp_integration_id", "names no MCP integration"))?;
    if !mcp_integrations::allows(db, &integration, &workspace_id)? {
        return Err(body.refuse("mcp_integration_id", "is not for this workspace"));
    }
    let server = McpServer {
        id: identity::new_id(),
        slug: slug.unwrap_or_else(|| identity::new_slug("", &name)),
        name,
        description: description(body)?,
        workspace_id,
        integration_id: integration.id,
        owner_id: call.principal.author(),
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
        ..McpServer::default()
    };
    if db.any("SELECT 1 FROM mcp_servers WHERE slug = ?", [&server.slug])? {
        return Err(Refusal::conflict(
            "An MCP server with this slug already exists",
        ));
    }
    insert(db, &server)?;
    Ok(json!({ "id": server.id, "slug": server.slug }).into())
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let body = call.body()?;
    let name = naming::name(body)?.unwrap_or(server.name);
    description(body)?;
    let description = body.change("description")?.over(server.description);
    let sql = "UPDATE mcp_servers SET name = ?, description = ?, last_updated_at = ? WHERE id = ?";
    db.run(sql, params![name, description, call.timestamp(), server.id])?;
    Ok(Answer::empty())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    db.run("DELETE FROM mcp_servers WHERE id = ?", [server.id])?;
    Ok(Answer::empty())
}

fn test(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = in_path(call, db)?.integration(db)?;
    Ok(mcp_integrations::test_connection(&integration).into())
}

fn description(body: Fields<'_>) -> Result<Option<String>, Refusal> {
    let description: Option<String> = body.optional("description")?;
    body.limit("description", description.as_deref(), 500)?;
    Ok(description)
}
