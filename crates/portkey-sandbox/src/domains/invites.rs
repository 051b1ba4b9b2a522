//! Invitations to the organisation. They expire after a week; deleting one withdraws it.

use jiff::{SignedDuration, Timestamp};
use portkey_api::{
    users::{
        DeleteUserInvite, GetUserInvite, InviteStatus, InviteUser, InvitedRole, ListUserInvites,
        ResendUserInvite,
    },
    workspaces::WorkspaceRole,
};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    domains::{api_keys, users::invited_role},
    identity::{iso, new_id, new_secret},
    records::membership,
    routes::Routes,
    store::Queries as _,
    wire::{Answer, Call, Fields, Page, Paging, Refusal, without_nulls},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<InviteUser>(create)
        .on::<ListUserInvites>(list)
        .on::<GetUserInvite>(get)
        .on::<DeleteUserInvite>(delete)
        .on::<ResendUserInvite>(resend)
}

/// A workspace to become a member of, named by slug or UUID.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct InvitedTo {
    id: String,
    role: WorkspaceRole,
}

/// A row of `invites`.
struct Invite {
    id: String,
    email: String,
    names: (String, String),
    role: String,
    workspaces: Value,
    api_key: Value,
    invited_by: Option<String>,
    created_at: String,
    expires_at: String,
    accepted_at: Option<String>,
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let email = body.text("email")?;
    if !email.contains('@') {
        return Err(body.refuse("email", "must be an email address"));
    }
    let role = invited_role(body.required::<InvitedRole>("role")?);
    let workspaces = workspaces(db, body)?;
    if body.value("workspace_api_key_details").is_some() {
        let key = body.inside("workspace_api_key_details", "workspace_api_key_details.")?;
        api_keys::scopes(key)?.ok_or_else(|| key.refuse("scopes", "is required"))?;
    }
    refuse_duplicates(call, db, &email)?;
    let (id, token) = (new_id(), new_secret());
    let sql =
        "INSERT INTO invites (id, email, first_name, last_name, role, workspaces, api_key, token,
            invited_by, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let row = params![
        id,
        email,
        body.optional::<String>("first_name")?.unwrap_or_default(),
        body.optional::<String>("last_name")?.unwrap_or_default(),
        role,
        json!(workspaces),
        body.value("workspace_api_key_details"),
        token,
        call.principal.user_id,
        call.timestamp(),
        a_week_from(call.now),
    ];
    db.run(sql, row)?;
    Ok(json!({ "id": id, "invite_link": link(&token) }).into())
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let query = call.query();
    let role: Option<InvitedRole> = query.optional("role")?;
    let status: Option<InviteStatus> = query.optional("status")?;
    let sql = "SELECT * FROM invites
        WHERE (?1 IS NULL OR role = ?1) AND (?2 IS NULL OR email = ?2)
        ORDER BY created_at DESC";
    let filter = params![role.map(invited_role), query.optional_text("email")?];
    let now = call.timestamp();
    let invites = db.all(sql, filter, Invite::read)?;
    let invites = invites
        .iter()
        .filter(|invite| status.is_none_or(|status| invite.status(&now) == status));
    Ok(page.cut(invites.map(|invite| invite.to_json(&now)).collect()))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    Ok(in_path(call, db)?.to_json(&call.timestamp()).into())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let invite = in_path(call, db)?;
    invite.refuse_accepted()?;
    db.run("DELETE FROM invites WHERE id = ?", [invite.id])?;
    Ok(Answer::empty())
}

/// Makes a new link, which replaces the old one and is valid for a week again.
fn resend(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let invite = in_path(call, db)?;
    invite.refuse_accepted()?;
    let token = new_secret();
    let sql = "UPDATE invites SET token = ?, expires_at = ? WHERE id = ?";
    db.run(sql, params![token, a_week_from(call.now), invite.id])?;
    Ok(json!({ "inviteLink": link(&token) }).into())
}

