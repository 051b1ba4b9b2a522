//! An API key: its row, its kind, and how answers show it.

use jiff::Timestamp;
use portkey_api::masked;
use rusqlite::{Connection, Row, named_params, params};
use serde_json::{Value, json};

use crate::{
    identity::{iso, new_secret, seeded_id},
    rules::limits::{self, Budget, LimitsInForce},
    store::Queries as _,
    wire::{Call, Refusal, merged},
};

/// The three kinds of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum KeyKind {
    #[default]
    OrganisationService,
    WorkspaceService,
    WorkspaceUser,
}

impl KeyKind {
    /// The kind that the two words in a path name.
    pub(crate) fn named(of: &str, sub: &str) -> Result<Self, Refusal> {
        match (of, sub) {
            ("organisation", "service") => Ok(Self::OrganisationService),
            ("workspace", "service") => Ok(Self::WorkspaceService),
            ("workspace", "user") => Ok(Self::WorkspaceUser),
            _ => Err(Refusal::invalid(format!(
                "Invalid request. There are no API keys of type {of}/{sub}"
            ))),
        }
    }

    /// The scope that an action on such keys needs.
    pub(crate) fn scope(self, action: &str) -> String {
        format!("{}_api_keys.{action}", self.as_str().replace('-', "_"))
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::OrganisationService => "organisation-service",
            Self::WorkspaceService => "workspace-service",
            Self::WorkspaceUser => "workspace-user",
        }
    }
}

/// A row of `api_keys`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ApiKey {
    pub(crate) id: String,
    pub(crate) kind: KeyKind,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) workspace_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) scopes: Vec<String>,
    /// Whether it may do everything that its kind of key may, whatever its scopes.
    pub(crate) unrestricted: bool,
    pub(crate) masked: String,
    pub(crate) creation_mode: String,
    pub(crate) rate_limits: Value,
    pub(crate) usage_limits: Option<Budget>,
    pub(crate) metadata: Value,
    /// UUID of the default config.
    pub(crate) config_id: Option<String>,
    pub(crate) allow_config_override: Option<bool>,
    pub(crate) alert_emails: Value,
    pub(crate) rotation_policy: Value,
    pub(crate) expires_at: Option<String>,
    pub(crate) last_reset_at: Option<String>,
    pub(crate) created_at: String,
    pub(crate) last_updated_at: String,
}

impl ApiKey {
    pub(crate) fn find(db: &Connection, id: &str) -> rusqlite::Result<Option<Self>> {
        db.first("SELECT * FROM api_keys WHERE id = ?", [id], Self::read)
    }

    /// The key that the path names, if the caller may do this to its kind of key and to its workspace.
    pub(crate) fn in_path(call: &Call, db: &Connection, action: &str) -> Result<Self, Refusal> {
        let key = Self::find(db, call.path("id"))?.ok_or_else(|| Refusal::not_found("API key"))?;
        call.principal
            .permit_workspace(key.workspace_id.as_deref(), "API key")?;
        key.permit(call, action)?;
        Ok(key)
    }

    /// Refuses callers whose scopes don't cover this kind of key.
    pub(crate) fn permit(&self, call: &Call, action: &str) -> Result<(), Refusal> {
        call.principal.permit_scope(&self.kind.scope(action))
    }

    /// The keys of a workspace, or all keys.
    pub(crate) fn of_workspace(
        db: &Connection,
        workspace: Option<&str>,
    ) -> rusqlite::Result<Vec<Self>> {
        let sql = "SELECT * FROM api_keys WHERE ?1 IS NULL OR workspace_id = ?1
            ORDER BY created_at DESC, name";
        db.all(sql, [workspace], Self::read)
    }

