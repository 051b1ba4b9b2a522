//! An MCP integration: its row, who may use it, and how answers show it.

use portkey_api::{
    JsonObject,
    mcp_integrations::{McpAuthentication, McpTransport},
};
use rusqlite::{Connection, named_params};
use serde_json::{Value, json};

use crate::{
    rules::naming,
    store::{Queries as _, TableRow as _, row},
    wire::{Call, Fields, Refusal},
};

row! {
    /// A row of `mcp_integrations`.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct McpIntegration in "mcp_integrations" {
        pub(crate) id: String,
        pub(crate) slug: String,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        /// `None` for integrations of the organisation.
        pub(crate) workspace_id: Option<String>,
        pub(crate) url: String,
        pub(crate) auth_type: String,
        pub(crate) transport: String,
        /// Headers and other settings of the connection, secrets included.
        pub(crate) configurations: Value,
        pub(crate) secret_mappings: Value,
        /// Whether all workspaces may use it; `None` if there is no such rule.
        pub(crate) global_access: Option<bool>,
        /// What the server says about itself, once a gateway has sent it.
        pub(crate) introduction: Value,
        pub(crate) synced_at: Option<String>,
        pub(crate) owner_id: String,
        pub(crate) created_at: String,
        pub(crate) last_updated_at: String,
    }
}

/// SQL condition: whether `:workspace` may use an `integration`. It may use its own, and those of the organisation that
/// are allowed for it or for all workspaces.
pub(crate) const ALLOWED: &str = "(integration.workspace_id = :workspace
    OR integration.workspace_id IS NULL AND coalesce(
        (SELECT given.enabled FROM mcp_integration_workspaces AS given
            WHERE given.integration_id = integration.id AND given.workspace_id = :workspace),
        integration.global_access, 0))";

pub(crate) fn allows(
    db: &Connection,
    integration: &McpIntegration,
    workspace: &str,
) -> rusqlite::Result<bool> {
    let sql = format!(
        "SELECT 1 FROM mcp_integrations AS integration WHERE integration.id = :id AND {ALLOWED}"
    );
    db.any(
        &sql,
        named_params! { ":id": integration.id, ":workspace": workspace },
    )
}

/// The one with this UUID or slug.
pub(crate) fn find(db: &Connection, name: &str) -> rusqlite::Result<Option<McpIntegration>> {
    let sql = "SELECT * FROM mcp_integrations WHERE id = ?1 OR slug = ?1";
    db.first(sql, [name], McpIntegration::read)
}

/// The integration that the path names. Workspace keys see only integrations that the workspace may use.
pub(super) fn in_path(call: &Call, db: &Connection) -> Result<McpIntegration, Refusal> {
    let found = find(db, call.path("id"))?;
    let integration = found.ok_or_else(|| Refusal::not_found("MCP integration"))?;
    match &call.principal.workspace_id {
        Some(own) if !allows(db, &integration, own)? => Err(Refusal::foreign("MCP integration")),
        _ => Ok(integration),
    }
}

/// The same for a change, which workspace keys may make only to integrations of their own.
pub(super) fn in_path_to_change(call: &Call, db: &Connection) -> Result<McpIntegration, Refusal> {
    let integration = in_path(call, db)?;
    let owner = integration.workspace_id.as_deref();
    call.principal.permit_workspace(owner, "MCP integration")?;
    Ok(integration)
}

impl McpIntegration {
    /// Applies the fields of a body.
    pub(super) fn change(&mut self, body: Fields<'_>) -> Result<(), Refusal> {
        if let Some(name) = naming::name(body)? {
            self.name = name;
        }
        self.description = body.change("description")?.over(self.description.take());
        if let Some(url) = body.optional_text("url")? {
            if !url.starts_with("https://") && !url.starts_with("http://") {
                return Err(body.refuse("url", "must begin with https:// or http://"));
            }
            self.url = url;
        }
        if let Some(way) = body.optional("auth_type")? {
            authentication(way).clone_into(&mut self.auth_type);
        }
        if let Some(transport) = body.optional("transport")? {
            let transport = match transport {
                McpTransport::Http => "http",
                McpTransport::Sse => "sse",
            };
            transport.clone_into(&mut self.transport);
        }
        if let Some(configurations) = body.optional::<JsonObject>("configurations")? {
            self.configurations = configurations.into();
        }
        if let Some(mappings) = body.optional::<Vec<JsonObject>>("secret_mappings")? {
            self.secret_mappings = json!(mappings);
        }
        Ok(())
    }

    pub(crate) fn to_json(&self) -> Value {
        let owner = self.workspace_id.as_ref();
        let global = self.global_access;
        json!({
            "id": self.id,
            "slug": self.slug,
            "name": self.name,
            "description": self.description,
            "status": "active",
            "type": owner.map_or("organisation", |_| "workspace"),
            "url": self.url,
            "auth_type": self.auth_type,
            "transport": self.transport,
            "configurations": self.harmless(),
            "secret_mappings": self.secret_mappings,
            "global_workspace_access": global.map(|enabled| json!({ "enabled": enabled })),
            "workspace_id": self.workspace_id,
            "owner_id": self.owner_id,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "object": "mcp-integration",
        })
    }

    /// The configurations without their secrets, which are never answered.
    pub(crate) fn harmless(&self) -> Value {
        const SECRET: &[&str] = &[
            "custom_headers",
            "headers",
            "passthrough_header",
            "passthrough_headers",
        ];
        let members = self.configurations.as_object().into_iter().flatten();
        let members = members.filter(|(name, _)| !SECRET.contains(&name.as_str()));
        let members = members.map(|(name, value)| {
            let mut value = value.clone();
            if let Some(inside) = value.as_object_mut() {
                inside.shift_remove("client_secret");
            }
            (name.clone(), value)
        });
        members.collect()
    }
}

pub(super) fn authentication(way: McpAuthentication) -> &'static str {
    match way {
        McpAuthentication::OauthAuto => "oauth_auto",
        McpAuthentication::OauthClientCredentials => "oauth_client_credentials",
        McpAuthentication::Headers => "headers",
        McpAuthentication::None => "none",
    }
}
