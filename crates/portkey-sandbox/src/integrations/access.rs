//! Which workspaces may use an integration, and how much of it.

use portkey_api::JsonObject;
use rusqlite::{Connection, named_params, params};
use serde_json::{Value, json};

use super::{Integration, in_path};
use crate::{
    answer::Answer, call::Call, fields::Fields, identity, limits, naming, providers::Provider,
    reach, refusal::Refusal, store::Queries as _,
};

/// The workspaces of which something is said, and all if all may use it.
const WORKSPACES: &str = "SELECT workspace.id, workspace.slug, coalesce(own.enabled, 1) AS enabled,
        own.integration_id IS NULL AS is_global, own.usage_limits, own.rate_limits,
        coalesce(own.status, 'active') AS status
    FROM workspaces AS workspace
    LEFT JOIN integration_workspaces AS own
        ON own.workspace_id = workspace.id AND own.integration_id = :integration
    WHERE own.integration_id IS NOT NULL OR :all OR workspace.id = :home
    ORDER BY workspace.created_at, workspace.slug";

/// What one workspace may do.
struct Access {
    workspace_id: String,
    slug: String,
    enabled: bool,
    usage_limits: Value,
    rate_limits: Value,
    status: String,
}

/// How many workspaces may use it.
pub(super) fn count(db: &Connection, integration: &Integration) -> Result<usize, Refusal> {
    let accesses = accesses(db, integration)?;
    Ok(accesses.iter().filter(|access| access.enabled).count())
}

/// Workspaces go by their slugs here, under the name of ids.
pub(super) fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = in_path(call, db)?;
    let accesses = accesses(db, &integration)?;
    let workspaces = accesses.iter().map(|access| {
        json!({
            "id": access.slug,
            "enabled": access.enabled,
            "usage_limits": access.usage_limits,
            "rate_limits": access.rate_limits,
            "status": access.status,
        })
    });
    let workspaces: Vec<Value> = workspaces.collect();
    Ok(json!({
        "total": workspaces.len(),
        "workspaces": workspaces,
        "global_workspace_access": integration.global_access(),
    })
    .into())
}

pub(super) fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut integration = in_path(call, db)?;
    if integration.workspace_id.is_some() {
        return Err(Refusal::invalid(
            "This integration belongs to one workspace and cannot be given to others",
        ));
    }
    let body = call.body()?;
    let provider = DefaultProvider::of(body)?;
    if body.value("global_workspace_access").is_some() {
        integration.global_access = global_access(body, &integration.global_access())?;
        integration.save(db, &call.at())?;
    }
    if body.flag("override_existing_workspace_access")? == Some(true) {
        let sql = "DELETE FROM integration_workspaces WHERE integration_id = ?";
        db.run(sql, [&integration.id])?;
    }
    let grants = body.optional::<Vec<JsonObject>>("workspaces")?;
    for grant in grants.iter().flatten() {
        let grant = Fields::of(grant);
        let workspace = reach::workspace_named(db, grant, "id")?;
        let workspace = workspace.ok_or_else(|| grant.refuse("id", "is required"))?;
        if give(db, &integration, &workspace, grant)? {
            let own = DefaultProvider::of(grant)?;
            own.over(&provider)
                .add(call, db, &integration, &workspace)?;
        }
    }
    if integration.serves_all() && body.value("global_workspace_access").is_some() {
        for access in accesses(db, &integration)? {
            if access.enabled {
                provider.add(call, db, &integration, &access.workspace_id)?;
            }
        }
    }
    Ok(Answer::empty())
}

fn accesses(db: &Connection, integration: &Integration) -> Result<Vec<Access>, Refusal> {
    let filter = named_params! {
        ":integration": integration.id,
        ":all": integration.serves_all(),
        ":home": integration.workspace_id,
    };
    let global = integration.global_access();
    let accesses = db.all(WORKSPACES, filter, |row| {
        let is_global: bool = row.get("is_global")?;
        let limits = |name: &str| match global.get(name) {
            Some(limits) if is_global => Ok(limits.clone()),
            _ => row.get(name),
        };
        Ok(Access {
            workspace_id: row.get("id")?,
            slug: row.get("slug")?,
            enabled: row.get("enabled")?,
            usage_limits: limits("usage_limits")?,
            rate_limits: limits("rate_limits")?,
            status: row.get("status")?,
        })
    })?;
    Ok(accesses)
}

