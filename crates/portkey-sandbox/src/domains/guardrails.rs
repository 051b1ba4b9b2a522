//! Guardrails: checks on requests or answers, of a workspace or of the organisation.

use portkey_api::{
    JsonObject,
    guardrails::{
        CreateGuardrail, DeleteGuardrail, GetGuardrail, GuardrailTarget, ListGuardrails,
        UpdateGuardrail,
    },
};
use rusqlite::{Connection, named_params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    identity,
    routes::Routes,
    rules::{in_use, workspace_scope},
    store::{Queries as _, TableRow as _, row},
    wire::{Answer, Call, Fields, Page, Paging, Refusal, merged},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListGuardrails>(list)
        .on::<CreateGuardrail>(create)
        .on::<GetGuardrail>(get)
        .on::<UpdateGuardrail>(update)
        .on::<DeleteGuardrail>(delete)
}

row! {
    /// A row of `guardrails`.
    #[derive(Debug, Clone)]
    pub(crate) struct Guardrail in "guardrails" {
        pub(crate) id: String,
        pub(crate) slug: String,
        pub(crate) name: String,
        /// `None` for guardrails of the organisation.
        pub(crate) workspace_id: Option<String>,
        pub(crate) version_id: String,
        /// `llm` or `mcp_tools`.
        pub(crate) target: String,
        /// The checks, as a list of objects.
        pub(crate) checks: Value,
        pub(crate) actions: Value,
        pub(crate) owner_id: String,
        pub(crate) updated_by: Option<String>,
        pub(crate) created_at: String,
        pub(crate) last_updated_at: String,
    }
}

/// A check in requests. Any id is accepted, because the vendor keeps adding checks.
#[derive(Debug, Serialize, Deserialize)]
struct GuardrailCheck {
    id: String,
    #[serde(default)]
    parameters: JsonObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default = "yes")]
    is_enabled: bool,
    /// Further members are kept as they are.
    #[serde(flatten)]
    others: JsonObject,
}

fn yes() -> bool {
    true
}

/// A guardrail that does not exist is answered with 403, like one of another workspace.
fn in_path(call: &Call, db: &Connection, action: &str) -> Result<Guardrail, Refusal> {
    let sql = "SELECT * FROM guardrails WHERE id = ?1 OR slug = ?1";
    let found = db.first(sql, [call.path("guardrail_id")], Guardrail::read)?;
    let guardrail = found.ok_or_else(|| Refusal::foreign("guardrail"))?;
    call.principal
        .permit_workspace(guardrail.workspace_id.as_deref(), "guardrail")?;
    permit(call, guardrail.workspace_id.as_deref(), action)?;
    Ok(guardrail)
}

