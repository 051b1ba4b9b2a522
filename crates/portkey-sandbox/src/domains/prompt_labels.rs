//! Prompt labels: names for versions of prompts. Universal labels exist everywhere and cannot change.

use portkey_api::prompt_labels::{
    CreatePromptLabel, DeletePromptLabel, GetPromptLabel, ListPromptLabels, UpdatePromptLabel,
};
use rusqlite::{Connection, named_params, params};
use serde_json::{Value, json};

use crate::{
    identity,
    routes::Routes,
    rules::workspace_scope,
    store::{Queries as _, TableRow as _, row},
    wire::{Answer, Call, Fields, Page, Paging, Refusal, without_nulls},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListPromptLabels>(list)
        .on::<CreatePromptLabel>(create)
        .on::<GetPromptLabel>(get)
        .on::<UpdatePromptLabel>(update)
        .on::<DeletePromptLabel>(delete)
}

row! {
    /// A row of `labels`.
    #[derive(Debug, Clone)]
    pub(crate) struct Label in "labels" {
        pub(crate) id: String,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        pub(crate) color_code: Option<String>,
        /// `None` for labels of the organisation, which every workspace has.
        pub(crate) workspace_id: Option<String>,
        /// Whether it exists from the start and cannot change.
        pub(crate) is_universal: bool,
        pub(crate) created_at: String,
        pub(crate) last_updated_at: String,
    }
}

/// The UUID of the label that a field names by UUID, if prompts of this workspace may carry it.
pub(crate) fn named(
    db: &Connection,
    workspace: &str,
    fields: Fields<'_>,
    name: &str,
    id: &str,
) -> Result<String, Refusal> {
    let sql = "SELECT id FROM labels WHERE id = ? AND (workspace_id IS NULL OR workspace_id = ?)";
    let found = db.first(sql, [id, workspace], |row| row.get(0))?;
    found.ok_or_else(|| fields.refuse(name, "names no label of this workspace"))
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let sql = "SELECT * FROM labels
        WHERE (:workspace IS NULL OR workspace_id IS NULL OR workspace_id = :workspace)
          AND (:search IS NULL OR instr(lower(name), lower(:search)) > 0)
        ORDER BY is_universal DESC, created_at DESC, name";
    let filter = named_params! {
        ":workspace": workspace_scope::requested(call, db)?,
        ":search": call.query().optional_text("search")?,
    };
    let labels = db.all(sql, filter, Label::read)?;
    let organisation = &call.principal.organisation_id;
    let entries = labels.iter().map(|label| label.to_json(organisation));
    Ok(page.cut(entries.collect()))
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let label = in_path(call, db)?;
    Ok(label.to_json(&call.principal.organisation_id).into())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let label = Label {
        id: identity::new_id(),
        name: label_name(body, body.text("name")?)?,
        description: body.optional("description")?,
        color_code: body.optional("color_code")?,
        workspace_id: workspace_scope::owner(call, db)?,
        is_universal: false,
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    label.refuse_duplicate(db)?;
    label.insert(db)?;
    Ok(json!({ "id": label.id }).into())
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut label = changeable(call, db)?;
    let body = call.body()?;
    if let Some(name) = body.optional_text("name")? {
        label.name = label_name(body, name)?;
    }
    label.description = body.change("description")?.over(label.description);
    label.color_code = body.change("color_code")?.over(label.color_code);
    label.refuse_duplicate(db)?;
    let sql = "UPDATE labels SET name = ?, description = ?, color_code = ?, last_updated_at = ? WHERE id = ?";
    let row = params![
        label.name,
        label.description,
        label.color_code,
        call.timestamp(),
        label.id
    ];
    db.run(sql, row)?;
    Ok(Answer::empty())
}

/// Deletes the label, and removes it from every version.
fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let label = changeable(call, db)?;
    db.run("DELETE FROM labels WHERE id = ?", [label.id])?;
    Ok(Answer::empty())
}

fn in_path(call: &Call, db: &Connection) -> Result<Label, Refusal> {
    let sql = "SELECT * FROM labels WHERE id = ?";
    let found = db.first(sql, [call.path("label_id")], Label::read)?;
    let label = found.ok_or_else(|| Refusal::not_found("label"))?;
    if label.workspace_id.is_some() {
        call.principal
            .permit_workspace(label.workspace_id.as_deref(), "label")?;
    }
    Ok(label)
}

/// Workspaces have the labels of their organisation, but cannot change them.
fn changeable(call: &Call, db: &Connection) -> Result<Label, Refusal> {
    let label = in_path(call, db)?;
    if label.is_universal {
        return Err(Refusal::invalid(format!(
            "The label {} is universal and can be neither changed nor deleted",
            label.name
        )));
    }
    call.principal
        .permit_workspace(label.workspace_id.as_deref(), "label")?;
    Ok(label)
}

/// A name follows the `@` of a reference, so it must not read as another kind of version.
fn label_name(body: Fields<'_>, name: String) -> Result<String, Refusal> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let problem = if matches!(name.as_str(), "latest" | "default") {
        "must not be \"latest\" or \"default\""
    } else if name.chars().all(|c| c.is_ascii_digit()) {
        "must not consist of digits only"
    } else if name.contains(|c: char| c == '@' || c.is_whitespace())
        || name.chars().filter(|c| !is_plain(*c)).count() > 1
    {
        "must consist of letters, digits, hyphens and underscores"
    } else {
        return Ok(name);
    };
    Err(body.refuse("name", problem))
}

impl Label {
    /// Refuses a second label with the same name for the same prompts.
    fn refuse_duplicate(&self, db: &Connection) -> Result<(), Refusal> {
        let sql = "SELECT 1 FROM labels WHERE name = ?1 AND id <> ?2
            AND (?3 IS NULL OR workspace_id IS NULL OR workspace_id = ?3)";
        if db.any(sql, params![self.name, self.id, self.workspace_id])? {
            return Err(Refusal::conflict("A label with this name already exists"));
        }
        Ok(())
    }

    fn to_json(&self, organisation_id: &str) -> Value {
        without_nulls(json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "color_code": self.color_code,
            "organisation_id": organisation_id,
            "workspace_id": self.workspace_id,
            "is_universal": self.is_universal,
            "status": "active",
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
        }))
    }
}
