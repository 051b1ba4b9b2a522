//! Configs: gateway settings under a slug, with all their versions.

use portkey_api::{
    JsonObject,
    configs::{
        ConfigStatus, CreateConfig, DeleteConfig, GetConfig, ListConfigVersions, ListConfigs,
        UpdateConfig,
    },
};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::{
    identity,
    routes::Routes,
    rules::{in_use, workspace_scope},
    store::{Queries as _, TableRow as _, row},
    wire::{self, Answer, Call, Fields, Page, Paging, Refusal, merged},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListConfigs>(list)
        .on::<GetConfig>(get)
        .on::<CreateConfig>(create)
        .on::<UpdateConfig>(update)
        .on::<DeleteConfig>(delete)
        .on::<ListConfigVersions>(versions)
}

row! {
    /// A row of `configs`.
    #[derive(Debug, Clone)]
    pub(crate) struct Config in "configs" {
        pub(crate) id: String,
        pub(crate) slug: String,
        pub(crate) name: String,
        pub(crate) workspace_id: String,
        pub(crate) is_default: bool,
        pub(crate) status: String,
        pub(crate) owner_id: String,
        pub(crate) updated_by: String,
        pub(crate) created_at: String,
        pub(crate) last_updated_at: String,
    }
}

/// A version of a config.
#[derive(Debug, Clone)]
pub(crate) struct ConfigVersion {
    pub(crate) id: String,
    /// The object, encoded as JSON.
    pub(crate) content: String,
    pub(crate) created_by: String,
    pub(crate) created_at: String,
}

fn in_path(call: &Call, db: &Connection) -> Result<Config, Refusal> {
    let sql = "SELECT * FROM configs WHERE slug = ?1 OR id = ?1";
    let found = db.first(sql, [call.path("slug")], Config::read)?;
    let config = found.ok_or_else(|| Refusal::not_found("config"))?;
    call.principal
        .permit_workspace(Some(&config.workspace_id), "config")?;
    Ok(config)
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let sql = "SELECT * FROM configs WHERE (?1 IS NULL OR workspace_id = ?1)
        ORDER BY created_at DESC, slug";
    let configs = db.all(sql, [workspace_scope::requested(call, db)?], Config::read)?;
    let organisation = &call.principal.organisation_id;
    let entries = configs.iter().map(|config| config.to_json(organisation));
    Ok(page.cut(entries.collect()))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let config = in_path(call, db)?;
    let newest = contents(db, &config)?.into_iter().next();
    let version = newest.ok_or_else(|| Refusal::fault("The config has no content"))?;
    Ok(config
        .with_content(&version, &call.principal.organisation_id)
        .into())
}