/// Accepts an invitation: creates the user with the memberships and the API key that it promises.
pub(crate) fn accept(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let invite = in_path(call, db)?;
    invite.refuse_accepted()?;
    let at = call.timestamp();
    if invite.status(&at) == InviteStatus::Expired {
        return Err(Refusal::invalid("This invitation has expired"));
    }
    let body = call.body()?;
    let (first, last) = &invite.names;
    let user = new_id();
    let sql =
        "INSERT INTO users (id, email, first_name, last_name, role, created_at, last_updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)";
    let row = params![
        user,
        invite.email,
        body.optional("first_name")?.unwrap_or(first.clone()),
        body.optional("last_name")?.unwrap_or(last.clone()),
        invite.role,
        at,
    ];
    db.run(sql, row)?;
    let workspaces: Vec<InvitedTo> = serde_json::from_value(invite.workspaces).unwrap_or_default();
    for workspace in &workspaces {
        membership::join(db, &workspace.id, &user, workspace.role, &at)?;
    }
    let key = match (workspaces.first(), invite.api_key.as_object()) {
        (Some(workspace), Some(details)) => {
            let details = Fields::of(details);
            Some(api_keys::for_new_user(
                call,
                db,
                details,
                &workspace.id,
                &user,
            )?)
        }
        _ => None,
    };
    let sql = "UPDATE invites SET accepted_at = ? WHERE id = ?";
    db.run(sql, params![at, invite.id])?;
    Ok(json!({ "user_id": user, "api_key": key }).into())
}

fn in_path(call: &Call, db: &Connection) -> Result<Invite, Refusal> {
    let sql = "SELECT * FROM invites WHERE id = ?";
    let invite = db.first(sql, [call.path("invite_id")], Invite::read)?;
    invite.ok_or_else(|| Refusal::not_found("invitation"))
}

/// The workspaces in a body, by UUID. The specification requires the field, but the vendor's client may omit it.
fn workspaces(db: &Connection, body: Fields<'_>) -> Result<Vec<InvitedTo>, Refusal> {
    let mut workspaces: Vec<InvitedTo> = body.optional("workspaces")?.unwrap_or_default();
    for (index, workspace) in workspaces.iter_mut().enumerate() {
        let sql = "SELECT id FROM workspaces WHERE slug = ?1 OR id = ?1";
        let id = db.first(sql, [&workspace.id], |row| row.get(0))?;
        workspace.id = id
            .ok_or_else(|| body.refuse(&format!("workspaces[{index}].id"), "names no workspace"))?;
    }
    Ok(workspaces)
}

fn refuse_duplicates(call: &Call, db: &Connection, email: &str) -> Result<(), Refusal> {
    if db.any("SELECT 1 FROM users WHERE email = ?", [email])? {
        return Err(Refusal::conflict("A user with this email exists already"));
    }
    let sql = "SELECT 1 FROM invites WHERE email = ? AND accepted_at IS NULL AND expires_at > ?";
    if db.any(sql, params![email, call.timestamp()])? {
        return Err(Refusal::conflict(
            "An invitation to this email is pending already",
        ));
    }
    Ok(())
}

fn a_week_from(now: Timestamp) -> String {
    iso(now
        .checked_add(SignedDuration::from_hours(7 * 24))
        .unwrap_or(now))
}

fn link(token: &str) -> String {
    format!("https://app.northwind.example/invites/{token}")
}

impl Invite {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            email: row.get("email")?,
            names: (row.get("first_name")?, row.get("last_name")?),
            role: row.get("role")?,
            workspaces: row.get("workspaces")?,
            api_key: row.get("api_key")?,
            invited_by: row.get("invited_by")?,
            created_at: row.get("created_at")?,
            expires_at: row.get("expires_at")?,
            accepted_at: row.get("accepted_at")?,
        })
    }

    fn status(&self, now: &str) -> InviteStatus {
        match &self.accepted_at {
            Some(_) => InviteStatus::Accepted,
            None if self.expires_at.as_str() <= now => InviteStatus::Expired,
            None => InviteStatus::Pending,
        }
    }

    fn refuse_accepted(&self) -> Result<(), Refusal> {
        match self.accepted_at {
            Some(_) => Err(Refusal::invalid("This invitation was accepted already")),
            None => Ok(()),
        }
    }

    /// The answer leaves out the fields of the person's API key.
    fn to_json(&self, now: &str) -> Value {
        let workspaces = self.workspaces.as_array().into_iter().flatten();
        let workspaces = workspaces
            .map(|to| json!({ "workspace_id": to["id"], "role": to["role"] }))
            .collect::<Vec<_>>();
        without_nulls(json!({
            "object": "invite",
            "id": self.id,
            "email": self.email,
            "role": self.role,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "accepted_at": self.accepted_at,
            "status": self.status(now),
            "invited_by": self.invited_by,
            "workspaces": workspaces,
        }))
    }
}
