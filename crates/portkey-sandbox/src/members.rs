//! Who is in a workspace, as what.

use portkey_api::workspaces::{
    AddWorkspaceMember, GetWorkspaceMember, ListWorkspaceMembers, RemoveWorkspaceMember,
    UpdateWorkspaceMember, WorkspaceRole,
};
use rusqlite::{Connection, Row, params};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    call::Call,
    fields::Fields,
    page::{Page, Paging},
    refusal::Refusal,
    routes::Routes,
    store::Queries as _,
    wire::joined,
    workspaces,
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<AddWorkspaceMember>(add)
        .on::<ListWorkspaceMembers>(list)
        .on::<GetWorkspaceMember>(get)
        .on::<UpdateWorkspaceMember>(update)
        .on::<RemoveWorkspaceMember>(remove)
}

/// A person to add, on the wire.
#[derive(Debug, Deserialize)]
struct NewMember {
    id: String,
    role: WorkspaceRole,
}

const MEMBERS: &str =
    "SELECT user.id, user.email, user.first_name, user.last_name, user.role AS org_role, member.role AS role, member.workspace_id,
        member.created_at AS joined_at, member.last_updated_at AS changed_at
    FROM workspace_members AS member JOIN users AS user ON user.id = member.user_id";

/// The members of a workspace as the workspace itself shows them: without address and scopes.
pub(crate) fn of(db: &Connection, workspace: &str) -> rusqlite::Result<Vec<Value>> {
    let sql = format!("{MEMBERS} WHERE member.workspace_id = ? ORDER BY user.email");
    db.all(&sql, [workspace], brief)
}

/// Makes the people whom the `users` of a new workspace name, by UUID or address, its members.
pub(crate) fn add_by_name(
    call: &Call,
    db: &Connection,
    workspace: &str,
    body: Fields<'_>,
) -> Result<(), Refusal> {
    for name in body.optional::<Vec<String>>("users")?.unwrap_or_default() {
        let sql = "SELECT id FROM users WHERE id = ?1 OR email = ?1";
        let user: Option<String> = db.maybe(sql, [&name], |row| row.get(0))?;
        let user = user.ok_or_else(|| body.refuse("users", &format!("has no user {name}")))?;
        join(db, workspace, &user, WorkspaceRole::Member, &call.at())?;
    }
    Ok(())
}

/// Makes a person a member, or changes what they are there. Owners of the organisation are always admins.
pub(crate) fn join(
    db: &Connection,
    workspace: &str,
    user: &str,
    role: WorkspaceRole,
    at: &str,
) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO workspace_members (workspace_id, user_id, role, created_at, last_updated_at)
        SELECT ?1, id, iif(role = 'owner', 'admin', ?3), ?4, ?4 FROM users WHERE id = ?2
        ON CONFLICT DO UPDATE SET role = excluded.role, last_updated_at = excluded.last_updated_at";
    db.run(sql, params![workspace, user, role_name(role), at])?;
    Ok(())
}

fn add(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = workspaces::in_path(call, db)?;
    let body = call.body()?;
    let users: Vec<NewMember> = body.required("users")?;
    if users.is_empty() {
        return Err(body.refuse("users", "must not be empty"));
    }
    for (index, user) in users.iter().enumerate() {
        if !db.any("SELECT 1 FROM users WHERE id = ?", [&user.id])? {
            return Err(body.refuse(
                &format!("users[{index}].id"),
                "names no user of the organisation",
            ));
        }
        let sql = "SELECT 1 FROM workspace_members WHERE workspace_id = ? AND user_id = ?";
        if db.any(sql, [&workspace.id, &user.id])? {
            return Err(Refusal::conflict(format!(
                "The user {} is a member of this workspace already",
                user.id
            )));
        }
        join(db, &workspace.id, &user.id, user.role, &call.at())?;
    }
    Ok(Answer::empty())
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = workspaces::in_path(call, db)?;
    let paging = Paging {
        default_size: Some(50),
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let query = call.query();
    let role: Option<WorkspaceRole> = query.optional("role")?;
    let sql = format!(
        "{MEMBERS} WHERE member.workspace_id = ?1
            AND (?2 IS NULL OR member.role = ?2) AND (?3 IS NULL OR user.email = ?3)
        ORDER BY user.email"
    );
    let filter = params![
        workspace.id,
        role.map(role_name),
        query.optional_text("email")?
    ];
    Ok(page.cut(db.all(&sql, filter, full)?))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = workspaces::in_path(call, db)?;
    let sql = format!("{MEMBERS} WHERE member.workspace_id = ? AND user.id = ?");
    let member = db.maybe(&sql, params![workspace.id, call.path("user_id")], full)?;
    member.map(Answer::from).ok_or_else(absent)
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = workspaces::in_path(call, db)?;
    let user = call.path("user_id");
    let role = call.body()?.required("role")?;
    let sql = "SELECT 1 FROM workspace_members WHERE workspace_id = ? AND user_id = ?";
    if !db.any(sql, params![workspace.id, user])? {
        return Err(absent());
    }
    join(db, &workspace.id, user, role, &call.at())?;
    Ok(Answer::empty())
}

fn remove(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = workspaces::in_path(call, db)?;
    let sql = "DELETE FROM workspace_members WHERE workspace_id = ? AND user_id = ?";
    match db.run(sql, params![workspace.id, call.path("user_id")])? {
        0 => Err(absent()),
        _ => Ok(Answer::empty()),
    }
}

fn absent() -> Refusal {
    Refusal::not_found("workspace member")
}

pub(crate) fn role_name(role: WorkspaceRole) -> &'static str {
    match role {
        WorkspaceRole::Admin => "admin",
        WorkspaceRole::Manager => "manager",
        WorkspaceRole::Member => "member",
    }
}

fn brief(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "first_name": row.get::<_, String>("first_name")?,
        "last_name": row.get::<_, String>("last_name")?,
        "org_role": row.get::<_, String>("org_role")?,
        "role": row.get::<_, String>("role")?,
        "created_at": row.get::<_, String>("joined_at")?,
        "last_updated_at": row.get::<_, String>("changed_at")?,
        "status": "active",
        "workspace_id": row.get::<_, String>("workspace_id")?,
        "id": row.get::<_, String>("id")?,
    }))
}

fn full(row: &Row<'_>) -> rusqlite::Result<Value> {
    let more = json!({
        "email": row.get::<_, String>("email")?,
        "scopes": scopes(&row.get::<_, String>("role")?),
        "settings": null,
        "object": "workspace-user",
    });
    Ok(joined(brief(row)?, more))
}

/// What comes with a role. The real list is longer; clients only show it.
fn scopes(role: &str) -> &'static [&'static str] {
    const ALL: &[&str] = &[
        "logs.view",
        "analytics.view",
        "prompts.read",
        "configs.read",
        "workspaces.update",
        "workspace_users.create",
    ];
    let of_role = if role == "member" { 4 } else { ALL.len() };
    ALL.get(..of_role).unwrap_or(ALL)
}
