//! Deployments: gateways that the organisation runs itself. Their credentials are answered once only.

mod ping;
mod settings;

use portkey_api::{
    JsonObject,
    deployments::{
        ArchiveDeployment, DeploymentStatus, DeploymentType, GetDeployment, ListDeployments,
        PingDeployment, RegisterDeployment, UpdateDeployment,
    },
    masked,
};
use rusqlite::{Connection, Row, named_params};
use serde_json::{Value, json};

use crate::{
    identity,
    routes::Routes,
    rules::{authority, naming, tags},
    store::Queries as _,
    wire::{self, Answer, Call, Fields, Refusal, merged},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListDeployments>(list)
        .on::<RegisterDeployment>(register)
        .on::<GetDeployment>(get)
        .on::<UpdateDeployment>(update)
        .on::<ArchiveDeployment>(archive)
        .on::<PingDeployment>(ping::answer)
}

/// A row of `deployments`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deployment {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) is_default: bool,
    /// Its addresses, and the workspaces it serves.
    pub(crate) settings: Value,
    pub(crate) config: Value,
    pub(crate) tags: Value,
    pub(crate) client_auth: String,
    /// The password for fetching the gateway's image.
    pub(crate) registry_password: String,
    pub(crate) created_by: String,
    pub(crate) created_at: String,
    pub(crate) last_updated_at: String,
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let query = call.query();
    authority::permit_organisation(call, query)?;
    let status: Option<DeploymentStatus> = query.optional("status")?;
    let kind: Option<DeploymentType> = query.optional("type")?;
    let tag_filter = tags::TagFilter::of(call)?;
    let workspaces = query.optional_text("workspace_slug")?;
    let sql = "SELECT * FROM deployments
        WHERE (:status IS NULL OR status = :status) AND (:kind IS NULL OR type = :kind)
          AND (:search IS NULL OR instr(lower(name), lower(:search)) > 0)
        ORDER BY created_at DESC, slug";
    let filter = named_params! {
        ":status": status.map(status_name),
        ":kind": kind.map(kind_name),
        ":search": query.optional_text("search")?,
    };
    let deployments = db.all(sql, filter, Deployment::read)?;
    let matching = deployments.iter().filter(|deployment| {
        let mut named = workspaces.iter().flat_map(|list| list.split(','));
        let is_served = workspaces.is_none()
            || named.any(|slug| settings::serves(&deployment.settings, slug.trim()));
        is_served && tag_filter.matches(&deployment.tags)
    });
    let entries: Vec<Value> = matching.map(Deployment::to_json).collect();
    Ok(wire::list(entries.len(), entries))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    authority::permit_organisation(call, call.query())?;
    Ok(in_path(call, db)?.to_json().into())
}

fn register(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    authority::permit_organisation(call, body)?;
    let name = naming::name(body)?.ok_or_else(|| body.refuse("name", "is required"))?;
    let slug = naming::slug(body, "slug")?;
    if slug.as_ref().is_some_and(|slug| slug.len() > 50) {
        return Err(body.refuse("slug", "must have at most 50 characters"));
    }
    let mut deployment = Deployment {
        id: identity::new_id(),
        slug: slug.unwrap_or_else(|| identity::new_slug("dp", &name)),
        kind: "production".to_owned(),
        status: "active".to_owned(),
        settings: json!({}),
        created_by: call.principal.author(),
        created_at: call.timestamp(),
        ..Deployment::default()
    };
    deployment.rotate();
    deployment.change(db, body)?;
    if db.any(
        "SELECT 1 FROM deployments WHERE slug = ?",
        [&deployment.slug],
    )? {
        return Err(Refusal::conflict(
            "A deployment with this slug already exists",
        ));
    }
    deployment.last_updated_at = call.timestamp();
    deployment.is_default |= !has_other_active(db, &deployment.id)?;
    save(db, &deployment)?;
    let owner = json!({ "id": deployment.id, "organisation_id": call.principal.organisation_id });
    Ok(merged(owner, deployment.credentials()).into())
}

/// Answers new credentials if they were asked for, and an empty object otherwise.
fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut deployment = in_path(call, db)?;
    let body = call.body()?;
    let gives_up = deployment.is_default && body.flag("is_default")? == Some(false);
    if gives_up && !has_other_active(db, &deployment.id)? {
        let problem = "must not be false for the only active deployment";
        return Err(body.refuse("is_default", problem));
    }
    let rotates = body.flag("rotate_auth")? == Some(true);
    if let Some(status) = body.optional("status")? {
        status_name(status).clone_into(&mut deployment.status);
    }
    if rotates {
        deployment.rotate();
    }
    deployment.change(db, body)?;
    deployment.last_updated_at = call.timestamp();
    save(db, &deployment)?;
    if rotates {
        let id = json!({ "id": deployment.id });
        return Ok(merged(id, deployment.credentials()).into());
    }
    Ok(Answer::empty())
}

