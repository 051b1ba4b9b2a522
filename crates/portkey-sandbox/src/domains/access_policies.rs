//! Access policies: which people, groups and agents may use which MCP servers and providers. Each change makes a new
//! version, and names the one that it is about.

mod terms;

use portkey_api::access_policies::{
    AccessEffect, CreateAccessPolicy, DeleteAccessPolicy, GetAccessPolicy, ListAccessPolicies,
    UpdateAccessPolicy,
};
use rusqlite::{Connection, named_params};
use serde_json::{Value, json};

use crate::{
    identity,
    routes::Routes,
    rules::workspace_scope,
    store::{Queries as _, TableRow as _, row},
    wire::{Answer, Call, Fields, Page, Paging, Refusal, merged},
};

pub(crate) use terms::ANY;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListAccessPolicies>(list)
        .on::<CreateAccessPolicy>(create)
        .on::<GetAccessPolicy>(get)
        .on::<UpdateAccessPolicy>(update)
        .on::<DeleteAccessPolicy>(delete)
}

row! {
    /// A row of `access_policies`.
    #[derive(Debug, Clone)]
    pub(crate) struct AccessPolicy in "access_policies" {
        pub(crate) id: String,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        pub(crate) workspace_id: String,
        /// `allow` or `deny`.
        pub(crate) effect: String,
        pub(crate) enabled: bool,
        /// A list of `{type, id}`.
        pub(crate) subjects: Value,
        /// A list of objects.
        pub(crate) targets: Value,
        pub(crate) version: i64,
        pub(crate) created_by: String,
        pub(crate) created_at: String,
        pub(crate) last_updated_at: String,
    }
}

fn in_path(call: &Call, db: &Connection) -> Result<AccessPolicy, Refusal> {
    let sql = "SELECT * FROM access_policies WHERE id = ?";
    let found = db.first(sql, [call.path("access_policy_id")], AccessPolicy::read)?;
    let policy = found.ok_or_else(|| Refusal::not_found("access policy"))?;
    call.principal
        .permit_workspace(Some(&policy.workspace_id), "access policy")?;
    Ok(policy)
}