    pub(crate) fn insert(&self, db: &Connection) -> rusqlite::Result<()> {
        let sql = "INSERT INTO api_keys (id, type, name, workspace_id, user_id, scopes, unrestricted, masked,
                creation_mode, created_at, last_updated_at)
            VALUES (:id, :type, :name, :workspace_id, :user_id, '[]', :unrestricted, '', :mode, :at, :at)";
        db.run(
            sql,
            named_params! {
                ":id": self.id,
                ":type": self.kind.as_str(),
                ":name": self.name,
                ":workspace_id": self.workspace_id,
                ":user_id": self.user_id,
                ":unrestricted": self.unrestricted,
                ":mode": self.creation_mode,
                ":at": self.created_at,
            },
        )?;
        self.save(db)
    }

    /// Updates the columns that can change.
    pub(crate) fn save(&self, db: &Connection) -> rusqlite::Result<()> {
        let sql = "UPDATE api_keys SET name = :name, description = :description, scopes = :scopes,
                rate_limits = :rate_limits, usage_limits = :usage_limits, metadata = :metadata,
                config_id = :config_id, allow_config_override = :allow_config_override,
                alert_emails = :alert_emails, rotation_policy = :rotation_policy, expires_at = :expires_at,
                last_reset_at = :last_reset_at, last_updated_at = :last_updated_at
            WHERE id = :id";
        db.run(
            sql,
            named_params! {
                ":id": self.id,
                ":name": self.name,
                ":description": self.description,
                ":scopes": json!(self.scopes),
                ":rate_limits": self.rate_limits,
                ":usage_limits": self.usage_limits,
                ":metadata": self.metadata,
                ":config_id": self.config_id,
                ":allow_config_override": self.allow_config_override,
                ":alert_emails": self.alert_emails,
                ":rotation_policy": self.rotation_policy,
                ":expires_at": self.expires_at,
                ":last_reset_at": self.last_reset_at,
                ":last_updated_at": self.last_updated_at,
            },
        )?;
        Ok(())
    }

    /// Adds a new secret and returns it. It is not readable later.
    pub(crate) fn mint(&mut self, db: &Connection) -> rusqlite::Result<String> {
        let secret = new_secret();
        self.accept(db, &secret)?;
        Ok(secret)
    }

    /// Adds a secret.
    pub(crate) fn accept(&mut self, db: &Connection, secret: &str) -> rusqlite::Result<()> {
        let sql = "INSERT INTO api_key_secrets (secret, api_key_id) VALUES (?, ?)";
        db.run(sql, params![secret, self.id])?;
        self.masked = masked(secret);
        let sql = "UPDATE api_keys SET masked = ? WHERE id = ?";
        db.run(sql, params![self.masked, self.id])?;
        Ok(())
    }

    /// An entry of the listing.
    pub(crate) fn listed(&self, call: &Call, db: &Connection) -> rusqlite::Result<Value> {
        let has_defaults = self.config_id.is_some() || !self.metadata.is_null();
        let defaults_id = has_defaults.then(|| seeded_id(&format!("defaults of {}", self.id)));
        let budget = self.usage_limits.as_ref();
        Ok(json!({
            "id": self.id,
            "key": self.masked,
            "name": self.name,
            "description": self.description,
            "type": self.kind.as_str(),
            "organisation_id": call.principal.organisation_id,
            "workspace_id": self.workspace_id,
            "user_id": self.user_id,
            "status": self.status(db, call.now)?,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "creation_mode": self.creation_mode,
            "rate_limits": self.rate_limits.as_array().cloned().unwrap_or_default(),
            "usage_limits": limits::to_json(budget, call.now),
            "reset_usage": null,
            "expires_at": self.expires_at,
            "last_reset_at": limits::last_reset(budget, call.now, self.last_reset_at.as_deref()),
            "alert_emails": self.alert_emails,
            "expiry_enforced": 0,
            "allow_config_override": self.allow_config_override.map(u8::from),
            "api_key_defaults_id": defaults_id,
            "scopes": self.scopes,
            "defaults": { "metadata": self.metadata, "config_id": self.config_id },
            "object": "api-key",
        }))
    }

    /// The key in full.
    pub(crate) fn detailed(&self, call: &Call, db: &Connection) -> rusqlite::Result<Value> {
        let detail = json!({
            "next_usage_reset_at": self.usage_limits.as_ref().and_then(|budget| budget.next_reset(call.now)),
            "defaults": {
                "metadata": self.metadata,
                "config_id": self.config_id,
                "allow_config_override": self.allow_config_override.unwrap_or(true),
            },
        });
        let rotation = match &self.rotation_policy {
            Value::Null => json!({}),
            policy => json!({ "rotation_policy": policy }),
        };
        Ok(merged(merged(self.listed(call, db)?, detail), rotation))
    }

    fn status(&self, db: &Connection, now: Timestamp) -> rusqlite::Result<&'static str> {
        match &self.expires_at {
            Some(end) if *end <= iso(now) => Ok("expired"),
            _ => self.limits().status(db, now),
        }
    }

    /// The limits on its requests.
    pub(crate) fn limits(&self) -> LimitsInForce<'_> {
        LimitsInForce {
            budget: self.usage_limits.as_ref(),
            rates: &self.rate_limits,
            logs: limits::logs_of_api_key(&self.id),
        }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let scopes: Value = row.get("scopes")?;
        let kind = match row.get::<_, String>("type")?.as_str() {
            "organisation-service" => KeyKind::OrganisationService,
            "workspace-service" => KeyKind::WorkspaceService,
            _ => KeyKind::WorkspaceUser,
        };
        Ok(Self {
            id: row.get("id")?,
            kind,
            name: row.get("name")?,
            description: row.get("description")?,
            workspace_id: row.get("workspace_id")?,
            user_id: row.get("user_id")?,
            scopes: serde_json::from_value(scopes).unwrap_or_default(),
            unrestricted: row.get("unrestricted")?,
            masked: row.get("masked")?,
            creation_mode: row.get("creation_mode")?,
            rate_limits: row.get("rate_limits")?,
            usage_limits: row.get("usage_limits")?,
            metadata: row.get("metadata")?,
            config_id: row.get("config_id")?,
            allow_config_override: row.get("allow_config_override")?,
            alert_emails: row.get("alert_emails")?,
            rotation_policy: row.get("rotation_policy")?,
            expires_at: row.get("expires_at")?,
            last_reset_at: row.get("last_reset_at")?,
            created_at: row.get("created_at")?,
            last_updated_at: row.get("last_updated_at")?,
        })
    }
}