fn archive(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let deployment = Deployment {
        status: "archived".to_owned(),
        is_default: false,
        last_updated_at: call.timestamp(),
        ..in_path(call, db)?
    };
    save(db, &deployment)?;
    Ok(Answer::empty())
}

/// Whether there is an active deployment besides this one.
fn has_other_active(db: &Connection, id: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM deployments WHERE status = 'active' AND id <> ?";
    db.any(sql, [id])
}

fn in_path(call: &Call, db: &Connection) -> Result<Deployment, Refusal> {
    let sql = "SELECT * FROM deployments WHERE id = ?1 OR slug = ?1";
    let found = db.first(sql, [call.path("id")], Deployment::read)?;
    found.ok_or_else(|| Refusal::not_found("deployment"))
}

impl Deployment {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            slug: row.get("slug")?,
            name: row.get("name")?,
            kind: row.get("type")?,
            status: row.get("status")?,
            is_default: row.get("is_default")?,
            settings: row.get("settings")?,
            config: row.get("deployment_config")?,
            tags: row.get("tags")?,
            client_auth: row.get("client_auth")?,
            registry_password: row.get("registry_password")?,
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
            last_updated_at: row.get("last_updated_at")?,
        })
    }

    /// Applies the fields of a body.
    fn change(&mut self, db: &Connection, body: Fields<'_>) -> Result<(), Refusal> {
        if let Some(name) = naming::name(body)? {
            self.name = name;
        }
        if let Some(kind) = body.optional("type")? {
            kind_name(kind).clone_into(&mut self.kind);
        }
        body.change::<JsonObject>("deployment_config")?
            .map(Value::Object)
            .replace(&mut self.config);
        tags::change(body)?.replace(&mut self.tags);
        if let Some(is_default) = body.flag("is_default")? {
            self.is_default = is_default;
        }
        self.settings = settings::changed(&self.settings, db, body)?;
        Ok(())
    }

    fn rotate(&mut self) {
        self.client_auth = identity::new_secret();
        self.registry_password = identity::new_secret();
    }

    /// The credentials in clear text.
    fn credentials(&self) -> Value {
        let registry = json!({ "username": self.slug, "password": self.registry_password });
        json!({ "client_auth": self.client_auth, "credentials": registry })
    }

    fn to_json(&self) -> Value {
        let registry =
            json!({ "username": self.slug, "password": masked(&self.registry_password) });
        json!({
            "id": self.id,
            "slug": self.slug,
            "name": self.name,
            "type": self.kind,
            "status": self.status,
            "is_default": self.is_default,
            "connection_status": "unknown",
            "auth_settings": settings::to_json(&self.settings),
            "deployment_config": self.config,
            "tags": self.tags,
            "client_auth": masked(&self.client_auth),
            "credentials": registry,
            "created_by": self.created_by,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "last_synced_at": null,
            "object": "deployment",
        })
    }
}

fn status_name(status: DeploymentStatus) -> &'static str {
    match status {
        DeploymentStatus::Active => "active",
        DeploymentStatus::Archived => "archived",
    }
}

fn kind_name(kind: DeploymentType) -> &'static str {
    match kind {
        DeploymentType::Production => "production",
        DeploymentType::NonProduction => "non_production",
    }
}

/// Inserts or updates it. A new default takes the place of the old one.
pub(crate) fn save(db: &Connection, deployment: &Deployment) -> rusqlite::Result<()> {
    if deployment.is_default {
        let sql = "UPDATE deployments SET is_default = 0 WHERE is_default AND id <> ?";
        db.run(sql, [&deployment.id])?;
    }
    let sql = "INSERT INTO deployments (id, slug, name, type, status, is_default, settings, deployment_config, tags,
            client_auth, registry_password, created_by, created_at, last_updated_at)
        VALUES (:id, :slug, :name, :kind, :status, :is_default, :settings, :config, :tags, :client_auth,
            :registry_password, :created_by, :created_at, :last_updated_at)
        ON CONFLICT (id) DO UPDATE SET name = :name, type = :kind, status = :status, is_default = :is_default,
            settings = :settings, deployment_config = :config, tags = :tags, client_auth = :client_auth,
            registry_password = :registry_password, last_updated_at = :last_updated_at";
    db.run(
        sql,
        named_params! {
            ":id": deployment.id,
            ":slug": deployment.slug,
            ":name": deployment.name,
            ":kind": deployment.kind,
            ":status": deployment.status,
            ":is_default": deployment.is_default,
            ":settings": deployment.settings,
            ":config": deployment.config,
            ":tags": deployment.tags,
            ":client_auth": deployment.client_auth,
            ":registry_password": deployment.registry_password,
            ":created_by": deployment.created_by,
            ":created_at": deployment.created_at,
            ":last_updated_at": deployment.last_updated_at,
        },
    )?;
    Ok(())
}
