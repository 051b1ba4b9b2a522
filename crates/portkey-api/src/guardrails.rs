//! Guardrails: checks on requests and answers, and what happens when they fail.

mod actions;
mod built_in;
mod checks;
mod partners;

use portkey_api_core::{
    CommaSeparated, Done, EveryPage, JsonObject, Open, Page, PageNumber, PageSize, RefersTo,
    answer, catalog, endpoint, secret_members,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{OrganisationId, WorkspaceId};

pub use actions::{GuardrailActions, Outcome, OutcomeFeedback};
pub use checks::known_checks;

pub use crate::ids::GuardrailId;

pub(crate) use actions::{advise, complete as complete_actions};
pub(crate) use checks::check;

catalog! { "Guardrails":
    ListGuardrails,
    CreateGuardrail,
    GetGuardrail,
    UpdateGuardrail,
    DeleteGuardrail,
}

/// List all guardrails
///
/// Shows all guardrails (safety rules) of a workspace, with slug and status. `get_guardrail` has their checks.
#[endpoint(GET "/guardrails" -> Page<Guardrail>,
    scopes("guardrails.list", "organisation_guardrails.list"), essential, lists(Guardrail))]
pub struct ListGuardrails {
    pub workspace_id: Option<WorkspaceId>,
    #[airs(unsent)]
    pub organisation_id: Option<OrganisationId>,
    #[schemars(range(max = 1000))]
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
    pub current_page: Option<PageNumber>,
    /// Comma-separated guardrail UUIDs.
    pub ids: Option<CommaSeparated>,
}

/// Create a new guardrail
///
/// Blocks or detects personal data (PII), card numbers, prompt injection and more in requests or answers. Configs name
/// it as input or output guardrail.
#[endpoint(POST "/guardrails" -> SavedGuardrail,
    scopes("guardrails.create", "organisation_guardrails.create"), essential)]
#[schemars(extend("x-advice" = "guardrail"))]
pub struct CreateGuardrail {
    pub name: String,
    pub target: Option<Open<GuardrailTarget>>,
    /// Such as {"id": "default.regexMatch", "parameters": {"rule": "\\d+"}}; see `list_guardrail_checks`.
    #[schemars(length(min = 1))]
    #[example([{ "id": "default.contains", "name": "n", "is_enabled": true,
        "parameters": { "words": ["secret"], "operator": "none" } }])]
    #[in_example]
    pub checks: Option<Vec<Open<GuardrailCheck>>>,
    /// `deny` stops what fails; `on_success` and `on_fail` may give {feedback: {value}}.
    #[in_example]
    pub actions: Option<Open<GuardrailActions>>,
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    pub organisation_id: Option<OrganisationId>,
}

/// Get a guardrail
///
/// Details of one guardrail: its configuration, what it checks, its actions.
#[endpoint(GET "/guardrails/{guardrail_id}" -> Guardrail,
    scopes("guardrails.read", "organisation_guardrails.read"), reads(Guardrail))]
pub struct GetGuardrail {
    pub guardrail_id: GuardrailId,
}

/// Change a guardrail
///
/// Changes (edits) a guardrail: adds a check, makes it stricter or looser (loosens), lets it only log. Checks and
/// actions replace the old ones as a whole.
#[endpoint(PUT "/guardrails/{guardrail_id}" -> Guardrail, not_repeatable(because = "makes a version each time"),
    fresh(GetGuardrail),
    scopes("guardrails.update", "organisation_guardrails.update"))]
pub struct UpdateGuardrail {
    pub guardrail_id: GuardrailId,
    pub name: Option<String>,
    /// All of them from now on.
    #[schemars(length(min = 1))]
    #[example([{ "id": "default.contains", "name": "n", "is_enabled": true,
        "parameters": { "words": ["secret"], "operator": "none" } }])]
    pub checks: Option<Vec<Open<GuardrailCheck>>>,
    /// From now on; what is left out gets its default.
    pub actions: Option<Open<GuardrailActions>>,
}

/// Delete a guardrail
///
/// Deletes a guardrail for good (gets rid of it). Configs and MCP servers are no longer checked by it. Refused while it
/// is a default.
#[endpoint(DELETE "/guardrails/{guardrail_id}" -> Done,
    scopes("guardrails.delete", "organisation_guardrails.delete"), undo(loses = "the MCP servers it watched"))]
pub struct DeleteGuardrail {
    pub guardrail_id: GuardrailId,
}

/// What a guardrail checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
pub enum GuardrailTarget {
    /// Requests to models, and their answers.
    Llm,
    /// Calls of MCP tools, and their results.
    McpTools,
}

/// A check. What its parameters usually are depends on its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-advice" = "guardrail_check"))]
#[allow(
    missing_docs,
    reason = "models read every word: only what names do not say"
)]
pub struct GuardrailCheck {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<CheckParameters>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
}

secret_members! {
    /// The parameters of a check.
    CheckParameters: ["headers", "credentials", "api_key"]
}

/// Checks on requests or answers. Lists leave out checks and actions.
#[answer(brief(id, slug, name, target, status, workspace_id, last_updated_at))]
pub struct Guardrail {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub status: Option<String>,
    pub organisation_id: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub owner_id: Option<String>,
    pub updated_by: Option<String>,
    /// `llm` or `mcp_tools`.
    pub target: Option<String>,
    pub checks: Option<Vec<SavedCheck>>,
    pub actions: Option<JsonObject>,
    /// Which MCP servers it watches, if its target is `mcp_tools`.
    pub mcp_server_mappings: Option<Vec<JsonObject>>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}

/// A check of a guardrail.
#[answer]
pub struct SavedCheck {
    pub id: Option<String>,
    pub name: Option<String>,
    pub is_enabled: Option<bool>,
    pub parameters: Option<CheckParameters>,
}

/// A guardrail that was written; `get_guardrail` has the rest.
#[answer]
pub struct SavedGuardrail {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub version_id: Option<String>,
}
