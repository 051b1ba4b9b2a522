//! Workspaces: listing, creating, changing and deleting them. Their members are in `members`.

mod icon;
mod settings;

use portkey_api::workspaces::{
    CreateWorkspace, DeleteWorkspace, GetWorkspace, ListWorkspaces, UpdateWorkspace,
};
use rusqlite::{Connection, named_params, params};
use serde_json::{Value, json};

use crate::{
    domains::collections,
    identity,
    records::{Workspace, membership},
    routes::Routes,
    rules::limits,
    store::{Queries as _, TableRow as _},
    wire::{Answer, Call, Fields, Page, Paging, Refusal, merged},
};

pub(crate) use icon::split as split_icon;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListWorkspaces>(list)
        .on::<GetWorkspace>(get)
        .on::<CreateWorkspace>(create)
        .on::<UpdateWorkspace>(update)
        .on::<DeleteWorkspace>(delete)
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let query = call.query();
    // The vendor's own client sends either spelling.
    let page = Page::named(
        call,
        Paging::default(),
        &["current_page", "currentPage"],
        &["page_size", "pageSize"],
    )?;
    let statuses = query.optional_text("status")?;
    let shows_active = statuses.is_none_or(|list| list.split(',').any(|s| s.trim() == "active"));
    let sql = "SELECT * FROM workspaces
        WHERE (:own IS NULL OR id = :own)
          AND (:part IS NULL OR instr(lower(name), lower(:part)) > 0)
          AND (:name IS NULL OR name = :name)
          AND :active
        ORDER BY created_at DESC, slug";
    let filter = named_params! {
        ":own": call.principal.workspace_id,
        ":part": query.optional_text("name")?,
        ":name": query.optional_text("exact_name")?,
        ":active": shows_active,
    };
    let workspaces = db.all(sql, filter, Workspace::read)?;
    let entries = workspaces.iter().map(|each| each.listed(call, db));
    Ok(page.cut(entries.collect::<Result<_, _>>()?))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = Workspace::in_path(call, db)?;
    let mut more = json!({ "users": membership::of(db, &workspace.id)? });
    if call.query().optional_text("name_format")?.as_deref() == Some("plain") {
        more = merged(more, json!({ "name": workspace.name }));
    }
    Ok(merged(workspace.detailed(call, db)?, more).into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = body.text("name")?;
    let mut workspace = Workspace {
        id: identity::new_id(),
        slug: identity::new_slug("ws", &name),
        created_by: call.principal.user_id.clone(),
        creation_source: "api".to_owned(),
        created_at: call.timestamp(),
        ..Workspace::default()
    };
    workspace.change(call, db, body)?;
    workspace.refuse_duplicates(db)?;
    insert(db, &workspace)?;
    if body.inside("defaults", "defaults.")?.flag("is_default")? == Some(true) {
        make_default(db, &mut workspace)?;
    }
    membership::add_by_name(call, db, &workspace.id, body)?;
    Ok(workspace.listed(call, db)?.into())
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut workspace = Workspace::in_path(call, db)?;
    let body = call.body()?;
    workspace.change(call, db, body)?;
    workspace.refuse_duplicates(db)?;
    workspace.update(db)?;
    match body.inside("defaults", "defaults.")?.flag("is_default")? {
        Some(true) => make_default(db, &mut workspace)?,
        Some(false) if workspace.is_default => {
            return Err(body.refuse(
                "defaults.is_default",
                "cannot be taken away: make another workspace the default",
            ));
        }
        _ => {}
    }
    Ok(Answer::empty())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = Workspace::in_path(call, db)?;
    let body = call.body()?;
    if body.text("name")? != workspace.name {
        return Err(body.refuse("name", "does not match the name of the workspace"));
    }
    if workspace.is_default {
        return Err(Refusal::invalid("The default workspace cannot be deleted"));
    }
    let forced = body.flag("force_delete")?.unwrap_or(false);
    if let Some(kind) = first_content(db, &workspace.id)?.filter(|_| !forced) {
        return Err(Refusal::conflict(format!(
            "The workspace still has {kind}. Delete them first, or send force_delete"
        )));
    }
    db.run("DELETE FROM workspaces WHERE id = ?", [workspace.id])?;
    Ok(Answer::empty())
}

