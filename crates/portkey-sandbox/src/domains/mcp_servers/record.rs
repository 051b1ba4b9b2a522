//! An MCP server: its row, how the path of a call names it, and how listings show it.

use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use crate::{
    domains::mcp_integrations::{self, McpIntegration},
    store::Queries as _,
    wire::{Call, Refusal},
};

/// A row of `mcp_servers`, with the slug and name of its workspace.
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
    /// What the server says about itself, if a gateway has sent it for this server.
    pub(crate) introduction: Value,
    pub(crate) synced_at: Option<String>,
    pub(crate) owner_id: String,
    pub(crate) created_at: String,
    pub(crate) last_updated_at: String,
}

pub(super) const SERVERS: &str =
    "SELECT server.*, workspace.slug AS workspace_slug, workspace.name AS workspace_name
    FROM mcp_servers AS server JOIN workspaces AS workspace ON workspace.id = server.workspace_id";

/// The server that the path names by UUID or slug.
pub(super) fn in_path(call: &Call, db: &Connection) -> Result<McpServer, Refusal> {
    let sql = format!("{SERVERS} WHERE server.id = ?1 OR server.slug = ?1");
    let found = db.first(&sql, [call.path("id")], McpServer::read)?;
    let server = found.ok_or_else(|| Refusal::not_found("MCP server"))?;
    call.principal
        .permit_workspace(Some(&server.workspace_id), "MCP server")?;
    Ok(server)
}

impl McpServer {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
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

    pub(super) fn integration(&self, db: &Connection) -> Result<McpIntegration, Refusal> {
        let found = mcp_integrations::find(db, &self.integration_id)?;
        found.ok_or_else(|| Refusal::not_found("MCP integration"))
    }

    /// The address at which the gateway offers it.
    pub(super) fn url(&self) -> String {
        format!(
            "https://mcp.portkey.ai/{}/{}/mcp",
            self.workspace_slug, self.slug
        )
    }

    pub(super) fn listed(&self, call: &Call, db: &Connection) -> Result<Value, Refusal> {
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
