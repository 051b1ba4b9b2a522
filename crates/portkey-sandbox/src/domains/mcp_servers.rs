//! MCP servers: MCP integrations as workspaces use them through the gateway.

mod capabilities;
mod gateway;
mod guardrails;
mod people;
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
use rusqlite::{Connection, Row, named_params, params};
use serde_json::{Value, json};

use crate::{
    domains::mcp_integrations::{self, McpIntegration},
    identity,
    routes::Routes,
    rules::{naming, workspace_scope},
    store::Queries as _,
    wire::{Answer, Call, Fields, Page, Paging, Refusal, joined},
};

pub(crate) use gateway::connect;

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

/// A row of the table, with names from those it refers to.
#[derive(Debug, Clone, Default)]
pub(crate) struct McpServer {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) workspace_id: String,
    pub(crate) workspace_slug: String,
    pub(crate) workspace_name: String,
    pub(crate) integration_id: String,
    pub(crate) default_user_access: String,
    /// What it says of itself, where it was asked apart from its integration.
    pub(crate) introduction: Value,
    pub(crate) synced_at: Option<String>,
    pub(crate) owner_id: String,
    pub(crate) created_at: String,
    pub(crate) last_updated_at: String,
}

const SERVERS: &str =
    "SELECT server.*, workspace.slug AS workspace_slug, workspace.name AS workspace_name
    FROM mcp_servers AS server JOIN workspaces AS workspace ON workspace.id = server.workspace_id";

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
        ":workspace": workspace_scope::limit(call, db)?,
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
    let wire = integration.wire();
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
    Ok(joined(server.listed(call, db)?, details).into())
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
    let workspace_id = workspace_scope::home(call, db)?;
    let integration = mcp_integrations::find(db, &body.text("mcp_integration_id")?)?
        .ok_or_else(|| body.refuse("mcp_integration_id", "names no MCP integration"))?;
    if !mcp_integrations::allows(db, &integration, &workspace_id)? {
        return Err(body.refuse("mcp_integration_id", "is not for this workspace"));
    }
    let author = &call.principal;
    let server = McpServer {
        id: identity::new_id(),
        slug: slug.unwrap_or_else(|| identity::new_slug("", &name)),
        name,
        description: description(body)?,
        workspace_id,
        integration_id: integration.id,
        owner_id: author
            .user_id
            .clone()
            .unwrap_or_else(|| author.key_id.clone()),
        created_at: call.at(),
        last_updated_at: call.at(),
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
    db.run(sql, params![name, description, call.at(), server.id])?;
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

/// The server that the path names by UUID or slug.
fn in_path(call: &Call, db: &Connection) -> Result<McpServer, Refusal> {
    let sql = format!("{SERVERS} WHERE server.id = ?1 OR server.slug = ?1");
    let found = db.maybe(&sql, [call.path("id")], McpServer::read)?;
    let server = found.ok_or_else(|| Refusal::not_found("MCP server"))?;
    call.principal
        .permit_workspace(Some(&server.workspace_id), "MCP server")?;
    Ok(server)
}

impl McpServer {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            slug: row.get("slug")?,
            name: row.get("name")?,
            description: row.get("description")?,
            workspace_id: row.get("workspace_id")?,
            workspace_slug: row.get("workspace_slug")?,
            workspace_name: row.get("workspace_name")?,
            integration_id: row.get("integration_id")?,
            default_user_access: row.get("default_user_access")?,
            introduction: row.get("introduction")?,
            synced_at: row.get("synced_at")?,
            owner_id: row.get("owner_id")?,
            created_at: row.get("created_at")?,
            last_updated_at: row.get("last_updated_at")?,
        })
    }

    fn integration(&self, db: &Connection) -> Result<McpIntegration, Refusal> {
        let found = mcp_integrations::find(db, &self.integration_id)?;
        found.ok_or_else(|| Refusal::not_found("MCP integration"))
    }

    /// Where the gateway offers it.
    fn url(&self) -> String {
        format!(
            "https://mcp.portkey.ai/{}/{}/mcp",
            self.workspace_slug, self.slug
        )
    }

    fn listed(&self, call: &Call, db: &Connection) -> Result<Value, Refusal> {
        let integration = self.integration(db)?;
        Ok(json!({
            "id": self.id,
            "slug": self.slug,
            "name": self.name,
            "description": self.description,
            "status": "active",
            "url": self.url(),
            "auth_type": integration.auth_type,
            "mcp_integration_id": integration.id,
            "mcp_integration_slug": integration.slug,
            "mcp_integration_url": integration.url,
            "workspace_id": self.workspace_id,
            "workspace_slug": self.workspace_slug,
            "workspace_name": self.workspace_name,
            "organisation_id": call.principal.organisation_id,
            "owner_id": self.owner_id,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "object": "mcp-server",
        }))
    }
}

pub(crate) fn insert(db: &Connection, server: &McpServer) -> rusqlite::Result<()> {
    let sql = "INSERT INTO mcp_servers (id, slug, name, description, workspace_id, integration_id, owner_id,
        created_at, last_updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    db.run(
        sql,
        params![
            server.id,
            server.slug,
            server.name,
            server.description,
            server.workspace_id,
            server.integration_id,
            server.owner_id,
            server.created_at,
            server.last_updated_at,
        ],
    )?;
    Ok(())
}