fn global_access(body: Fields<'_>, old: &Value) -> Result<Value, Refusal> {
    let global = body.inside("global_workspace_access", "global_workspace_access.")?;
    let enabled = global.flag("enabled")?;
    let enabled = enabled.ok_or_else(|| global.refuse("enabled", "is required"))?;
    let (usage, rate) = changed_limits(global, old.get("usage_limits"), old.get("rate_limits"))?;
    Ok(json!({ "enabled": enabled, "usage_limits": usage, "rate_limits": rate }))
}

/// Takes over what is said of one workspace. Tells whether it may use the integration now.
fn give(
    db: &Connection,
    integration: &Integration,
    workspace: &str,
    grant: Fields<'_>,
) -> Result<bool, Refusal> {
    let enabled = grant.flag("enabled")?;
    let enabled = enabled.ok_or_else(|| grant.refuse("enabled", "is required"))?;
    let sql = "SELECT usage_limits, rate_limits FROM integration_workspaces
        WHERE integration_id = ? AND workspace_id = ?";
    let (old_usage, old_rate) = db
        .maybe(sql, [&integration.id, workspace], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .unwrap_or_default();
    let (usage, rate) = changed_limits(grant, Some(&old_usage), Some(&old_rate))?;
    // Nothing uses a grant up here, so there is nothing that a reset would have to count from.
    grant.flag("reset_usage")?;
    let sql = "INSERT INTO integration_workspaces
            (integration_id, workspace_id, enabled, usage_limits, rate_limits) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET enabled = excluded.enabled, usage_limits = excluded.usage_limits,
            rate_limits = excluded.rate_limits, status = 'active'";
    db.run(
        sql,
        params![integration.id, workspace, enabled, usage, rate],
    )?;
    Ok(enabled)
}

/// Both kinds of limits, each a list of at most one.
fn changed_limits(
    fields: Fields<'_>,
    usage: Option<&Value>,
    rate: Option<&Value>,
) -> Result<(Value, Value), Refusal> {
    let (mut usage, mut rate) = (
        usage.cloned().unwrap_or_default(),
        rate.cloned().unwrap_or_default(),
    );
    limits::usage_limits(fields)?.replace(&mut usage);
    limits::rate_limits(fields)?.replace(&mut rate);
    match rate.as_array() {
        Some(limits) if limits.len() > 1 => {
            Err(fields.refuse("rate_limits", "holds at most one limit"))
        }
        _ => Ok((usage, rate)),
    }
}

/// The provider that a workspace gets with an integration, unless the call says otherwise.
#[derive(Debug, Default)]
pub(super) struct DefaultProvider {
    wanted: Option<bool>,
    slug: Option<String>,
}

impl DefaultProvider {
    /// What a body says of it, or a grant in it.
    pub(super) fn of(fields: Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            wanted: fields.flag("create_default_provider")?,
            slug: naming::slug(fields, "default_provider_slug")?,
        })
    }

    /// What a grant says, and the whole body where it says nothing.
    fn over(self, whole: &Self) -> Self {
        Self {
            wanted: self.wanted.or(whole.wanted),
            slug: self.slug.or_else(|| whole.slug.clone()),
        }
    }

    /// Adds it, unless it is not wanted or the workspace has a provider of this integration.
    pub(super) fn add(
        &self,
        call: &Call,
        db: &Connection,
        integration: &Integration,
        workspace: &str,
    ) -> Result<(), Refusal> {
        let sql = "SELECT 1 FROM providers WHERE integration_id = ? AND workspace_id = ?";
        if self.wanted == Some(false) || db.any(sql, [&integration.id, workspace])? {
            return Ok(());
        }
        let slug = self.slug.as_ref().unwrap_or(&integration.slug);
        // The real API has slugs unique in a workspace, the sandbox everywhere: other workspaces get another.
        let slug = match db.maybe(
            "SELECT workspace_id FROM providers WHERE slug = ?",
            [slug],
            |row| row.get::<_, String>(0),
        )? {
            Some(taken) if taken != workspace || self.slug.is_none() => {
                identity::new_slug("", slug)
            }
            _ => slug.clone(),
        };
        let provider = Provider {
            id: identity::new_id(),
            slug,
            name: integration.name.clone(),
            note: Some("Created automatically with the integration".to_owned()),
            workspace_id: workspace.to_owned(),
            integration_id: integration.slug.clone(),
            status: "active".to_owned(),
            created_at: call.at(),
            ..Provider::default()
        };
        provider.insert(db)
    }
}
