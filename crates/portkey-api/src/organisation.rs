//! The organisation: guardrails that hold for all its workspaces, and workspaces that are excused.

use portkey_api_core::{
    Check, JsonObject, Page, Problem, RefersTo, answer, arguments, catalog, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{GuardrailId, WorkspaceId},
    under,
};

pub use crate::ids::OrganisationId;

catalog! { "Organisation":
    GetOrganisationDefaults,
    UpdateOrganisationDefaults,
    ListInputGuardrailWorkspaceExclusions,
    UpdateInputGuardrailWorkspaceExclusions,
    ListOutputGuardrailWorkspaceExclusions,
    UpdateOutputGuardrailWorkspaceExclusions,
}

/// Get the organisation's default guardrails
///
/// Shows which guardrails apply to the whole org (company).
#[endpoint(GET "/admin/organisation/defaults" -> OrganisationDefaults,
    scopes("organisation_settings.read"), keys(admin), plan(enterprise), extended, reads(OrganisationDefaults),
    airs(admin, uncertain))]
pub struct GetOrganisationDefaults;

/// Set the organisation's default guardrails
///
/// Sets default guardrails for the whole org: forces them on all workspaces, so every request must pass. A list given
/// replaces the old one.
#[endpoint(PUT "/admin/organisation/defaults" -> OrganisationDefaults,
    scopes("organisation_settings.update"), keys(admin), plan(enterprise),
    extended, checked, fresh(GetOrganisationDefaults), airs(admin, uncertain))]
pub struct UpdateOrganisationDefaults {
    /// Guardrail ids for all requests.
    #[schemars(extend("x-protects" = true))]
    #[in_example]
    pub input_guardrails: Option<Vec<RefersTo<GuardrailId>>>,
    /// Guardrail ids for all answers.
    #[schemars(extend("x-protects" = true))]
    pub output_guardrails: Option<Vec<RefersTo<GuardrailId>>>,
}

impl Check for UpdateOrganisationDefaults {
    fn check(&self) -> Result<(), Problem> {
        if self.input_guardrails.is_none() && self.output_guardrails.is_none() {
            return Err(Problem::rule(
                "",
                "nothing to change: give `input_guardrails`, `output_guardrails` or both",
            ));
        }
        Ok(())
    }
}

/// List workspaces without input guardrails
///
/// Shows exceptions: which workspaces are without (exempt from) the org's input guardrails.
#[endpoint(GET "/workspace-exclusions/input-guardrails" -> Page<WorkspaceExclusion, under::Workspaces>,
    scopes("organisation_exclusions.list"), keys(admin), plan(enterprise), extended, airs(admin, uncertain))]
pub struct ListInputGuardrailWorkspaceExclusions {
    #[of_key]
    pub organisation_id: Option<OrganisationId>,
}

/// Excuse workspaces from input guardrails
///
/// Exempts (excuses) workspaces from the org's input guardrails, skips checks as an exception, or stops doing so.
#[endpoint(PUT "/workspace-exclusions/input-guardrails" -> Page<WorkspaceExclusion, under::Workspaces>,
    scopes("organisation_exclusions.update"), keys(admin), plan(enterprise), extended, airs(admin, uncertain))]
pub struct UpdateInputGuardrailWorkspaceExclusions(pub ExclusionChanges);

/// List workspaces without output guardrails
///
/// Shows exceptions (exemptions): which workspaces are without the org's output guardrails.
#[endpoint(GET "/workspace-exclusions/output-guardrails" -> Page<WorkspaceExclusion, under::Workspaces>,
    scopes("organisation_exclusions.list"), keys(admin), plan(enterprise), extended, airs(admin, uncertain))]
pub struct ListOutputGuardrailWorkspaceExclusions {
    #[of_key]
    pub organisation_id: Option<OrganisationId>,
}

/// Excuse workspaces from output guardrails
///
/// Exempts (excludes) workspaces from the org's output guardrails, turns checks off as an exception, or stops doing so.
#[endpoint(PUT "/workspace-exclusions/output-guardrails" -> Page<WorkspaceExclusion, under::Workspaces>,
    scopes("organisation_exclusions.update"), keys(admin), plan(enterprise), extended, airs(admin, uncertain))]
pub struct UpdateOutputGuardrailWorkspaceExclusions(pub ExclusionChanges);

/// Which workspaces are to be excused, and which no longer.
#[arguments(body)]
pub struct ExclusionChanges {
    #[of_key]
    pub organisation_id: Option<OrganisationId>,
    /// The ones to change.
    pub workspaces: Vec<ExclusionSwitch>,
    /// Replace the whole list.
    #[instruction]
    #[replaces]
    pub override_existing: Option<bool>,
}

/// One workspace and whether it is excused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false, "x-open" = "members"))]
#[allow(missing_docs, reason = "the names say it all")]
pub struct ExclusionSwitch {
    pub workspace_id: WorkspaceId,
    pub excluded: bool,
    /// What Portkey takes besides.
    #[serde(flatten)]
    pub others: JsonObject,
}

/// What holds for all workspaces.
#[answer]
pub struct OrganisationDefaults {
    pub input_guardrails: Option<Vec<DefaultGuardrail>>,
    pub output_guardrails: Option<Vec<DefaultGuardrail>>,
}

/// A guardrail of the organisation.
#[answer]
pub struct DefaultGuardrail {
    pub id: Option<String>,
    pub slug: Option<String>,
}

/// A workspace that is or was excused.
#[answer(brief(workspace_id, excluded))]
pub struct WorkspaceExclusion {
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub excluded: Option<bool>,
}
