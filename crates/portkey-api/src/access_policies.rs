//! Access policies: which people, groups and agents may use which MCP servers and providers.

mod advice;

use portkey_api_core::{
    Done, JsonObject, Nullable, Open, Page, RefersTo, answer, catalog, endpoint, id,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{ProviderSlug, UserId, WorkspaceId},
    mcp_servers::McpServerId,
    paging::Paging,
    policies::Values,
};

pub(crate) use advice::{advise, advise_on_subject, advise_on_target};

catalog! { "Access policies":
    ListAccessPolicies,
    CreateAccessPolicy,
    GetAccessPolicy,
    UpdateAccessPolicy,
    DeleteAccessPolicy,
}

/// List access policies
///
/// Shows access policies: which exist, whether they allow or deny. `get_access_policy` has subjects and targets.
#[endpoint(GET "/policies/access" -> Page<AccessPolicy>, scopes(), plan(unspecified), extended,
    lists(AccessPolicy, whole = GetAccessPolicy))]
pub struct ListAccessPolicies {
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    pub effect: Option<Open<AccessEffect>>,
    /// Only those in force, or only the others.
    pub enabled: Option<bool>,
    /// About this person.
    pub user_id: Option<UserId>,
    /// About this agent.
    #[schemars(length(max = 36))]
    pub agent_id: Option<String>,
    /// About this MCP server.
    pub server_id: Option<McpServerId>,
    /// Part of the name.
    #[schemars(length(max = 64))]
    pub search: Option<String>,
    #[hidden]
    #[schemars(length(max = 255))]
    pub created_by: Option<String>,
    /// Created since, ISO 8601.
    #[hidden]
    pub start_time: Option<String>,
    /// Created until, ISO 8601.
    #[hidden]
    pub end_time: Option<String>,
    #[shared]
    pub paging: Paging,
}

/// Create an access policy
///
/// Allows or denies people, groups or agents the use of MCP servers, single tools or providers. For people on one
/// server, `update_mcp_server_user_access` does.
#[endpoint(POST "/policies/access" -> NewAccessPolicy, scopes(), plan(unspecified), extended)]
#[schemars(extend("x-advice" = "access_policy"))]
pub struct CreateAccessPolicy {
    /// Unique in its workspace.
    #[schemars(length(min = 1, max = 64))]
    pub name: String,
    /// Such as `{"type": "user", "id": "…"}`, `group` or `agent`; the id `ANY` is every user or agent.
    #[schemars(length(min = 1))]
    #[example([{ "type": "user", "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7" }])]
    pub subjects: Vec<Open<AccessSubject>>,
    /// Such as `{"type": "mcp_server", "server_id": "…", "tools": "ALL"}`, or `provider` with `provider_id` and `models`.
    #[schemars(length(min = 1))]
    #[example([{ "type": "mcp_server", "server_id": "the-server", "tools": ["search"] }])]
    pub targets: Vec<Open<AccessTarget>>,
    /// Allow, unless it is about any user and any agent.
    pub effect: Option<Open<AccessEffect>>,
    /// In force unless false.
    pub enabled: Option<bool>,
    #[schemars(length(max = 256))]
    pub description: Option<String>,
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
}

/// Get an access policy
///
/// Shows one access policy: who may use what (subjects, targets), and its version.
#[endpoint(GET "/policies/access/{access_policy_id}" -> AccessPolicy, scopes(), plan(unspecified), extended)]
pub struct GetAccessPolicy {
    #[alias("id", "policy_id")]
    pub access_policy_id: AccessPolicyId,
}

/// Change an access policy
///
/// Changes who may use what: switches a policy on or off, replaces its subjects or targets. What is left out stays.
#[endpoint(PUT "/policies/access/{access_policy_id}" -> AccessPolicy, scopes(), plan(unspecified), extended,
    not_repeatable(because = "the first time makes another version, which a repetition does not name"),
    fresh(GetAccessPolicy))]