/// The first kind of content that keeps a workspace from being deleted.
fn first_content(db: &Connection, workspace: &str) -> Result<Option<&'static str>, Refusal> {
    const KINDS: &[(&str, &str)] = &[
        ("API keys", "SELECT 1 FROM api_keys WHERE workspace_id = ?"),
        (
            "providers",
            "SELECT 1 FROM providers WHERE workspace_id = ?",
        ),
        (
            "integrations",
            "SELECT 1 FROM integrations WHERE workspace_id = ?",
        ),
        ("configs", "SELECT 1 FROM configs WHERE workspace_id = ?"),
        (
            "collections",
            "SELECT 1 FROM collections WHERE workspace_id = ? AND NOT is_default",
        ),
        ("prompts", "SELECT 1 FROM prompts WHERE workspace_id = ?"),
        ("partials", "SELECT 1 FROM partials WHERE workspace_id = ?"),
        (
            "MCP servers",
            "SELECT 1 FROM mcp_servers WHERE workspace_id = ?",
        ),
    ];
    for (kind, sql) in KINDS {
        if db.any(sql, [workspace])? {
            return Ok(Some(kind));
        }
    }
    Ok(None)
}

fn make_default(db: &Connection, workspace: &mut Workspace) -> Result<(), Refusal> {
    db.run("UPDATE workspaces SET is_default = 0 WHERE is_default", [])?;
    let sql = "UPDATE workspaces SET is_default = 1 WHERE id = ?";
    db.run(sql, [&workspace.id])?;
    workspace.is_default = true;
    Ok(())
}

impl Workspace {
    /// Applies the fields of a body.
    fn change(&mut self, call: &Call, db: &Connection, body: Fields<'_>) -> Result<(), Refusal> {
        if let Some(name) = body.optional_text("name")? {
            let (icon, name) = split_icon(&name);
            if name.is_empty() {
                return Err(body.refuse("name", "needs more than an icon"));
            }
            name.clone_into(&mut self.name);
            self.icon = icon.map(str::to_owned).or(self.icon.take());
        }
        if let Some(icon) = body.optional::<String>("icon")? {
            self.icon = Some(icon).filter(|icon| !icon.is_empty());
        }
        if let Some(slug) = body.optional_text("slug")? {
            if identity::kebab(&slug) != slug {
                return Err(body.refuse("slug", "takes lowercase letters, digits and hyphens"));
            }
            self.slug = slug;
        }
        self.description = body.change("description")?.over(self.description.take());
        let defaults = body.inside("defaults", "defaults.")?;
        settings::change_defaults(db, &self.id, &mut self.defaults, defaults)?;
        settings::change_security(&mut self.security_settings, body)?;
        limits::change_only(&mut self.usage_limits, body, call.now)?;
        limits::change_rates(body)?.replace(&mut self.rate_limits);
        self.last_updated_at = call.timestamp();
        Ok(())
    }

    fn refuse_duplicates(&self, db: &Connection) -> Result<(), Refusal> {
        for (field, value) in [("name", &self.name), ("slug", &self.slug)] {
            let sql = format!("SELECT 1 FROM workspaces WHERE {field} = ? AND id <> ?");
            if db.any(&sql, params![value, self.id])? {
                return Err(Refusal::conflict(format!(
                    "A workspace with this {field} already exists"
                )));
            }
        }
        Ok(())
    }

    /// An entry of the listing, which is also the answer to a creation.
    fn listed(&self, call: &Call, db: &Connection) -> Result<Value, Refusal> {
        let name = match &self.icon {
            Some(icon) => format!("{icon} {}", self.name),
            None => self.name.clone(),
        };
        let budget = self.usage_limits.as_ref();
        Ok(json!({
            "id": self.id,
            "slug": self.slug,
            "name": name,
            "icon": self.icon,
            "description": self.description,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "defaults": self.defaults,
            "is_default": u8::from(self.is_default),
            "scim_source_id": null,
            "usage_limits": budget.map(|budget| [budget.to_json(call.now)]),
            "rate_limits": self.rate_limits,
            "security_settings": settings::security(&self.security_settings),
            "status": self.limits().status(db, call.now)?,
            "object": "workspace",
        }))
    }

    /// The workspace in full.
    fn detailed(&self, call: &Call, db: &Connection) -> Result<Value, Refusal> {
        let budget = self.usage_limits.as_ref();
        let detail = json!({
            "settings": settings::usual(),
            "organisation_id": call.principal.organisation_id,
            "last_reset_at": limits::last_reset(budget, call.now, None),
            "created_by": self.created_by,
            "creation_source": self.creation_source,
        });
        Ok(merged(self.listed(call, db)?, detail))
    }
}

pub(crate) fn insert(db: &Connection, workspace: &Workspace) -> rusqlite::Result<()> {
    workspace.insert(db)?;
    collections::add_default(db, &workspace.id, &workspace.created_at)
}
