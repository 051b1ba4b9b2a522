//! People: the users of the organisation and invitations to join it.

use portkey_api_core::{
    Done, Email, Expiry, JsonObject, Minted, Open, Page, answer, catalog, endpoint, id,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{KeyScope, ids::WorkspaceId, paging::CamelCasePaging, workspaces::WorkspaceRole};

pub use crate::ids::UserId;

catalog! { "Users and invitations":
    ListAllUsers,
    GetUser,
    UpdateUser,
    DeleteUser,
    InviteUser,
    ListUserInvites,
    GetUserInvite,
    DeleteUserInvite,
    ResendUserInvite,
}

/// List all users of the organisation
///
/// Shows who is in our org (company): which people have a login, who are admins or owners. `verbose` adds workspaces.
/// Open invitations are in `list_user_invites`.
#[endpoint(GET "/admin/users" -> Page<User>,
    scopes("organisation_users.list"), keys(admin), plan(enterprise), essential, aliases("list_users"), airs(absent))]
pub struct ListAllUsers {
    #[shared]
    pub paging: CamelCasePaging,
    pub role: Option<Open<OrganisationRole>>,
    /// Exact address.
    pub email: Option<String>,
}

/// Look up a user
///
/// Looks up (finds) a user by id or email: profile, org role, what workspaces they are in.
#[endpoint(GET "/admin/users/{user_id}" -> User,
    scopes("organisation_users.read"), keys(admin), plan(enterprise), airs(absent))]
pub struct GetUser {
    pub user_id: UserId,
}

/// Change a user's role in the organisation
///
/// Makes a user admin, owner or member of the whole org: gives that role or takes it away (promotes, demotes).
#[endpoint(PUT "/admin/users/{user_id}" -> User,
    scopes("organisation_users.update"), keys(admin), plan(enterprise), fresh(GetUser), airs(absent))]
pub struct UpdateUser {
    pub user_id: UserId,
    pub role: Open<InvitedRole>,
    /// Ignored by Portkey.
    #[local]
    #[schemars(extend("x-ignored" = true))]
    pub first_name: Option<String>,
    /// Ignored by Portkey.
    #[local]
    #[schemars(extend("x-ignored" = true))]
    pub last_name: Option<String>,
}

/// Delete a user from the organisation
///
/// Removes a user from the org entirely (offboards who left or was let go): their account, memberships, user API keys.
#[endpoint(DELETE "/admin/users/{user_id}" -> Done,
    scopes("organisation_users.delete"), keys(admin), plan(enterprise),
    undo(never = "people join an organisation only by accepting an invitation: `invite_user` sends one"), airs(absent))]
pub struct DeleteUser {
    pub user_id: UserId,
}

/// Invite new people
///
/// Invites new people by email: brings (adds, onboards) a colleague to the org with a role, and into workspaces. The
/// link in the answer lets anyone in.
#[endpoint(POST "/admin/users/invites" -> NewInvite,
    scopes("organisation_users.create"), keys(admin), plan(enterprise), essential, aliases("create_user_invite"),
    airs(absent))]
pub struct InviteUser {
    /// E-mail address.
    pub email: Email,
    pub role: Open<InvitedRole>,
    /// Where they become members.
    #[in_example]
    pub workspaces: Option<Vec<InvitedTo>>,
    /// Also make them an API key.
    pub workspace_api_key_details: Option<InvitedKey>,
    /// Passed on; not documented by Portkey.
    pub first_name: Option<String>,
    /// Passed on; not documented by Portkey.
    pub last_name: Option<String>,
}

/// List open invitations
///
/// Shows which invitations are pending (open), accepted or expired. People who accepted are in `list_all_users`.
#[endpoint(GET "/admin/users/invites" -> Page<Invite>,
    scopes("organisation_users.list"), keys(admin), plan(enterprise), airs(absent))]
pub struct ListUserInvites {
    #[shared]
    pub paging: CamelCasePaging,
    pub role: Option<Open<InvitedRole>>,
    /// Exact address.
    pub email: Option<String>,
    pub status: Option<Open<InviteStatus>>,
}

/// Get one invitation
///
/// Shows details of an invite: for whom, role, whether it was accepted, when it expires.
#[endpoint(GET "/admin/users/invites/{invite_id}" -> Invite,
    scopes("organisation_users.read"), keys(admin), plan(enterprise), airs(absent))]
pub struct GetUserInvite {
    pub invite_id: InviteId,
}

/// Cancel an invitation
///
/// Cancels (withdraws, pulls back) an invitation. Its link stops working. To change one, delete it and invite again.
#[endpoint(DELETE "/admin/users/invites/{invite_id}" -> Done,
    scopes("organisation_users.delete"), keys(admin), plan(enterprise),
    undo(never = "its link is void and stays so: `invite_user` sends another"), airs(absent))]
pub struct DeleteUserInvite {
    pub invite_id: InviteId,
}

/// Send an invitation again
///
/// Sends the invitation email once more, as a reminder or when the mail got lost. Returns its link, which lets anyone
/// in.
#[endpoint(POST "/admin/users/invites/{invite_id}/resend" -> ResentInvite,
    scopes("organisation_users.create"), keys(admin), plan(enterprise),
    effect(execute, because = "sends a mail, adds nothing"), airs(absent))]
pub struct ResendUserInvite {
    pub invite_id: InviteId,
}

id! {
    /// UUID.
    InviteId: uuid
}

/// What a person may do in the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum OrganisationRole {
    Owner,
    Admin,
    Member,
}

/// Owners are made elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum InvitedRole {
    Admin,
    Member,
}

/// How far an invitation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum InviteStatus {
    Pending,
    Cancelled,
    Accepted,
    Expired,
}

/// A workspace to become a member of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
pub struct InvitedTo {
    /// Workspace slug.
    pub id: WorkspaceId,
    /// Role there.
    pub role: Open<WorkspaceRole>,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// The API key that an invited person gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
pub struct InvitedKey {
    /// Such as `logs.view`.
    pub scopes: Vec<KeyScope>,
    /// Name of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Date or span from now, such as `90d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Expiry>,
    /// Put on every request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<JsonObject>,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// A person of the organisation.
#[answer(brief(id, first_name, last_name, role, email, created_at))]
pub struct User {
    pub id: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub role: Option<String>,
    pub email: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
    pub workspace_ids: Option<Vec<String>>,
}

/// An invitation as it is read later.
#[answer(brief(id, email, role, status, created_at, expires_at))]
pub struct Invite {
    pub id: Option<String>,
    pub email: Option<String>,
    pub role: Option<String>,
    pub status: Option<String>,
    pub created_at: Option<String>,
    pub expires_at: Option<String>,
    pub accepted_at: Option<String>,
    pub invited_by: Option<String>,
}

/// A fresh invitation.
#[answer]
pub struct NewInvite {
    pub id: Option<String>,
    /// Whoever opens it joins.
    pub invite_link: Option<Minted>,
}

/// An invitation sent again.
#[answer]
pub struct ResentInvite {
    /// Whoever opens it joins.
    #[serde(rename = "inviteLink")]
    pub invite_link: Option<Minted>,
}
