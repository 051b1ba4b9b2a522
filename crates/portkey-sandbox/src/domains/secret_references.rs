//! Secret references: where an external secret manager keeps a credential. The login to the manager is answered masked,
//! and the sandbox never connects to it.

mod login;

use portkey_api::secret_references::{
    CreateSecretReference, DeleteSecretReference, GetSecretReference, ListSecretReferences,
    SecretManager, UpdateSecretReference,
};
use rusqlite::{Connection, Row, named_params, params};
use serde_json::{Value, json};

use crate::{
    identity,
    routes::Routes,
    rules::{authority, in_use, naming, tags},
    store::Queries as _,
    wire::{Answer, Call, Fields, Page, Paging, Refusal, merged},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListSecretReferences>(list)
        .on::<CreateSecretReference>(create)
        .on::<GetSecretReference>(get)
        .on::<UpdateSecretReference>(update)
        .on::<DeleteSecretReference>(delete)
}

/// A row of `secret_references`.
#[derive(Debug, Clone)]
pub(crate) struct SecretReference {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) manager: SecretManager,
    /// The login to the manager.
    pub(crate) login: Value,
    pub(crate) secret_path: String,
    pub(crate) secret_key: Option<String>,
    /// The ids of the workspaces that may use it, or null for all.
    pub(crate) allowed_workspaces: Value,
    pub(crate) tags: Value,
    pub(crate) created_by: String,
    pub(crate) created_at: String,
    pub(crate) last_updated_at: String,
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let paging = Paging {
        default_size: Some(20),
        max_size: 100,
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let query = call.query();
    let manager: Option<SecretManager> = query.optional("manager_type")?;
    let tag_filter = tags::TagFilter::of(call)?;
    let sql = "SELECT * FROM secret_references
        WHERE (:manager IS NULL OR manager_type = :manager)
          AND (:search IS NULL OR instr(lower(name), lower(:search)) > 0)
        ORDER BY created_at DESC, slug";
    let filter = named_params! {
        ":manager": manager.map(manager_name),
        ":search": query.optional_text("search")?,
    };
    let references = db.all(sql, filter, SecretReference::read)?;
    let references = references.iter();
    let matching = references.filter(|reference| tag_filter.matches(&reference.tags));
    Ok(page.cut(matching.map(SecretReference::listed).collect()))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let reference = in_path(call, db)?;
    Ok(reference.detailed(&call.principal.organisation_id).into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    authority::permit_organisation(call, body)?;
    let manager: SecretManager = body.required("manager_type")?;
    let name = naming::name(body)?.ok_or_else(|| body.refuse("name", "is required"))?;
    let slug = naming::slug(body, "slug")?;
    let mut reference = SecretReference {
        id: identity::new_id(),
        slug: slug.unwrap_or_else(|| identity::new_slug("", &name)),
        name,
        description: None,
        manager,
        login: login::merged(&json!({}), manager, body)?,
        secret_path: body.text("secret_path")?,
        secret_key: None,
        allowed_workspaces: Value::Null,
        tags: Value::Null,
        created_by: call.principal.author(),
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    reference.change(db, body)?;
    reference.refuse_duplicates(db)?;
    insert(db, &reference)?;
    Ok(json!({ "id": reference.id, "slug": reference.slug, "object": "secret-reference" }).into())
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    const CHANGEABLE: &[&str] = &[
        "name",
        "description",
        "auth_config",
        "secret_path",
        "secret_key",
        "allow_all_workspaces",
        "allowed_workspaces",
        "tags",
    ];
    let mut reference = in_path(call, db)?;
    let body = call.body()?;
    let sent = call.whole_body();
    if CHANGEABLE.iter().all(|name| sent.get(name).is_none()) {
        return Err(Refusal::invalid(
            "Invalid request. At least one field is required",
        ));
    }
    reference.name = naming::name(body)?.unwrap_or(reference.name);
    if body.value("auth_config").is_some() {
        reference.login = login::merged(&reference.login, reference.manager, body)?;
    }
    reference.change(db, body)?;
    reference.refuse_duplicates(db)?;
    reference.last_updated_at = call.timestamp();
    save(db, &reference)?;
    Ok(Answer::empty())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let reference = in_path(call, db)?;
    in_use::refuse_used_secret_reference(db, &reference.id, &reference.slug)?;
    db.run("DELETE FROM secret_references WHERE id = ?", [reference.id])?;
    Ok(Answer::empty())
}

fn in_path(call: &Call, db: &Connection) -> Result<SecretReference, Refusal> {
    let sql = "SELECT * FROM secret_references WHERE id = ?1 OR slug = ?1";
    let found = db.first(sql, [call.path("id")], SecretReference::read)?;
    found.ok_or_else(|| Refusal::not_found("secret reference"))
}

impl SecretReference {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            slug: row.get("slug")?,
            name: row.get("name")?,
            description: row.get("description")?,
            manager: match row.get_ref("manager_type")?.as_str()? {
                "aws_sm" => SecretManager::AwsSm,
                "azure_kv" => SecretManager::AzureKv,
                _ => SecretManager::HashicorpVault,
            },
            login: row.get("auth_config")?,
            secret_path: row.get("secret_path")?,
            secret_key: row.get("secret_key")?,
            allowed_workspaces: row.get("allowed_workspaces")?,
            tags: row.get("tags")?,
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
            last_updated_at: row.get("last_updated_at")?,
        })
    }

    /// Applies the fields of a body.
    fn change(&mut self, db: &Connection, body: Fields<'_>) -> Result<(), Refusal> {
        if let Some(path) = body.optional_text("secret_path")? {
            self.secret_path = path;
        }
        self.description = body.change("description")?.over(self.description.take());
        self.secret_key = body.change("secret_key")?.over(self.secret_key.take());
        tags::change(body)?.replace(&mut self.tags);
        let all = body.flag("allow_all_workspaces")?;
        let listed: Option<Vec<String>> = body.optional("allowed_workspaces")?;
        match (all, listed) {
            (Some(true), Some(_)) => Err(body.refuse(
                "allowed_workspaces",
                "and allow_all_workspaces exclude each other",
            )),
            (_, Some(listed)) if listed.is_empty() => {
                Err(body.refuse("allowed_workspaces", "must not be empty"))
            }
            (_, Some(listed)) => {
                self.allowed_workspaces = workspaces_named(db, body, &listed)?;
                Ok(())
            }
            (Some(true), None) => {
                self.allowed_workspaces = Value::Null;
                Ok(())
            }
            (Some(false), None) if self.allowed_workspaces.is_null() => {
                Err(body.refuse("allowed_workspaces", "is required"))
            }
            (_, None) => Ok(()),
        }
    }

    fn refuse_duplicates(&self, db: &Connection) -> Result<(), Refusal> {
        for (field, value) in [("name", &self.name), ("slug", &self.slug)] {
            let sql = format!("SELECT 1 FROM secret_references WHERE {field} = ? AND id <> ?");
            if db.any(&sql, [value, &self.id])? {
                return Err(Refusal::conflict(format!(
                    "A secret reference with this {field} already exists"
                )));
            }
        }
        Ok(())
    }

    fn listed(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "slug": self.slug,
            "manager_type": manager_name(self.manager),
            "status": "ACTIVE",
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "object": "secret-reference",
        })
    }

    fn detailed(&self, organisation_id: &str) -> Value {
        let allowed = self.allowed_workspaces.as_array();
        let detail = json!({
            "organisation_id": organisation_id,
            "description": self.description,
            "secret_path": self.secret_path,
            "secret_key": self.secret_key,
            "allow_all_workspaces": allowed.is_none(),
            "allowed_workspaces": allowed.cloned().unwrap_or_default(),
            "tags": self.tags,
            "created_by": self.created_by,
            "auth_config": login::to_json(&self.login),
        });
        merged(self.listed(), detail)
    }
}

