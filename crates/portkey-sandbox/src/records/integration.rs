//! An integration: its row, and what it grants to workspaces.

use rusqlite::{Connection, Row, named_params};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::grant::Grant;
use crate::{
    store::Queries as _,
    wire::{Call, Refusal},
};

/// A row of `integrations`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Integration {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    /// The AI provider, such as `openai`.
    pub(crate) ai_provider_id: String,
    /// The workspace it belongs to; `None` for the organisation's.
    pub(crate) workspace_id: Option<String>,
    pub(crate) secret: Option<String>,
    pub(crate) configurations: Value,
    pub(crate) description: Option<String>,
    pub(crate) secret_mappings: Value,
    pub(crate) pricing_adjustments: Value,
    pub(crate) tags: Value,
    pub(crate) allow_all_models: bool,
    /// The grant of workspaces without one of their own: null, or a [`Grant`].
    pub(crate) global_access: Value,
    pub(crate) created_at: String,
    pub(crate) last_updated_at: String,
}

/// SQL condition: whether `:workspace` may use an `integration`.
const SERVES: &str =
    "(integration.workspace_id IS :workspace OR integration.workspace_id IS NULL AND coalesce(
        (SELECT enabled FROM integration_workspaces
         WHERE integration_id = integration.id AND workspace_id = :workspace),
        integration.global_access ->> 'enabled', 0))";

impl Integration {
    /// The integration with this slug or UUID.
    pub(crate) fn find(db: &Connection, name: &str) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT * FROM integrations WHERE slug = ?1 OR id = ?1";
        db.first(sql, [name], Self::read)
    }

    /// The integration that the path names. Integrations of the organisation need a scope of their own.
    pub(crate) fn in_path(call: &Call, db: &Connection) -> Result<Self, Refusal> {
        let found = Self::find(db, call.path("slug"))?;
        let integration = found.ok_or_else(|| Refusal::not_found("integration"))?;
        let owner = integration.workspace_id.as_deref();
        call.principal.permit_workspace(owner, "integration")?;
        let scopes = call.operation().map(|o| o.declaration.scopes.names);
        let mut scopes = scopes.into_iter().flatten();
        match scopes.find(|scope| scope.starts_with("organisation_")) {
            Some(scope) if owner.is_none() => call.principal.permit_scope(scope)?,
            _ => {}
        }
        Ok(integration)
    }

    /// The integrations that a workspace may use, or all.
    pub(crate) fn seen_from(
        db: &Connection,
        workspace: Option<&str>,
    ) -> rusqlite::Result<Vec<Self>> {
        let sql = format!(
            "SELECT * FROM integrations AS integration WHERE :workspace IS NULL OR {SERVES}
             ORDER BY created_at DESC, slug"
        );
        db.all(&sql, named_params! { ":workspace": workspace }, Self::read)
    }

    /// Whether a workspace may use it.
    pub(crate) fn serves(&self, db: &Connection, workspace: &str) -> rusqlite::Result<bool> {
        let sql = format!("SELECT 1 FROM integrations AS integration WHERE id = :id AND {SERVES}");
        db.any(
            &sql,
            named_params! { ":id": self.id, ":workspace": workspace },
        )
    }

    /// The grant of a workspace: its own, or that of all workspaces.
    pub(crate) fn grant_for(&self, db: &Connection, workspace: &str) -> rusqlite::Result<Grant> {
        if self.workspace_id.as_deref() == Some(workspace) {
            return Ok(Grant::without_limits());
        }
        let own = Grant::own(db, &self.id, workspace)?;
        Ok(own.unwrap_or_else(|| self.global_access()))
    }

    /// The grant of workspaces without one of their own.
    pub(crate) fn global_access(&self) -> Grant {
        Grant::deserialize(&self.global_access).unwrap_or_default()
    }

    /// Whether workspaces without a grant of their own may use it.
    pub(crate) fn serves_all(&self) -> bool {
        self.global_access.get("enabled") == Some(&Value::Bool(true))
    }

    pub(crate) fn insert(&self, db: &Connection) -> Result<(), Refusal> {
        if db.any("SELECT 1 FROM integrations WHERE slug = ?", [&self.slug])? {
            return Err(Refusal::conflict(
                "An integration with this slug already exists",
            ));
        }
        let sql = "INSERT INTO integrations
                (id, slug, name, ai_provider_id, workspace_id, created_at, last_updated_at)
            VALUES (:id, :slug, :name, :ai_provider_id, :workspace, :at, :at)";
        db.run(
            sql,
            named_params! {
                ":id": self.id,
                ":slug": self.slug,
                ":name": self.name,
                ":ai_provider_id": self.ai_provider_id,
                ":workspace": self.workspace_id,
                ":at": self.created_at,
            },
        )?;
        self.save(db, &self.created_at)?;
        Ok(())
    }

    /// Updates the columns that can change.
    pub(crate) fn save(&self, db: &Connection, at: &str) -> rusqlite::Result<()> {
        let sql = "UPDATE integrations SET name = :name, secret = :secret, configurations = :configurations,
                description = :description, secret_mappings = :secret_mappings,
                pricing_adjustments = :pricing_adjustments, tags = :tags, allow_all_models = :allow_all_models,
                global_access = :global_access, last_updated_at = :at
            WHERE id = :id";
        let configurations = match &self.configurations {
            Value::Null => json!({}),
            configurations => configurations.clone(),
        };
        db.run(
            sql,
            named_params! {
                ":id": self.id,
                ":name": self.name,
                ":secret": self.secret,
                ":configurations": configurations,
                ":description": self.description,
                ":secret_mappings": self.secret_mappings,
                ":pricing_adjustments": self.pricing_adjustments,
                ":tags": self.tags,
                ":allow_all_models": self.allow_all_models,
                ":global_access": self.global_access,
                ":at": at,
            },
        )?;
        Ok(())
    }

    /// Deletes it with its providers, models and grants.
    pub(crate) fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        db.run("DELETE FROM integrations WHERE id = ?", [&self.id])?;
        Ok(())
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            slug: row.get("slug")?,
            name: row.get("name")?,
            ai_provider_id: row.get("ai_provider_id")?,
            workspace_id: row.get("workspace_id")?,
            secret: row.get("secret")?,
            configurations: row.get("configurations")?,
            description: row.get("description")?,
            secret_mappings: row.get("secret_mappings")?,
            pricing_adjustments: row.get("pricing_adjustments")?,
            tags: row.get("tags")?,
            allow_all_models: row.get("allow_all_models")?,
            global_access: row.get("global_access")?,
            created_at: row.get("created_at")?,
            last_updated_at: row.get("last_updated_at")?,
        })
    }
}
