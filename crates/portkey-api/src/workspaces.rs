//! Workspaces divide an organisation: each has its own members, keys, prompts, configs and budget.

use portkey_api_core::{
    Check, Done, Flag, JsonObject, Nullable, Open, Page, Problem, Refers as _, RefersTo, answer,
    catalog, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    RateLimit, UsageLimits,
    ids::{ConfigSlug, GuardrailId, UserId},
    paging::Paging,
};

pub use crate::ids::{WorkspaceId, WorkspaceSlug};

catalog! { "Workspaces":
    ListWorkspaces,
    GetWorkspace,
    CreateWorkspace,
    UpdateWorkspace,
    DeleteWorkspace,
    AddWorkspaceMember,
    ListWorkspaceMembers,
    GetWorkspaceMember,
    UpdateWorkspaceMember,
    RemoveWorkspaceMember,
}

/// List all workspaces
///
/// Overview of all workspaces: which teams or projects exist, with id, slug and limits. `get_workspace` has defaults
/// and members.
#[endpoint(GET "/admin/workspaces" -> Page<Workspace>, scopes("workspaces.list"), essential,
    lists(Workspace, whole = GetWorkspace), airs(absent))]
pub struct ListWorkspaces {
    #[shared]
    pub paging: Paging,
    /// Part of the name.
    pub name: Option<String>,
    /// The whole name.
    pub exact_name: Option<String>,
    /// Archived ones show to admins only.
    pub status: Option<Open<WorkspaceStatus>>,
}

/// Get a workspace
///
/// Shows (pulls up) a workspace: the budget and limits it has, settings, defaults, members.
#[endpoint(GET "/admin/workspaces/{workspace_id}" -> Workspace, scopes("workspaces.read"), essential, reads(Workspace),
    airs(absent))]
pub struct GetWorkspace {
    pub workspace_id: WorkspaceId,
    /// `plain` leaves the icon out.
    pub name_format: Option<Open<NameFormat>>,
}

/// Create a new workspace
///
/// Makes a new workspace for a team or project: opens a space of their own. Members follow with `add_workspace_member`.
#[endpoint(POST "/admin/workspaces" -> Workspace,
    scopes("workspaces.create"), keys(admin), plan(unspecified), airs(absent))]
pub struct CreateWorkspace {
    /// A leading emoji becomes the icon.
    pub name: String,
    /// Lowercase handle; derived from the name when left out.
    pub slug: Option<String>,
    pub description: Option<String>,
    /// An emoji.
    pub icon: Option<String>,
    /// Who may see and write what, such as {"membersViewLogs": false}.
    pub security_settings: Option<JsonObject>,
    /// Make it the organisation's default.
    #[body("defaults.is_default")]
    pub is_default: Option<Flag>,
    /// Text values put on every request.
    #[body("defaults.metadata")]
    pub metadata: Option<JsonObject>,
    /// User UUIDs or emails to add as members.
    pub users: Option<Vec<String>>,
    /// At most one budget.
    #[hidden(outlined)]
    #[schemars(length(max = 1))]
    pub usage_limits: Option<Vec<UsageLimits>>,
    #[hidden(outlined)]
    pub rate_limits: Option<Vec<RateLimit>>,
}

/// Update a workspace
///
/// Changes a workspace: name, description, metadata, budget, limits, input or output guardrails, or which is the
/// default. Lists of limits replace the old ones; `clear` empties fields.
#[endpoint(PUT "/admin/workspaces/{workspace_id}" -> Workspace,
    scopes("workspaces.update"), plan(unspecified), fresh(GetWorkspace), merges("defaults"), essential, airs(absent))]
pub struct UpdateWorkspace {
    pub workspace_id: WorkspaceId,
    pub name: Option<String>,
    pub slug: Option<String>,
    pub description: Option<String>,
    /// An emoji.
    pub icon: Option<String>,
    /// Who may see and write what, such as {"membersViewLogs": false}.
    pub security_settings: Option<JsonObject>,
    /// Make it the organisation's default.
    #[body("defaults.is_default")]
    pub is_default: Option<Flag>,
    /// Text values put on every request; replaces the old ones.
    #[body("defaults.metadata")]
    pub metadata: Option<JsonObject>,
    /// Guardrail ids for all requests.
    #[body("defaults.input_guardrails")]
    #[schemars(extend("x-protects" = true))]
    pub input_guardrails: Option<Vec<RefersTo<GuardrailId>>>,
    /// Guardrail ids for all answers.
    #[body("defaults.output_guardrails")]
    #[schemars(extend("x-protects" = true))]
    pub output_guardrails: Option<Vec<RefersTo<GuardrailId>>>,
    /// Config id or slug for new user keys.
    #[body("defaults.user_api_key_config")]
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub user_api_key_config: Option<Nullable<RefersTo<ConfigSlug>>>,
    /// At most one budget.
    #[hidden(outlined)]
    #[schemars(length(max = 1))]
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub usage_limits: Option<Nullable<Vec<UsageLimits>>>,
    #[hidden(outlined)]
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub rate_limits: Option<Nullable<Vec<RateLimit>>>,
}

/// Delete a workspace
///
/// Deletes a workspace for good (removes, scraps, gets rid of it). Refused while it holds keys, prompts or configs (the
/// conflict names them) unless forced.
#[endpoint(DELETE "/admin/workspaces/{workspace_id}" -> Done,
    scopes("workspaces.delete"), keys(admin), plan(unspecified),
    undo(loses = "its members, and all that was in it when it was forced"), airs(absent))]
