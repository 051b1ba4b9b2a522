//! A provider: its row, joined with its integration and its workspace.

use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params};
use serde_json::{Value, json};

use crate::{
    identity,
    rules::{
        limits::{self, Budget, LimitsInForce},
        naming,
    },
    store::Queries as _,
    wire::{Call, Fields, Refusal},
};

/// A row of `providers`, joined with its integration and its workspace.
#[derive(Debug, Clone, Default)]
pub(crate) struct Provider {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) note: Option<String>,
    pub(crate) workspace_id: String,
    pub(crate) workspace_name: String,
    /// The slug of its integration.
    pub(crate) integration_id: String,
    /// The workspace that its integration belongs to; `None` for the organisation's.
    pub(crate) integration_workspace: Option<String>,
    /// The AI provider, such as `openai`.
    pub(crate) ai_provider_id: String,
    pub(crate) secret: Option<String>,
    pub(crate) configurations: Value,
    pub(crate) usage_limits: Option<Budget>,
    pub(crate) rate_limits: Value,
    pub(crate) secret_mappings: Value,
    pub(crate) tags: Value,
    pub(crate) expires_at: Option<String>,
    pub(crate) last_reset_at: Option<String>,
    pub(crate) created_at: String,
}

const PROVIDERS: &str =
    "SELECT provider.*, integration.slug AS integration_slug, integration.ai_provider_id,
        integration.workspace_id AS integration_workspace, integration.secret, integration.configurations, workspace.name AS workspace_name
    FROM providers AS provider
    JOIN integrations AS integration ON integration.id = provider.integration_id
    JOIN workspaces AS workspace ON workspace.id = provider.workspace_id";

impl Provider {
    /// The provider with this slug or UUID.
    pub(crate) fn find(db: &Connection, name: &str) -> rusqlite::Result<Option<Self>> {
        let sql = format!("{PROVIDERS} WHERE provider.slug = ?1 OR provider.id = ?1");
        db.first(&sql, [name.trim_start_matches('@')], Self::read)
    }

    /// The providers of a workspace, or all.
    pub(crate) fn of_workspace(
        db: &Connection,
        workspace: Option<&str>,
    ) -> rusqlite::Result<Vec<Self>> {
        let sql = format!(
            "{PROVIDERS} WHERE ?1 IS NULL OR provider.workspace_id = ?1
            ORDER BY provider.created_at DESC, provider.slug"
        );
        db.all(&sql, [workspace], Self::read)
    }