/// Newest first; each entry repeats the config with the content of that version.
fn versions(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let config = in_path(call, db)?;
    let entries = contents(db, &config)?.into_iter().map(|version| {
        let then = Config {
            updated_by: version.created_by.clone(),
            last_updated_at: version.created_at.clone(),
            ..config.clone()
        };
        then.with_content(&version, &call.principal.organisation_id)
    });
    let entries: Vec<Value> = entries.collect();
    Ok(wire::list(entries.len(), entries))
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = body.text("name")?;
    let content = content(body)?.ok_or_else(|| body.refuse("config", "is required"))?;
    let author = call.principal.author();
    let config = Config {
        id: identity::new_id(),
        slug: identity::new_slug("pc", &name),
        name,
        workspace_id: workspace_scope::requested_or_default(call, db)?,
        // The API ignores `isDefault`: the default is chosen elsewhere.
        is_default: false,
        status: "active".to_owned(),
        owner_id: author.clone(),
        updated_by: author,
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    config.refuse_duplicate(db)?;
    insert(db, &config)?;
    let version = ConfigVersion::by(call, content);
    add_version(db, &config.id, &version)?;
    let data = json!({ "id": config.id, "version_id": version.id, "slug": config.slug, "object": "config" });
    Ok(json!({ "success": true, "data": data }).into())
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut config = in_path(call, db)?;
    let body = call.body()?;
    if let Some(name) = body.optional_text("name")? {
        config.name = name;
    }
    if body.optional::<ConfigStatus>("status")?.is_some() {
        config.status = body.text("status")?;
    }
    config.refuse_duplicate(db)?;
    let sql =
        "UPDATE configs SET name = ?, status = ?, updated_by = ?, last_updated_at = ? WHERE id = ?";
    let row = params![
        config.name,
        config.status,
        call.principal.author(),
        call.timestamp(),
        config.id
    ];
    db.run(sql, row)?;
    let version_id = match content(body)? {
        Some(content) => {
            let version = ConfigVersion::by(call, content);
            add_version(db, &config.id, &version)?;
            Some(version.id)
        }
        None => contents(db, &config)?
            .into_iter()
            .next()
            .map(|newest| newest.id),
    };
    Ok(json!({ "success": true, "data": { "version_id": version_id } }).into())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let config = in_path(call, db)?;
    in_use::refuse_used_config(db, &config.id, &config.slug)?;
    db.run("DELETE FROM configs WHERE id = ?", [config.id])?;
    Ok(Answer::empty())
}

/// The content in a body, encoded as JSON. Only the gateway checks what is inside of it.
fn content(body: Fields<'_>) -> Result<Option<String>, Refusal> {
    let Some(config) = body.optional::<JsonObject>("config")? else {
        return Ok(None);
    };
    if config.is_empty() {
        return Err(body.refuse("config", "must not be empty"));
    }
    Ok(Some(Value::Object(config).to_string()))
}

/// Newest first.
fn contents(db: &Connection, config: &Config) -> rusqlite::Result<Vec<ConfigVersion>> {
    let sql = "SELECT * FROM config_versions WHERE config_id = ? ORDER BY number DESC";
    db.all(sql, [&config.id], |row| {
        Ok(ConfigVersion {
            id: row.get("id")?,
            content: row.get("config")?,
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
        })
    })
}

pub(crate) fn insert(db: &Connection, config: &Config) -> rusqlite::Result<()> {
    if config.is_default {
        let sql = "UPDATE configs SET is_default = 0 WHERE workspace_id = ?";
        db.run(sql, [&config.workspace_id])?;
    }
    config.insert(db)
}

pub(crate) fn add_version(
    db: &Connection,
    config: &str,
    version: &ConfigVersion,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO config_versions (id, config_id, number, config, created_by, created_at)
        SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3, ?4, ?5 FROM config_versions WHERE config_id = ?2";
    db.run(
        sql,
        params![
            version.id,
            config,
            version.content,
            version.created_by,
            version.created_at
        ],
    )?;
    Ok(())
}

impl ConfigVersion {
    fn by(call: &Call, content: String) -> Self {
        Self {
            id: identity::new_id(),
            content,
            created_by: call.principal.author(),
            created_at: call.timestamp(),
        }
    }
}

impl Config {
    fn refuse_duplicate(&self, db: &Connection) -> Result<(), Refusal> {
        let sql = "SELECT 1 FROM configs WHERE workspace_id = ? AND name = ? AND id <> ?";
        if db.any(sql, [&self.workspace_id, &self.name, &self.id])? {
            return Err(Refusal::conflict(
                "A config with this name already exists in the workspace",
            ));
        }
        Ok(())
    }

    fn to_json(&self, organisation_id: &str) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "workspace_id": self.workspace_id,
            "slug": self.slug,
            "organisation_id": organisation_id,
            "is_default": u8::from(self.is_default),
            "status": self.status,
            "owner_id": self.owner_id,
            "updated_by": self.updated_by,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "object": "config",
        })
    }

    /// The content is JSON encoded as text inside of JSON.
    fn with_content(&self, version: &ConfigVersion, organisation_id: &str) -> Value {
        let content = json!({
            "config": version.content,
            "format": "json",
            "type": "ORG_CONFIG",
            "version_id": version.id,
        });
        merged(self.to_json(organisation_id), content)
    }
}