pub struct DeleteWorkspace {
    pub workspace_id: WorkspaceId,
    /// Its exact name, which the API wants as confirmation; looked up when left out.
    #[body]
    #[lookup(GetWorkspace)]
    pub name: Option<String>,
    /// Delete everything in it too.
    #[body]
    pub force_delete: Option<bool>,
}

/// Add people to a workspace
///
/// Gives people of the org access to a workspace: adds (puts) them in, one by `user_id` and `role` or several by
/// `users`.
#[endpoint(POST "/admin/workspaces/{workspace_id}/users" -> Done,
    scopes("workspace_users.create"), plan(unspecified), fresh(GetWorkspaceMember), checked, essential,
    aliases("add_workspace_members"), airs(absent))]
pub struct AddWorkspaceMember {
    pub workspace_id: WorkspaceId,
    #[body("users.0.id")]
    #[in_example]
    pub user_id: Option<UserId>,
    #[body("users.0.role")]
    #[in_example]
    pub role: Option<Open<WorkspaceRole>>,
    /// Instead of `user_id` and `role`.
    #[excludes(user_id, role)]
    pub users: Option<Vec<NewMember>>,
}

impl Check for AddWorkspaceMember {
    fn check(&self) -> Result<(), Problem> {
        match (&self.users, &self.user_id, &self.role) {
            (Some(users), None, None) if !users.is_empty() => Ok(()),
            (None, Some(_), Some(_)) => Ok(()),
            _ => Err(Problem::rule(
                "user_id",
                "give either `user_id` and `role`, or a non-empty list `users` of {id, role}",
            )),
        }
    }
}

/// List the people in a workspace
///
/// Lists the people in a workspace: who's in it (has access), its managers, their roles there and in the org.
#[endpoint(GET "/admin/workspaces/{workspace_id}/users" -> Page<Member>,
    scopes("workspace_users.list"), plan(unspecified), essential, airs(absent))]
pub struct ListWorkspaceMembers {
    pub workspace_id: WorkspaceId,
    #[shared]
    pub paging: Paging,
    pub role: Option<Open<WorkspaceRole>>,
    pub email: Option<String>,
}

/// Get a person's role in a workspace
///
/// Shows what role and permissions a person has in a workspace.
#[endpoint(GET "/admin/workspaces/{workspace_id}/users/{user_id}" -> Member,
    scopes("workspace_users.read"), plan(unspecified), airs(absent))]
pub struct GetWorkspaceMember {
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
}

/// Change a member's role in a workspace
///
/// Promotes or demotes a person in a workspace: makes them manager, admin or member. Owners of the organisation stay
/// admins.
#[endpoint(PUT "/admin/workspaces/{workspace_id}/users/{user_id}" -> Member,
    scopes("workspace_users.update"), plan(unspecified), fresh(GetWorkspaceMember), airs(absent))]
pub struct UpdateWorkspaceMember {
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
    pub role: Open<WorkspaceRole>,
}

/// Take a person out of a workspace
///
/// Kicks (takes, boots) a user out of a workspace or off a team. They stay in the organisation; `delete_user` removes
/// them there.
#[endpoint(DELETE "/admin/workspaces/{workspace_id}/users/{user_id}" -> Done,
    scopes("workspace_users.delete"), plan(unspecified), airs(absent))]
pub struct RemoveWorkspaceMember {
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
}

/// Whether a workspace is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum WorkspaceStatus {
    Active,
    Archived,
}

/// How a workspace's name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NameFormat {
    /// Icon, space, name.
    Display,
    /// The name alone.
    Plain,
}

/// What a person may do in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum WorkspaceRole {
    Admin,
    Manager,
    Member,
}

/// A person to add to a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
#[allow(missing_docs, reason = "the names say it all")]
pub struct NewMember {
    /// Who.
    pub id: UserId,
    pub role: Open<WorkspaceRole>,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// A part of an organisation with its own members, keys, prompts, configs and budget.
#[answer(brief(
    id,
    slug,
    name,
    is_default,
    status,
    usage_limits,
    rate_limits,
    created_at
))]
#[schemars(extend("x-is" = WorkspaceId::KIND))]
pub struct Workspace {
    pub id: Option<RefersTo<WorkspaceId>>,
    pub slug: Option<RefersTo<WorkspaceSlug>>,
    /// With its icon in front, unless asked for plain.
    pub name: Option<String>,
    pub icon: Option<String>,
    pub description: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
    pub is_default: Option<bool>,
    pub defaults: Option<WorkspaceDefaults>,
    #[schemars(extend("x-limits" = true))]
    pub usage_limits: Option<Vec<JsonObject>>,
    #[schemars(extend("x-limits" = true))]
    pub rate_limits: Option<Vec<JsonObject>>,
    /// Who may see and write what.
    pub security_settings: Option<JsonObject>,
    pub status: Option<String>,
    /// Only when one workspace is read.
    pub users: Option<Vec<Member>>,
}

/// What requests of a workspace get unless they say otherwise.
#[answer]
pub struct WorkspaceDefaults {
    pub metadata: Option<JsonObject>,
    pub is_default: Option<bool>,
    pub input_guardrails: Option<Vec<String>>,
    pub output_guardrails: Option<Vec<String>>,
    pub user_api_key_config: Option<String>,
}

/// A person in a workspace.
#[answer(brief(id, first_name, last_name, email, org_role, role, status))]
pub struct Member {
    pub id: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    /// In the organisation.
    pub org_role: Option<String>,
    /// In the workspace.
    pub role: Option<String>,
    pub status: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub scopes: Option<Vec<String>>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}
