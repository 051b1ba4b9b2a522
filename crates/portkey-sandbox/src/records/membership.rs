//! Which people are members of which workspace, in which role.

use portkey_api::workspaces::WorkspaceRole;
use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use crate::{
    store::Queries as _,
    wire::{Call, Fields, Refusal},
};

pub(crate) const MEMBERS: &str =
    "SELECT user.id, user.email, user.first_name, user.last_name, user.role AS org_role, member.role AS role, member.workspace_id,
        member.created_at AS joined_at, member.last_updated_at AS changed_at
    FROM workspace_members AS member JOIN users AS user ON user.id = member.user_id";

/// The members of a workspace as an answer about the workspace has them, without address and scopes.
pub(crate) fn of(db: &Connection, workspace: &str) -> rusqlite::Result<Vec<Value>> {
    let sql = format!("{MEMBERS} WHERE member.workspace_id = ? ORDER BY user.email");
    db.all(&sql, [workspace], brief)
}

/// Adds the members of a new workspace, whom its field `users` names by UUID or address.
pub(crate) fn add_by_name(
    call: &Call,
    db: &Connection,
    workspace: &str,
    body: Fields<'_>,
) -> Result<(), Refusal> {
    for name in body.optional::<Vec<String>>("users")?.unwrap_or_default() {
        let sql = "SELECT id FROM users WHERE id = ?1 OR email = ?1";
        let user: Option<String> = db.first(sql, [&name], |row| row.get(0))?;
        let user = user.ok_or_else(|| body.refuse("users", &format!("has no user {name}")))?;
        join(
            db,
            workspace,
            &user,
            WorkspaceRole::Member,
            &call.timestamp(),
        )?;
    }
    Ok(())
}

/// Adds a member, or changes their role. Owners of the organisation are always admins.
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

pub(crate) fn role_name(role: WorkspaceRole) -> &'static str {
    match role {
        WorkspaceRole::Admin => "admin",
        WorkspaceRole::Manager => "manager",
        WorkspaceRole::Member => "member",
    }
}

pub(crate) fn brief(row: &Row<'_>) -> rusqlite::Result<Value> {
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
