//! SCIM: groups of an identity provider that make people members of workspaces.

use portkey_api_core::{Check, Done, Open, Page, Problem, RefersTo, answer, catalog, endpoint, id};

use crate::{ids::WorkspaceId, paging::ScimPaging, under, workspaces::WorkspaceRole};

catalog! { "SCIM":
    ListScimGroups,
    ListScimWorkspaceMappings,
    CreateScimWorkspaceMapping,
    DeleteScimWorkspaceMapping,
}

/// List SCIM groups of the identity provider
///
/// Shows which groups the identity provider (Okta, Entra) provisions. What they give is in
/// `list_scim_workspace_mappings`.
#[endpoint(GET "/scim/groups" -> Page<ScimGroup, under::Groups>,
    scopes(), keys(admin), plan(enterprise), extended, airs(admin, uncertain))]
pub struct ListScimGroups {
    /// Part of the name.
    pub search: Option<String>,
    #[shared]
    pub paging: ScimPaging,
}

/// List SCIM workspace mappings
///
/// Shows who gets into which workspaces through SCIM groups, and as what.
#[endpoint(GET "/scim/workspaces" -> Page<ScimMapping, under::Mappings>,
    scopes(), keys(admin), plan(enterprise), extended, airs(absent))]
pub struct ListScimWorkspaceMappings {
    /// UUID.
    pub workspace_id: Option<WorkspaceId>,
    pub scim_group_id: Option<ScimGroupId>,
    pub role: Option<Open<WorkspaceRole>>,
    #[shared]
    pub paging: ScimPaging,
}

/// Create a SCIM workspace mapping
///
/// Maps (connects, syncs) a directory group (Okta, Entra) to a workspace: its people become members automatically. A group
/// has one role everywhere.
#[endpoint(POST "/scim/workspaces" -> ScimMapping,
    scopes(), keys(admin), plan(enterprise), extended, checked, repeatable(because = "sets the mapping of a group"),
    airs(absent))]
pub struct CreateScimWorkspaceMapping {
    pub workspace_id: WorkspaceId,
    pub role: Open<WorkspaceRole>,
    #[in_example]
    pub scim_group_id: Option<ScimGroupId>,
    /// Instead of `scim_group_id`; not like `ws-…-role-…`.
    #[reads_as("scim_group")]
    pub scim_group_name: Option<String>,
}

impl Check for CreateScimWorkspaceMapping {
    fn check(&self) -> Result<(), Problem> {
        if self.scim_group_id.is_none() && self.scim_group_name.is_none() {
            return Err(Problem::rule(
                "scim_group_id",
                "say which group: give `scim_group_id` or `scim_group_name`",
            ));
        }
        Ok(())
    }
}

/// Delete a SCIM workspace mapping
///
/// Stops a directory group's sync into a workspace: removes its automatic access. Those it has added stay members.
#[endpoint(DELETE "/scim/workspaces/{mapping_id}" -> Done,
    scopes(), keys(admin), plan(enterprise), extended, airs(absent))]
pub struct DeleteScimWorkspaceMapping {
    pub mapping_id: ScimMappingId,
}

id! {
    /// SCIM group id.
    ScimGroupId
}

id! {
    /// SCIM mapping id.
    ScimMappingId
}

/// A group of the identity provider.
#[answer(brief(id, name))]
pub struct ScimGroup {
    pub id: Option<String>,
    pub name: Option<String>,
}

/// What a group gives its people.
#[answer(brief(id, workspace_id, scim_group, role))]
pub struct ScimMapping {
    pub id: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    /// Its name.
    pub scim_group: Option<String>,
    pub scim_group_id: Option<String>,
    pub role: Option<String>,
}