fn manager_name(manager: SecretManager) -> &'static str {
    match manager {
        SecretManager::AwsSm => "aws_sm",
        SecretManager::AzureKv => "azure_kv",
        SecretManager::HashicorpVault => "hashicorp_vault",
    }
}

/// The UUIDs of the workspaces that a body lists by UUID or slug.
fn workspaces_named(
    db: &Connection,
    body: Fields<'_>,
    listed: &[String],
) -> Result<Value, Refusal> {
    let sql = "SELECT id FROM workspaces WHERE id = ?1 OR slug = ?1";
    let ids = listed.iter().map(|name| {
        let id: Option<String> = db.first(sql, [name], |row| row.get(0))?;
        id.ok_or_else(|| body.refuse("allowed_workspaces", &format!("names no workspace: {name}")))
    });
    Ok(json!(ids.collect::<Result<Vec<_>, Refusal>>()?))
}

pub(crate) fn insert(db: &Connection, reference: &SecretReference) -> rusqlite::Result<()> {
    let sql = "INSERT INTO secret_references (id, slug, name, manager_type, auth_config, secret_path, created_by,
        created_at, last_updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    db.run(
        sql,
        params![
            reference.id,
            reference.slug,
            reference.name,
            manager_name(reference.manager),
            reference.login,
            reference.secret_path,
            reference.created_by,
            reference.created_at,
            reference.last_updated_at,
        ],
    )?;
    save(db, reference)
}

fn save(db: &Connection, reference: &SecretReference) -> rusqlite::Result<()> {
    let sql = "UPDATE secret_references SET name = :name, description = :description, auth_config = :login,
            secret_path = :path, secret_key = :key, allowed_workspaces = :workspaces, tags = :tags,
            last_updated_at = :at
        WHERE id = :id";
    db.run(
        sql,
        named_params! {
            ":id": reference.id,
            ":name": reference.name,
            ":description": reference.description,
            ":login": reference.login,
            ":path": reference.secret_path,
            ":key": reference.secret_key,
            ":workspaces": reference.allowed_workspaces,
            ":tags": reference.tags,
            ":at": reference.last_updated_at,
        },
    )?;
    Ok(())
}