/// The workspace of the key or, for an organisation key, the one that the call has to name.
fn workspace(call: &Call, db: &Connection) -> Result<String, Refusal> {
    let workspace = workspace_scope::requested(call, db)?;
    workspace.ok_or_else(|| Refusal::invalid_field("workspace_id", "is required"))
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let query = call.query();
    let effect: Option<AccessEffect> = query.optional("effect")?;
    let server = query.optional_text("server_id")?;
    let sql = "SELECT * FROM access_policies
        WHERE workspace_id = :workspace
          AND (:effect IS NULL OR effect = :effect) AND (:enabled IS NULL OR enabled = :enabled)
          AND (:search IS NULL OR instr(lower(name), lower(:search)) > 0)
          AND (:author IS NULL OR created_by = :author)
          AND (:start IS NULL OR created_at >= :start) AND (:end IS NULL OR created_at <= :end)
          AND (:user IS NULL OR EXISTS (SELECT 1 FROM json_each(subjects)
            WHERE value ->> 'type' = 'user' AND value ->> 'id' = :user))
          AND (:agent IS NULL OR EXISTS (SELECT 1 FROM json_each(subjects)
            WHERE value ->> 'type' = 'agent' AND value ->> 'id' = :agent))
          AND (:server IS NULL OR EXISTS (SELECT 1 FROM json_each(targets)
            WHERE value ->> 'server_id' IN (SELECT :server UNION
                SELECT id FROM mcp_servers WHERE slug = :server UNION
                SELECT slug FROM mcp_servers WHERE id = :server)))
        ORDER BY created_at DESC, id";
    let filter = named_params! {
        ":workspace": workspace(call, db)?,
        ":effect": effect.map(word),
        ":enabled": query.flag("enabled")?,
        ":search": query.optional_text("search")?,
        ":author": query.optional_text("created_by")?,
        ":start": query.optional_text("start_time")?,
        ":end": query.optional_text("end_time")?,
        ":user": query.optional_text("user_id")?,
        ":agent": query.optional_text("agent_id")?,
        ":server": server,
    };
    let policies = db.all(sql, filter, AccessPolicy::read)?;
    let entries = policies.iter().map(|policy| policy.listed(call));
    Ok(page.cut(entries.collect()))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = in_path(call, db)?;
    let content = json!({
        "subjects": terms::with_names(db, &policy.subjects)?,
        "targets": policy.targets,
    });
    Ok(merged(policy.to_json(call), content).into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let workspace_id = workspace(call, db)?;
    let subjects = terms::subjects(db, body)?;
    let effect: Option<AccessEffect> = body.optional("effect")?;
    let policy = AccessPolicy {
        id: identity::new_id(),
        name: body.text("name")?,
        description: body.optional("description")?,
        effect: word(effect.unwrap_or_else(|| terms::usual_effect(&subjects))).to_owned(),
        enabled: body.flag("enabled")?.unwrap_or(true),
        subjects: json!(subjects),
        targets: json!(terms::targets(db, body, &workspace_id)?),
        workspace_id,
        version: 1,
        created_by: call.principal.author(),
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    policy.check(db, body)?;
    policy.insert(db)?;
    Ok(json!({ "id": policy.id, "object": "access-policy" }).into())
}

/// Subjects and targets are replaced as a whole, by whoever has read the latest version.
fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut policy = in_path(call, db)?;
    let body = call.body()?;
    let version: i64 = body.required("version")?;
    if version != policy.version {
        return Err(Refusal::conflict(format!(
            "The access policy has version {}, not {version}: it was changed meanwhile",
            policy.version
        )));
    }
    policy.subjects = json!(terms::subjects(db, body)?);
    policy.targets = json!(terms::targets(db, body, &policy.workspace_id)?);
    if let Some(name) = body.optional_text("name")? {
        policy.name = name;
    }
    policy.description = body.change("description")?.over(policy.description);
    if let Some(effect) = body.optional("effect")? {
        word(effect).clone_into(&mut policy.effect);
    }
    policy.enabled = body.flag("enabled")?.unwrap_or(policy.enabled);
    policy.version += 1;
    policy.last_updated_at = call.timestamp();
    policy.check(db, body)?;
    policy.update(db)?;
    Ok(Answer::empty())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let policy = in_path(call, db)?;
    db.run("DELETE FROM access_policies WHERE id = ?", [policy.id])?;
    Ok(Answer::empty())
}

fn word(effect: AccessEffect) -> &'static str {
    match effect {
        AccessEffect::Allow => "allow",
        AccessEffect::Deny => "deny",
    }
}

impl AccessPolicy {
    /// Refuses what no policy may be.
    fn check(&self, db: &Connection, body: Fields<'_>) -> Result<(), Refusal> {
        body.limit("name", Some(&self.name), 64)?;
        body.limit("description", self.description.as_deref(), 256)?;
        let subjects = self.subjects.as_array().map_or(&[][..], Vec::as_slice);
        if self.effect == "allow" && subjects.iter().all(|subject| subject["id"] == ANY) {
            let problem = "needs one that is not ANY, if the policy allows";
            return Err(body.refuse("subjects", problem));
        }
        let sql = "SELECT 1 FROM access_policies WHERE workspace_id = ? AND name = ? AND id <> ?";
        if db.any(sql, [&self.workspace_id, &self.name, &self.id])? {
            return Err(Refusal::conflict(
                "An access policy with this name already exists in the workspace",
            ));
        }
        Ok(())
    }

    /// An entry of the listing, which counts what the policy is about.
    fn listed(&self, call: &Call) -> Value {
        let has_any = |kind: &str| {
            let mut subjects = self.subjects.as_array().into_iter().flatten();
            subjects.any(|subject| subject["type"] == kind && subject["id"] == ANY)
        };
        let count = |kind: &str| {
            let targets = self.targets.as_array().into_iter().flatten();
            targets.filter(|target| target["type"] == kind).count()
        };
        let counts = json!({
            "allow_all_users": has_any("user"),
            "allow_all_agents": has_any("agent"),
            "target_server_count": count("mcp_server"),
            "target_provider_count": count("provider"),
        });
        merged(self.to_json(call), counts)
    }

    fn to_json(&self, call: &Call) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "enabled": self.enabled,
            "effect": self.effect,
            "version": self.version,
            "status": "active",
            "workspace_id": self.workspace_id,
            "organisation_id": call.principal.organisation_id,
            "created_by": self.created_by,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "object": "access-policy",
        })
    }
}