/// Guardrails of the organisation have scopes of their own.
fn permit(call: &Call, workspace: Option<&str>, action: &str) -> Result<(), Refusal> {
    let kind = match workspace {
        Some(_) => "guardrails",
        None => "organisation_guardrails",
    };
    call.principal.permit_scope(&format!("{kind}.{action}"))
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let wanted = call.query().optional_text("ids")?;
    let wanted = wanted.map(|ids| {
        let ids: Vec<&str> = ids.split(',').map(str::trim).collect();
        json!(ids)
    });
    let sql = "SELECT * FROM guardrails
        WHERE (:workspace IS NULL OR workspace_id = :workspace)
          AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids)))
        ORDER BY created_at DESC, slug";
    let filter =
        named_params! { ":workspace": workspace_scope::requested(call, db)?, ":ids": wanted };
    let guardrails = db.all(sql, filter, Guardrail::read)?;
    let organisation = &call.principal.organisation_id;
    let entries = guardrails.iter().map(|found| found.to_json(organisation));
    Ok(page.cut(entries.collect()))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let guardrail = in_path(call, db, "read")?;
    let content = json!({ "checks": guardrail.checks, "actions": guardrail.actions });
    let organisation = &call.principal.organisation_id;
    let mut answer = merged(guardrail.to_json(organisation), content);
    if guardrail.target == MCP_TOOLS {
        let servers = json!({ "mcp_server_mappings": mappings(db, &guardrail.id)? });
        answer = merged(answer, servers);
    }
    Ok(answer.into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let name = body.text("name")?;
    let target: Option<GuardrailTarget> = body.optional("target")?;
    let target = target_name(target.unwrap_or(GuardrailTarget::Llm));
    // Guardrails of MCP tools may get their checks later.
    let required = |name: &str, empty: Value| match target {
        MCP_TOOLS => Ok(empty),
        _ => Err(body.refuse(name, "is required")),
    };
    let workspace_id = workspace_scope::owner(call, db)?;
    permit(call, workspace_id.as_deref(), "create")?;
    let guardrail = Guardrail {
        id: identity::new_id(),
        slug: identity::new_slug("pg", &name),
        name,
        workspace_id,
        version_id: identity::new_id(),
        target: target.to_owned(),
        checks: checks(body)?.map_or_else(|| required("checks", json!([])), Ok)?,
        actions: actions(body)?.map_or_else(|| required("actions", json!({})), Ok)?,
        owner_id: call.principal.author(),
        updated_by: None,
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    guardrail.insert(db)?;
    Ok(guardrail.saved())
}

/// Checks and actions are replaced as a whole, which makes a new version.
fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut guardrail = in_path(call, db, "update")?;
    let body = call.body()?;
    if let Some(name) = body.optional_text("name")? {
        guardrail.name = name;
    }
    let (checks, actions) = (checks(body)?, actions(body)?);
    if checks.is_some() || actions.is_some() {
        guardrail.version_id = identity::new_id();
    }
    guardrail.checks = checks.unwrap_or(guardrail.checks);
    guardrail.actions = actions.unwrap_or(guardrail.actions);
    guardrail.updated_by = Some(call.principal.author());
    guardrail.last_updated_at = call.timestamp();
    // Replacing the row would take its MCP servers with it.
    guardrail.update(db)?;
    Ok(guardrail.saved())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let guardrail = in_path(call, db, "delete")?;
    in_use::refuse_used_guardrail(db, &guardrail.id, &guardrail.slug)?;
    db.run("DELETE FROM guardrails WHERE id = ?", [guardrail.id])?;
    Ok(Answer::empty())
}

fn checks(body: Fields<'_>) -> Result<Option<Value>, Refusal> {
    match body.optional::<Vec<GuardrailCheck>>("checks")? {
        Some(checks) if checks.is_empty() => Err(body.refuse("checks", "needs at least one")),
        checks => Ok(checks.map(|checks| json!(checks))),
    }
}

/// The target of guardrails that watch MCP servers.
pub(crate) const MCP_TOOLS: &str = "mcp_tools";

fn target_name(target: GuardrailTarget) -> &'static str {
    match target {
        GuardrailTarget::Llm => "llm",
        GuardrailTarget::McpTools => MCP_TOOLS,
    }
}

/// Which MCP servers a guardrail watches.
pub(crate) fn mappings(db: &Connection, guardrail: &str) -> rusqlite::Result<Vec<Value>> {
    let sql = "SELECT * FROM guardrail_mcp_servers WHERE guardrail_id = ? ORDER BY server_id";
    db.all(sql, [guardrail], |row| {
        Ok(json!({
            "id": row.get::<_, String>("id")?,
            "guardrail_id": row.get::<_, String>("guardrail_id")?,
            "mcp_server_id": row.get::<_, String>("server_id")?,
            "run_on": row.get::<_, Value>("run_on")?,
            "capability_ids": row.get::<_, Value>("capability_ids")?,
        }))
    })
}

/// Any members are accepted, because the vendor's own examples have some that its specification lacks.
fn actions(body: Fields<'_>) -> Result<Option<Value>, Refusal> {
    let actions = body.optional::<JsonObject>("actions")?;
    Ok(actions.map(Value::Object))
}

impl Guardrail {
    /// The answer to a creation or an update.
    fn saved(&self) -> Answer {
        json!({ "id": self.id, "slug": self.slug, "version_id": self.version_id }).into()
    }

    /// An entry of the listing, without checks and actions.
    fn to_json(&self, organisation_id: &str) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "slug": self.slug,
            "organisation_id": organisation_id,
            "workspace_id": self.workspace_id,
            "target": self.target,
            "status": "active",
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
            "owner_id": self.owner_id,
            "updated_by": self.updated_by,
        })
    }
}
