//! The members of a workspace and their roles.

use portkey_api::workspaces::{
    AddWorkspaceMember, GetWorkspaceMember, ListWorkspaceMembers, RemoveWorkspaceMember,
    UpdateWorkspaceMember, WorkspaceRole,
};
use rusqlite::{Connection, Row, params};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    records::{
        Workspace,
        membership::{MEMBERS, brief, join, role_name},
    },
    routes::Routes,
    store::Queries as _,
    wire::{Answer, Call, Page, Paging, Refusal, merged},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<AddWorkspaceMember>(add)
        .on::<ListWorkspaceMembers>(list)
        .on::<GetWorkspaceMember>(get)
        .on::<UpdateWorkspaceMember>(update)
        .on::<RemoveWorkspaceMember>(remove)
}

/// A person to add, as requests have it.
#[derive(Debug, Deserialize)]
struct NewMember {
    id: String,
    role: WorkspaceRole,
}

fn add(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = Workspace::in_path(call, db)?;
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
        join(db, &workspace.id, &user.id, user.role, &call.timestamp())?;
    }
    Ok(Answer::empty())
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = Workspace::in_path(call, db)?;
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
    let workspace = Workspace::in_path(call, db)?;
    let sql = format!("{MEMBERS} WHERE member.workspace_id = ? AND user.id = ?");
    let member = db.first(&sql, params![workspace.id, call.path("user_id")], full)?;
    member.map(Answer::from).ok_or_else(absent)
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = Workspace::in_path(call, db)?;
    let user = call.path("user_id");
    let role = call.body()?.required("role")?;
    let sql = "SELECT 1 FROM workspace_members WHERE workspace_id = ? AND user_id = ?";
    if !db.any(sql, params![workspace.id, user])? {
        return Err(absent());
    }
    join(db, &workspace.id, user, role, &call.timestamp())?;
    Ok(Answer::empty())
}

fn remove(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let workspace = Workspace::in_path(call, db)?;
    let sql = "DELETE FROM workspace_members WHERE workspace_id = ? AND user_id = ?";
    match db.run(sql, params![workspace.id, call.path("user_id")])? {
        0 => Err(absent()),
        _ => Ok(Answer::empty()),
    }
}

fn absent() -> Refusal {
    Refusal::not_found("workspace member")
}

fn full(row: &Row<'_>) -> rusqlite::Result<Value> {
    let more = json!({
        "email": row.get::<_, String>("email")?,
        "scopes": scopes(&row.get::<_, String>("role")?),
        "settings": null,
        "object": "workspace-user",
    });
    Ok(merged(brief(row)?, more))
}

/// The scopes of a role. The real list is longer, but clients only show it.
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
