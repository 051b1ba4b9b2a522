//! Versions of prompts: immutable, counted from 1.

use portkey_api::JsonObject;
use rusqlite::{Connection, Params, Row, named_params, params};
use serde_json::{Value, json};

use crate::{
    identity,
    rules::template::{self, variable_components},
    store::Queries as _,
    wire::{Fields, Refusal},
};

/// The content of a version: everything about a prompt but its name, workspace and collection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) string: String,
    pub(crate) is_raw_template: bool,
    /// Without the model.
    pub(crate) parameters: JsonObject,
    pub(crate) model: String,
    /// The slug of a provider.
    pub(crate) virtual_key: String,
    /// Null, or a list.
    pub(crate) functions: Value,
    /// Null, or a list.
    pub(crate) tools: Value,
    /// Null, text or an object.
    pub(crate) tool_choice: Value,
    pub(crate) metadata: JsonObject,
    pub(crate) description: String,
}

/// A row of `prompt_versions`.
#[derive(Debug, Clone)]
pub(crate) struct PromptVersion {
    pub(crate) id: String,
    pub(crate) number: u32,
    pub(crate) status: String,
    pub(crate) created_at: String,
    /// A list of `{id, name}`.
    pub(crate) labels: Value,
    pub(crate) draft: Draft,
}

impl Draft {
    /// Applies the template fields of a body. `metadata` is the name of the metadata field, which differs between
    /// calls.
    pub(super) fn change(
        &mut self,
        db: &Connection,
        workspace: &str,
        body: Fields<'_>,
        metadata: &str,
    ) -> Result<(), Refusal> {
        if let Some(string) = body.optional_text("string")? {
            self.string = string;
        }
        if let Some(raw) = body.flag("is_raw_template")? {
            self.is_raw_template = raw;
        }
        template::check(&self.string, self.is_raw_template)
            .map_err(|problem| body.refuse("string", &format!("is no template: {problem}")))?;
        if let Some(parameters) = body.optional::<JsonObject>("parameters")? {
            self.parameters = parameters;
            // Live answers have the model among the parameters, so clients send it back there.
            if let Some(Value::String(model)) = self.parameters.shift_remove("model") {
                self.model = model;
            }
        }
        if let Some(model) = body.optional("model")? {
            self.model = model;
        }
        if let Some(provider) = body.optional_text("virtual_key")? {
            self.virtual_key = provider_slug(db, workspace, &provider)?
                .ok_or_else(|| body.refuse("virtual_key", "names no provider of this workspace"))?;
        }
        self.change_tools(body)?;
        if let Some(metadata) = body.optional(metadata)? {
            self.metadata = metadata;
        }
        self.description = body.optional("version_description")?.unwrap_or_default();
        Ok(())
    }

    fn change_tools(&mut self, body: Fields<'_>) -> Result<(), Refusal> {
        if let Some(functions) = body.optional::<Vec<JsonObject>>("functions")? {
            self.functions = json!(functions);
        }
        if let Some(tools) = body.optional::<Vec<JsonObject>>("tools")? {
            self.tools = json!(tools);
        }
        if let Some(choice) = body.value("tool_choice") {
            if !choice.is_string() && !choice.is_object() {
                return Err(body.refuse("tool_choice", "must be text or an object"));
            }
            self.tool_choice = choice.clone();
        }
        Ok(())
    }
}

/// The slug of the provider that a prompt names by slug or UUID.
fn provider_slug(
    db: &Connection,
    workspace: &str,
    reference: &str,
) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT slug FROM providers WHERE workspace_id = ?1 AND (slug = ?2 OR id = ?2)";
    let slug = reference.strip_prefix('@').unwrap_or(reference);
    db.first(sql, [workspace, slug], |row| row.get(0))
}

/// Saves a draft as the next version of a prompt.
pub(crate) fn add(
    db: &Connection,
    prompt: &str,
    draft: Draft,
    at: &str,
) -> rusqlite::Result<PromptVersion> {
    let number = latest(db, prompt)?.map_or(1, |version| version.number + 1);
    let version = PromptVersion {
        id: identity::new_id(),
        number,
        status: "active".to_owned(),
        created_at: at.to_owned(),
        labels: json!([]),
        draft,
    };
    insert(db, prompt, &version)?;
    Ok(version)
}

pub(crate) fn insert(
    db: &Connection,
    prompt: &str,
    version: &PromptVersion,
) -> rusqlite::Result<()> {
    let draft = &version.draft;
    let sql = "INSERT INTO prompt_versions (id, prompt_id, number, description, string, is_raw_template,
            parameters, model, virtual_key, functions, tools, tool_choice, metadata, status, created_at)
        VALUES (:id, :prompt, :number, :description, :string, :raw, :parameters, :model, :virtual_key,
            :functions, :tools, :tool_choice, :metadata, :status, :created)";
    db.run(
        sql,
        named_params! {
            ":id": version.id,
            ":prompt": prompt,
            ":number": version.number,
            ":description": draft.description,
            ":string": draft.string,
            ":raw": draft.is_raw_template,
            ":parameters": json!(draft.parameters),
            ":model": draft.model,
            ":virtual_key": draft.virtual_key,
            ":functions": draft.functions,
            ":tools": draft.tools,
            ":tool_choice": draft.tool_choice,
            ":metadata": json!(draft.metadata),
            ":status": version.status,
            ":created": version.created_at,
        },
    )?;
    Ok(())
}

