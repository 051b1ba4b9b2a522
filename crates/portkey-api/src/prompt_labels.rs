//! Prompt labels: names such as `production` that pick a version of a prompt, as in `greeting@production`.

use portkey_api_core::{Check, Done, Page, Problem, RefersTo, answer, catalog, endpoint, id};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{OrganisationId, WorkspaceId},
    paging::Paging,
};

catalog! { "Prompt labels", also "labels":
    CreatePromptLabel,
    ListPromptLabels,
    GetPromptLabel,
    UpdatePromptLabel,
    DeletePromptLabel,
}

/// Create a new prompt label
///
/// Adds a label (tag) that can mark versions. `update_prompt_version` puts it on one.
#[endpoint(POST "/labels" -> NewLabel, scopes("prompts.create"), checked, airs(absent))]
pub struct CreatePromptLabel {
    /// Not a number, `latest` or `default`.
    pub name: LabelName,
    /// Instead of `workspace_id`.
    pub organisation_id: Option<OrganisationId>,
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    pub description: Option<String>,
    pub color_code: Option<ColorCode>,
}

impl Check for CreatePromptLabel {
    fn check(&self) -> Result<(), Problem> {
        self.name.check()?;
        self.color_code.as_ref().map_or(Ok(()), Check::check)
    }
}

/// List all prompt labels
///
/// Lists which labels exist for prompts, the universal ones (production, staging, development) too.
#[endpoint(GET "/labels" -> Page<Label>, scopes("prompts.list"), airs(absent))]
pub struct ListPromptLabels {
    pub organisation_id: Option<OrganisationId>,
    pub workspace_id: Option<WorkspaceId>,
    /// Part of the name.
    pub search: Option<String>,
    #[shared]
    pub paging: Paging,
}

/// Get a prompt label
///
/// Shows (reads) one prompt label.
#[endpoint(GET "/labels/{label_id}" -> Label, scopes("prompts.read"), airs(absent))]
pub struct GetPromptLabel {
    pub label_id: LabelId,
    pub organisation_id: Option<OrganisationId>,
    pub workspace_id: Option<WorkspaceId>,
}

/// Change a prompt label
///
/// Renames a label, or changes its description or colour. Calls that use the old name fail from then on.
#[endpoint(PUT "/labels/{label_id}" -> Label,
    scopes("prompts.update"), fresh(GetPromptLabel), checked, airs(absent))]
pub struct UpdatePromptLabel {
    pub label_id: LabelId,
    /// Not a number, `latest` or `default`.
    pub name: Option<LabelName>,
    pub description: Option<String>,
    pub color_code: Option<ColorCode>,
}

impl Check for UpdatePromptLabel {
    fn check(&self) -> Result<(), Problem> {
        self.name.as_ref().map_or(Ok(()), Check::check)?;
        self.color_code.as_ref().map_or(Ok(()), Check::check)
    }
}

/// Delete a prompt label
///
/// Gets rid of (drops) a label and takes it off every prompt. Calls that use it fail. Universal labels stay.
#[endpoint(DELETE "/labels/{label_id}" -> Done, scopes("prompts.delete"),
    undo(loses = "the versions it was on"), airs(absent))]
pub struct DeletePromptLabel {
    pub label_id: LabelId,
}

id! {
    /// UUID.
    LabelId: uuid
}

/// The name of a label. It follows the `@` of a prompt reference, so it must not read as another kind of version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("x-example" = "production-eu"))]
pub struct LabelName(pub String);

impl Check for LabelName {
    fn check(&self) -> Result<(), Problem> {
        let name = self.0.as_str();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let rule = if name.is_empty() {
            "must not be empty"
        } else if matches!(name, "latest" | "default") {
            "means a version already; choose another name"
        } else if name.chars().all(|c| c.is_ascii_digit()) {
            "would be read as a version number; add a letter"
        } else if name.contains(|c: char| c == '@' || c.is_whitespace())
            // The API lets one other character through, and refuses a second.
            || name.chars().filter(|c| !is_plain(*c)).count() > 1
        {
            "takes letters, digits, `-` and `_`"
        } else {
            return Ok(());
        };
        Err(Problem::rule("name", rule))
    }
}

/// Such as `#00AA55`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("x-example" = "#00AA55"))]
pub struct ColorCode(pub String);

impl Check for ColorCode {
    fn check(&self) -> Result<(), Problem> {
        let digits = self.0.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
            Ok(())
        } else {
            Err(Problem::rule(
                "color_code",
                "a colour is `#` and six hexadecimal digits, such as `#00AA55`",
            ))
        }
    }
}

/// A name for versions of prompts.
#[answer(brief(id, name, workspace_id, is_universal, status))]
pub struct Label {
    pub id: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub color_code: Option<String>,
    pub organisation_id: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    /// There everywhere, and for good.
    pub is_universal: Option<bool>,
    pub status: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}

/// A fresh label.
#[answer]
pub struct NewLabel {
    pub id: Option<String>,
}