    /// `active`, `exhausted` or `expired` at this moment.
    pub(crate) fn status(&self, db: &Connection, now: Timestamp) -> rusqlite::Result<&'static str> {
        if self.is_expired(now) {
            return Ok("expired");
        }
        self.limits().status(db, now)
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        let end = self.expires_at.as_ref();
        end.is_some_and(|end| *end <= identity::iso(now))
    }

    /// The limits on requests to it.
    pub(crate) fn limits(&self) -> LimitsInForce<'_> {
        LimitsInForce {
            budget: self.usage_limits.as_ref(),
            rates: &self.rate_limits,
            logs: limits::logs_of_provider(&self.slug),
        }
    }

    /// The budget as answers about providers and virtual keys have it.
    pub(crate) fn budget(&self, now: Timestamp) -> Value {
        let budget = self.usage_limits.as_ref();
        json!({
            "usage_limits": limits::to_json(budget, now),
            "last_reset_at": limits::last_reset(budget, now, self.last_reset_at.as_deref()),
        })
    }

    /// Inserts it for an integration that exists.
    pub(crate) fn insert(&self, db: &Connection) -> Result<(), Refusal> {
        if db.any("SELECT 1 FROM providers WHERE slug = ?", [&self.slug])? {
            return Err(Refusal::conflict(
                "A provider with this slug already exists",
            ));
        }
        let sql = "INSERT INTO providers (id, slug, name, workspace_id, integration_id, created_at, last_updated_at)
            SELECT :id, :slug, :name, :workspace, id, :at, :at FROM integrations WHERE slug = :integration";
        db.run(
            sql,
            named_params! {
                ":id": self.id,
                ":slug": self.slug,
                ":name": self.name,
                ":workspace": self.workspace_id,
                ":integration": self.integration_id,
                ":at": self.created_at,
            },
        )?;
        self.save(db, &self.created_at)?;
        Ok(())
    }

    /// Inserts it together with an integration of its own, as creating a virtual key does.
    pub(crate) fn insert_with_integration(&mut self, db: &Connection) -> Result<(), Refusal> {
        self.integration_id = self.slug.clone();
        let sql = "INSERT INTO integrations
                (id, slug, name, ai_provider_id, workspace_id, is_implied, created_at, last_updated_at)
            VALUES (:id, :slug, :name, :ai_provider_id, :workspace, 1, :at, :at)";
        db.run(
            sql,
            named_params! {
                ":id": identity::new_id(),
                ":slug": self.integration_id,
                ":name": self.name,
                ":ai_provider_id": self.ai_provider_id,
                ":workspace": self.workspace_id,
                ":at": self.created_at,
            },
        )?;
        self.insert(db)?;
        self.save_credentials(db)?;
        Ok(())
    }

    /// Updates the columns that can change.
    pub(crate) fn save(&self, db: &Connection, at: &str) -> rusqlite::Result<()> {
        let sql = "UPDATE providers SET name = :name, note = :note, usage_limits = :usage_limits,
                rate_limits = :rate_limits, secret_mappings = :secret_mappings, tags = :tags,
                expires_at = :expires_at, last_reset_at = :last_reset_at, last_updated_at = :at
            WHERE id = :id";
        db.run(
            sql,
            named_params! {
                ":id": self.id,
                ":name": self.name,
                ":note": self.note,
                ":usage_limits": self.usage_limits,
                ":rate_limits": self.rate_limits,
                ":secret_mappings": self.secret_mappings,
                ":tags": self.tags,
                ":expires_at": self.expires_at,
                ":last_reset_at": self.last_reset_at,
                ":at": at,
            },
        )?;
        Ok(())
    }

    /// Updates the credentials, which the integration stores.
    pub(crate) fn save_credentials(&self, db: &Connection) -> rusqlite::Result<()> {
        let sql = "UPDATE integrations SET secret = :secret, configurations = :configurations WHERE slug = :slug";
        let configurations = match &self.configurations {
            Value::Null => json!({}),
            configurations => configurations.clone(),
        };
        db.run(
            sql,
            named_params! {
                ":slug": self.integration_id,
                ":secret": self.secret,
                ":configurations": configurations,
            },
        )?;
        Ok(())
    }

    /// Applies the fields of a body that providers and virtual keys have in common.
    pub(crate) fn change(&mut self, call: &Call, body: Fields<'_>) -> Result<(), Refusal> {
        if let Some(name) = naming::name(body)? {
            self.name = name;
        }
        self.note = body.change("note")?.over(self.note.take());
        limits::change(&mut self.usage_limits, body, call.now)?;
        limits::change_rates(body)?.replace(&mut self.rate_limits);
        self.expires_at = body
            .moment_to_come("expires_at", call.now)?
            .over(self.expires_at.take());
        if body.flag("reset_usage")? == Some(true) {
            limits::restart(&mut self.usage_limits, call.now);
            self.last_reset_at = Some(call.timestamp());
        }
        Ok(())
    }

    /// Deletes it, and also its integration if that was created with it and has no other provider.
    pub(crate) fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        db.run("DELETE FROM providers WHERE id = ?", [&self.id])?;
        let sql = "DELETE FROM integrations WHERE slug = ? AND is_implied
            AND NOT EXISTS (SELECT 1 FROM providers WHERE integration_id = integrations.id)";
        db.run(sql, [&self.integration_id])?;
        Ok(())
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            slug: row.get("slug")?,
            name: row.get("name")?,
            note: row.get("note")?,
            workspace_id: row.get("workspace_id")?,
            workspace_name: row.get("workspace_name")?,
            integration_id: row.get("integration_slug")?,
            integration_workspace: row.get("integration_workspace")?,
            ai_provider_id: row.get("ai_provider_id")?,
            secret: row.get("secret")?,
            configurations: row.get("configurations")?,
            usage_limits: row.get("usage_limits")?,
            rate_limits: row.get("rate_limits")?,
            secret_mappings: row.get("secret_mappings")?,
            tags: row.get("tags")?,
            expires_at: row.get("expires_at")?,
            last_reset_at: row.get("last_reset_at")?,
            created_at: row.get("created_at")?,
        })
    }
}