#[schemars(extend("x-advice" = "access_policy"))]
pub struct UpdateAccessPolicy {
    #[alias("id", "policy_id")]
    pub access_policy_id: AccessPolicyId,
    /// As last read: refused if there is a newer one. Looked up when left out.
    #[instruction]
    #[lookup(GetAccessPolicy)]
    #[schemars(range(min = 1))]
    pub version: Option<u64>,
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
    /// All of them from now on, as in `create_access_policy`.
    #[lookup(GetAccessPolicy)]
    #[schemars(length(min = 1))]
    #[example([{ "type": "user", "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7" }])]
    pub subjects: Option<Vec<Open<AccessSubject>>>,
    /// All of them from now on, likewise.
    #[lookup(GetAccessPolicy)]
    #[schemars(length(min = 1))]
    #[example([{ "type": "mcp_server", "server_id": "the-server", "tools": ["search"] }])]
    pub targets: Option<Vec<Open<AccessTarget>>>,
    pub effect: Option<Open<AccessEffect>>,
    /// Whether it is in force.
    #[in_example]
    pub enabled: Option<bool>,
    #[serde(deserialize_with = "portkey_api_core::present")]
    #[schemars(length(max = 256))]
    pub description: Option<Nullable<String>>,
}

/// Delete an access policy
///
/// Removes an access policy for good: what it allowed or denied, it does no more. `update_access_policy` switches it off.
#[endpoint(DELETE "/policies/access/{access_policy_id}" -> Done, scopes(), plan(unspecified), extended)]
pub struct DeleteAccessPolicy {
    #[alias("id", "policy_id")]
    pub access_policy_id: AccessPolicyId,
}

id! {
    /// UUID.
    AccessPolicyId: uuid
}

/// What a policy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum AccessEffect {
    Allow,
    Deny,
}

/// Whom a policy is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-advice" = "access_subject"))]
#[allow(
    missing_docs,
    reason = "models read every word: only what names do not say"
)]
pub struct AccessSubject {
    pub r#type: SubjectType,
    pub id: String,
    /// Answers have it; it is not sent back.
    #[schemars(extend("x-hidden" = true, "readOnly" = true))]
    pub name: Option<String>,
    /// Answers have it; it is not sent back.
    #[schemars(extend("x-hidden" = true, "readOnly" = true))]
    pub email: Option<String>,
}

/// What a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline, description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum SubjectType {
    User,
    Group,
    Agent,
}

/// What a policy gives or denies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-advice" = "access_target"))]
#[allow(
    missing_docs,
    reason = "models read every word: only what names do not say"
)]
pub struct AccessTarget {
    pub r#type: TargetType,
    pub server_id: Option<RefersTo<McpServerId>>,
    /// Names, or `ALL`.
    pub tools: Option<Values>,
    pub provider_id: Option<RefersTo<ProviderSlug>>,
    /// Likewise; all when left out.
    pub models: Option<Values>,
}

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline, description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum TargetType {
    McpServer,
    Provider,
}

/// Who may use what. Lists count the targets and leave them and the subjects out.
#[answer(brief(
    id,
    name,
    effect,
    enabled,
    allow_all_users,
    allow_all_agents,
    target_server_count,
    target_provider_count,
    version,
    status,
    workspace_id
))]
pub struct AccessPolicy {
    pub id: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub enabled: Option<bool>,
    /// `allow` or `deny`.
    pub effect: Option<String>,
    pub subjects: Option<Vec<JsonObject>>,
    pub targets: Option<Vec<JsonObject>>,
    pub allow_all_users: Option<bool>,
    pub allow_all_agents: Option<bool>,
    pub target_server_count: Option<u64>,
    pub target_provider_count: Option<u64>,
    /// Counts up with each change.
    pub version: Option<u64>,
    pub status: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub organisation_id: Option<String>,
    pub created_by: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}

/// A fresh access policy.
#[answer]
pub struct NewAccessPolicy {
    pub id: Option<String>,
}