/// The newest version, published or not.
pub(super) fn latest(db: &Connection, prompt: &str) -> rusqlite::Result<Option<PromptVersion>> {
    one(db, "prompt_id = ? ORDER BY number DESC LIMIT 1", [prompt])
}

/// The version of this number.
pub(super) fn numbered(
    db: &Connection,
    prompt: &str,
    number: u32,
) -> rusqlite::Result<Option<PromptVersion>> {
    one(db, "prompt_id = ? AND number = ?", params![prompt, number])
}

/// The version of this UUID.
pub(super) fn identified(
    db: &Connection,
    prompt: &str,
    id: &str,
) -> rusqlite::Result<Option<PromptVersion>> {
    one(db, "prompt_id = ? AND id = ?", [prompt, id])
}

/// The version that carries this label.
pub(super) fn labelled(
    db: &Connection,
    prompt: &str,
    label: &str,
) -> rusqlite::Result<Option<PromptVersion>> {
    let condition = "id = (SELECT version_id FROM prompt_version_labels
        JOIN labels ON labels.id = label_id WHERE prompt_id = ? AND name = ?)";
    one(db, condition, [prompt, label])
}

/// Every version, newest first.
pub(super) fn all(db: &Connection, prompt: &str) -> rusqlite::Result<Vec<PromptVersion>> {
    let sql = format!("{SELECT} WHERE prompt_id = ? ORDER BY number DESC");
    db.all(&sql, [prompt], PromptVersion::read)
}

/// Versions with the labels they carry.
const SELECT: &str = "SELECT *, (
        SELECT json_group_array(json_object('id', labels.id, 'name', labels.name) ORDER BY labels.name)
        FROM prompt_version_labels JOIN labels ON labels.id = label_id
        WHERE version_id = prompt_versions.id
    ) AS labels FROM prompt_versions";

fn one(
    db: &Connection,
    condition: &str,
    params: impl Params,
) -> rusqlite::Result<Option<PromptVersion>> {
    let sql = format!("{SELECT} WHERE {condition}");
    db.first(&sql, params, PromptVersion::read)
}

impl PromptVersion {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            number: row.get("number")?,
            status: row.get("status")?,
            created_at: row.get("created_at")?,
            labels: row.get("labels")?,
            draft: Draft {
                string: row.get("string")?,
                is_raw_template: row.get("is_raw_template")?,
                parameters: object(row.get("parameters")?),
                model: row.get("model")?,
                virtual_key: row.get("virtual_key")?,
                functions: row.get("functions")?,
                tools: row.get("tools")?,
                tool_choice: row.get("tool_choice")?,
                metadata: object(row.get("metadata")?),
                description: row.get("description")?,
            },
        })
    }

    /// An entry of the list of versions.
    pub(super) fn listed(&self, prompt: &str) -> Value {
        json!({
            "id": self.id,
            "prompt_id": prompt,
            "prompt_template": { "string": self.draft.string },
            "prompt_version": self.number,
            "prompt_description": self.draft.description,
            "label_id": self.first_label("id"),
            "created_at": self.created_at,
            "status": self.status,
            "object": "prompt",
        })
    }

    /// The members that an answer about a prompt has for one version.
    pub(super) fn flat(&self) -> Value {
        let draft = &self.draft;
        let mut parameters = draft.parameters.clone();
        parameters.insert("model".to_owned(), draft.model.clone().into());
        json!({
            "model": draft.model,
            "prompt_version_id": self.id,
            "prompt_version": self.number,
            "prompt_version_description": draft.description,
            "prompt_version_status": self.status,
            "string": draft.string,
            "variable_components": variable_components(&draft.string, draft.is_raw_template),
            "parameters": parameters,
            "functions": draft.functions,
            "tools": draft.tools,
            "tool_choice": draft.tool_choice,
            "template_metadata": draft.metadata,
            "prompt_version_label_id": self.first_label("id"),
            "prompt_version_label_name": self.first_label("name"),
            "is_raw_template": u8::from(draft.is_raw_template),
            "prompt_version_labels": self.labels,
            "virtual_key": draft.virtual_key,
        })
    }

    /// A member of the first label, for answers that have only one.
    fn first_label(&self, member: &str) -> Option<&Value> {
        self.labels.get(0)?.get(member)
    }
}

fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(members) => members,
        _ => JsonObject::new(),
    }
}
