//! Which workspaces may use an integration, and how much of it.

use portkey_api::JsonObject;
use rusqlite::{Connection, named_params, params};
use serde_json::json;

use crate::{
    identity,
    records::{Grant, Integration, Provider},
    rules::{limits, naming, workspace_scope},
    store::Queries as _,
    wire::{Answer, Call, Fields, Refusal, merged},
};

/// The workspaces with a grant of their own, and all workspaces if all may use the integration.
const WORKSPACES: &str =
    "SELECT workspace.id, workspace.slug, own.integration_id IS NULL AS is_global,
        own.enabled, own.usage_limits, own.rate_limits
    FROM workspaces AS workspace
    LEFT JOIN integration_workspaces AS own
        ON own.workspace_id = workspace.id AND own.integration_id = :integration
    WHERE own.integration_id IS NOT NULL OR :all OR workspace.id = :home
    ORDER BY workspace.created_at, workspace.slug";

/// The grant of one workspace.
struct WorkspaceGrant {
    workspace_id: String,
    slug: String,
    grant: Grant,
}

/// How many workspaces may use an integration.
pub(super) fn count(db: &Connection, integration: &Integration) -> Result<usize, Refusal> {
    let grants = workspace_grants(db, integration)?;
    Ok(grants.iter().filter(|access| access.grant.enabled).count())
}

/// Here the API answers the slugs of workspaces as their `id`.
pub(super) fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = Integration::in_path(call, db)?;
    let grants = workspace_grants(db, &integration)?;
    let workspaces = grants.iter().map(
        |WorkspaceGrant {
             workspace_id,
             slug,
             grant,
         }| {
            let status = grant
                .limits(&integration.id, workspace_id)
                .status(db, call.now)?;
            let named = json!({ "id": slug, "status": status });
            Ok(merged(named, grant.to_json(call.now)))
        },
    );
    let workspaces = workspaces.collect::<Result<Vec<_>, Refusal>>()?;
    Ok(json!({
        "total": workspaces.len(),
        "workspaces": workspaces,
        "global_workspace_access": integration.global_access().to_json(call.now),
    })
    .into())
}

pub(super) fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut integration = Integration::in_path(call, db)?;
    if integration.workspace_id.is_some() {
        return Err(Refusal::invalid(
            "This integration belongs to one workspace and cannot be given to others",
        ));
    }
    let body = call.body()?;
    let provider = DefaultProvider::of(body)?;
    if body.value("global_workspace_access").is_some() {
        let mut global = integration.global_access();
        let given = body.inside("global_workspace_access", "global_workspace_access.")?;
        global.change(given, call.now)?;
        integration.global_access = json!(global);
        integration.save(db, &call.timestamp())?;
    }
    if body.flag("override_existing_workspace_access")? == Some(true) {
        let sql = "DELETE FROM integration_workspaces WHERE integration_id = ?";
        db.run(sql, [&integration.id])?;
    }
    let given = body.optional::<Vec<JsonObject>>("workspaces")?;
    for grant in given.iter().flatten() {
        let grant = Fields::of(grant);
        let workspace = workspace_scope::in_field(db, grant, "id")?;
        let workspace = workspace.ok_or_else(|| grant.refuse("id", "is required"))?;
        if give(call, db, &integration, &workspace, grant)? {
            let own = DefaultProvider::of(grant)?;
            own.over(&provider)
                .add(call, db, &integration, &workspace)?;
        }
    }
    if integration.serves_all() && body.value("global_workspace_access").is_some() {
        for access in workspace_grants(db, &integration)? {
            if access.grant.enabled {
                provider.add(call, db, &integration, &access.workspace_id)?;
            }
        }
    }
    Ok(Answer::empty())
}

fn workspace_grants(
    db: &Connection,
    integration: &Integration,
) -> Result<Vec<WorkspaceGrant>, Refusal> {
    let filter = named_params! {
        ":integration": integration.id,
        ":all": integration.serves_all(),
        ":home": integration.workspace_id,
    };
    let for_all = match &integration.workspace_id {
        Some(_) => Grant::without_limits(),
        None => integration.global_access(),
    };
    let grants = db.all(WORKSPACES, filter, |row| {
        Ok(WorkspaceGrant {
            workspace_id: row.get("id")?,
            slug: row.get("slug")?,
            grant: if row.get("is_global")? {
                for_all.clone()
            } else {
                Grant::read(row)?
            },
        })
    })?;
    Ok(grants)
}

/// Changes the grant of one workspace. Returns whether it may use the integration now.
fn give(
    call: &Call,
    db: &Connection,
    integration: &Integration,
    workspace: &str,
    given: Fields<'_>,
) -> Result<bool, Refusal> {
    let mut grant = Grant::own(db, &integration.id, workspace)?.unwrap_or_default();
    grant.change(given, call.now)?;
    if given.flag("reset_usage")? == Some(true) {
        limits::restart(&mut grant.usage_limits, call.now);
    }
    let sql = "INSERT INTO integration_workspaces
            (integration_id, workspace_id, enabled, usage_limits, rate_limits) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET enabled = excluded.enabled, usage_limits = excluded.usage_limits,
            rate_limits = excluded.rate_limits";
    db.run(
        sql,
        params![
            integration.id,
            workspace,
            grant.enabled,
            grant.usage_limits,
            grant.rate_limits
        ],
    )?;
    Ok(grant.enabled)
}

/// The provider that a workspace gets with an integration by default.
#[derive(Debug, Default)]
pub(super) struct DefaultProvider {
    wanted: Option<bool>,
    slug: Option<String>,
}

impl DefaultProvider {
    /// The fields about it in a body, or in one of the grants in it.
    pub(super) fn of(fields: Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            wanted: fields.flag("create_default_provider")?,
            slug: naming::slug(fields, "default_provider_slug")?,
        })
    }

    /// The fields of a grant, and those of the whole body where the grant has none.
    fn over(self, whole: &Self) -> Self {
        Self {
            wanted: self.wanted.or(whole.wanted),
            slug: self.slug.or_else(|| whole.slug.clone()),
        }
    }

    /// Inserts it, unless the call declined it or the workspace has a provider of this integration already.
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
        // Slugs are unique within a workspace in the real API, but everywhere in the sandbox, so it may need another
        // slug.
        let slug = match db.first(
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
            created_at: call.timestamp(),
            ..Provider::default()
        };
        provider.insert(db)
    }
}
