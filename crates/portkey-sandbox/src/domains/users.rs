//! The users of the organisation. No operation creates one: users come by accepting an invitation.

use portkey_api::users::{
    DeleteUser, GetUser, InvitedRole, ListAllUsers, OrganisationRole, UpdateUser,
};
use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use crate::{
    routes::Routes,
    store::Queries as _,
    wire::{Answer, Call, Page, Paging, Refusal},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListAllUsers>(list)
        .on::<GetUser>(get)
        .on::<UpdateUser>(update)
        .on::<DeleteUser>(delete)
}

/// A user with their workspaces, which are all workspaces for owners and admins.
const USERS: &str = "SELECT user.*, (
        SELECT json_group_array(workspace.id) FROM workspaces AS workspace
        WHERE user.role <> 'member' OR EXISTS (
            SELECT 1 FROM workspace_members AS member
            WHERE member.workspace_id = workspace.id AND member.user_id = user.id)
    ) AS workspace_ids
    FROM users AS user";

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let query = call.query();
    let role: Option<OrganisationRole> = query.optional("role")?;
    let sql = format!(
        "{USERS} WHERE (?1 IS NULL OR user.role = ?1) AND (?2 IS NULL OR user.email = ?2)
        ORDER BY user.created_at DESC, user.email"
    );
    let filter = params![role.map(organisation_role), query.optional_text("email")?];
    Ok(page.cut(db.all(&sql, filter, wire)?))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let sql = format!("{USERS} WHERE user.id = ?");
    let user = db.first(&sql, [call.path("user_id")], wire)?;
    user.map(Answer::from).ok_or_else(absent)
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let user = call.path("user_id");
    let old = role_of(db, user)?;
    let body = call.body()?;
    let new = invited_role(body.required("role")?);
    if old == new {
        return Err(body.refuse("role", &format!("is {new} already")));
    }
    keep_an_owner(db, &old)?;
    let sql = "UPDATE users SET role = ?, last_updated_at = ? WHERE id = ?";
    db.run(sql, params![new, call.timestamp(), user])?;
    Ok(Answer::empty())
}

/// Deletes a user together with their memberships and API keys.
fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let user = call.path("user_id");
    keep_an_owner(db, &role_of(db, user)?)?;
    db.run("DELETE FROM users WHERE id = ?", [user])?;
    Ok(Answer::empty())
}

fn role_of(db: &Connection, user: &str) -> Result<String, Refusal> {
    let sql = "SELECT role FROM users WHERE id = ?";
    let role = db.first(sql, [user], |row| row.get(0))?;
    role.ok_or_else(absent)
}

/// Refuses to delete or demote the last owner, without whom the organisation could not be managed.
fn keep_an_owner(db: &Connection, role: &str) -> Result<(), Refusal> {
    let sql = "SELECT 1 FROM users WHERE role = 'owner' LIMIT 1 OFFSET 1";
    if role == "owner" && !db.any(sql, [])? {
        return Err(Refusal::invalid(
            "Invalid request. The organisation needs its last owner",
        ));
    }
    Ok(())
}

fn absent() -> Refusal {
    Refusal::not_found("user")
}

fn organisation_role(role: OrganisationRole) -> &'static str {
    match role {
        OrganisationRole::Owner => "owner",
        OrganisationRole::Admin => "admin",
        OrganisationRole::Member => "member",
    }
}

/// The name under which a role is stored.
pub(crate) fn invited_role(role: InvitedRole) -> &'static str {
    match role {
        InvitedRole::Admin => "admin",
        InvitedRole::Member => "member",
    }
}

fn wire(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "object": "user",
        "id": row.get::<_, String>("id")?,
        "first_name": row.get::<_, String>("first_name")?,
        "last_name": row.get::<_, String>("last_name")?,
        "role": row.get::<_, String>("role")?,
        "email": row.get::<_, String>("email")?,
        "created_at": row.get::<_, String>("created_at")?,
        "last_updated_at": row.get::<_, String>("last_updated_at")?,
        "workspace_ids": row.get::<_, Value>("workspace_ids")?,
    }))
}
