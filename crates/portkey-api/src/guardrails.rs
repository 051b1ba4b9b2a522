//! Guardrails: checks on requests and answers, and what happens when they fail.

mod built_in;
mod checks;
mod partners;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Check, CommaSeparated, Done, EveryPage, JsonObject, Page, PageNumber, PageSize, Problem,
    answer, catalog::catalog, endpoint, id::id, organisation::OrganisationId,
    secret::secret_members, workspaces::WorkspaceId,
};

pub(crate) use checks::{MARK, check};

catalog! { "Guardrails":
    ListGuardrails,
    CreateGuardrail,
    GetGuardrail,
    UpdateGuardrail,
    DeleteGuardrail,
}

/// List guardrails
///
/// Lists guardrails with slug and status, without checks; `get_guardrail` has those.
#[endpoint(GET "/guardrails" -> Page<Guardrail>,
    scopes("guardrails.list", "organisation_guardrails.list"))]
pub struct ListGuardrails {
    pub workspace_id: Option<WorkspaceId>,
    pub organisation_id: Option<OrganisationId>,
    #[schemars(range(max = 1000))]
    pub page_size: Option<PageSize>,
    #[local]
    pub all: Option<EveryPage>,
    pub current_page: Option<PageNumber>,
    /// Comma-separated guardrail UUIDs.
    pub ids: Option<CommaSeparated>,
}

/// Create a guardrail
///
/// Adds checks on requests or answers, for configs to name as input or output guardrails.
#[endpoint(POST "/guardrails" -> SavedGuardrail,
    scopes("guardrails.create", "organisation_guardrails.create"))]
pub struct CreateGuardrail {
    pub name: String,
    /// Such as {"id": "default.regexMatch", "parameters": {"rule": "\\d+"}}.
    #[schemars(length(min = 1))]
    pub checks: Vec<GuardrailCheck>,
    /// What follows; `deny` stops what fails. Feedback may have `weight` and `metadata` too.
    pub actions: GuardrailActions,
    /// Needed with an organisation key, or `organisation_id`.
    pub workspace_id: Option<WorkspaceId>,
    pub organisation_id: Option<OrganisationId>,
}

/// Get a guardrail
///
/// Reads one guardrail with its checks and actions.
#[endpoint(GET "/guardrails/{guardrail_id}" -> Guardrail,
    scopes("guardrails.read", "organisation_guardrails.read"))]
pub struct GetGuardrail {
    pub guardrail_id: GuardrailId,
}

/// Update a guardrail
///
/// Changes the fields given. Checks and actions replace the old ones as a whole.
#[endpoint(PUT "/guardrails/{guardrail_id}" -> SavedGuardrail, not_repeatable, checked,
    scopes("guardrails.update", "organisation_guardrails.update"))]
pub struct UpdateGuardrail {
    pub guardrail_id: GuardrailId,
    pub name: Option<String>,
    /// All of them from now on.
    #[schemars(length(min = 1))]
    pub checks: Option<Vec<GuardrailCheck>>,
    /// From now on; what is left out gets its default.
    pub actions: Option<GuardrailActions>,
}

impl Check for UpdateGuardrail {
    fn check(&self) -> Result<(), Problem> {
        let Self {
            guardrail_id: _,
            name: None,
            checks: None,
            actions: None,
        } = self
        else {
            return Ok(());
        };
        Err(Problem::nothing_to_change())
    }
}

/// Delete a guardrail
///
/// Deletes a guardrail for good; configs that name it no longer check anything by it.
#[endpoint(DELETE "/guardrails/{guardrail_id}" -> Done,
    scopes("guardrails.delete", "organisation_guardrails.delete"))]
pub struct DeleteGuardrail {
    pub guardrail_id: GuardrailId,
}

id! {
    /// Guardrail UUID or slug.
    GuardrailId
}

/// A check. What its parameters may be depends on its id, and is checked by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-guardrail-check" = true))]
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
    CheckParameters: ["headers", "credentials"]
}

/// What follows a check. The API wants all of it, so what is left out gets Portkey's defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "models read every word: only what names do not say"
)]
pub struct GuardrailActions {
    #[serde(default)]
    pub deny: bool,
    /// Do not wait for the checks.
    #[serde(default)]
    pub r#async: bool,
    /// One check after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequential: Option<bool>,
    #[serde(default = "Outcome::success")]
    pub on_success: Outcome,
    #[serde(default = "Outcome::failure")]
    pub on_fail: Outcome,
    /// What clients of older tools send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-hidden" = true))]
    pub on_fail_action: Option<String>,
    /// What clients of older tools send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-hidden" = true))]
    pub message: Option<String>,
}

/// What follows one outcome of a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Goes to the log of the request.
    pub feedback: OutcomeFeedback,
}

/// Feedback that a check gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct OutcomeFeedback {
    pub value: f64,
    #[serde(default = "one")]
    #[schemars(extend("x-hidden" = true))]
    pub weight: f64,
    #[serde(default)]
    #[schemars(extend("x-hidden" = true))]
    pub metadata: String,
}

impl Outcome {
    fn success() -> Self {
        Self::of(5.0)
    }

    fn failure() -> Self {
        Self::of(-5.0)
    }

    fn of(value: f64) -> Self {
        Self {
            feedback: OutcomeFeedback {
                value,
                weight: one(),
                metadata: String::new(),
            },
        }
    }
}

fn one() -> f64 {
    1.0
}

/// Checks on requests or answers. Lists leave out checks and actions.
#[answer]
pub struct Guardrail {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub status: Option<String>,
    pub organisation_id: Option<String>,
    pub workspace_id: Option<String>,
    pub owner_id: Option<String>,
    pub updated_by: Option<String>,
    pub checks: Option<Vec<SavedCheck>>,
    pub actions: Option<JsonObject>,
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
