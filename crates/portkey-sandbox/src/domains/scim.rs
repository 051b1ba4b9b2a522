//! SCIM: groups of the identity provider, and the workspaces that their people become members of.

use portkey_api::{
    scim::{
        CreateScimWorkspaceMapping, DeleteScimWorkspaceMapping, ListScimGroups,
        ListScimWorkspaceMappings,
    },
    workspaces::WorkspaceRole,
};
use rusqlite::{Connection, Row, named_params, params};
use serde_json::{Value, json};

use crate::{
    identity,
    records::membership::role_name,
    routes::Routes,
    rules::workspace_scope,
    store::Queries as _,
    wire::{Answer, Call, Fields, Page, Paging, Refusal},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListScimGroups>(list_groups)
        .on::<ListScimWorkspaceMappings>(list_mappings)
        .on::<CreateScimWorkspaceMapping>(create)
        .on::<DeleteScimWorkspaceMapping>(delete)
}

const MAPPINGS: &str = "SELECT mapping.*, scim_group.name AS group_name
    FROM scim_mappings AS mapping JOIN scim_groups AS scim_group ON scim_group.id = mapping.group_id";

fn list_groups(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let sql = "SELECT * FROM scim_groups
        WHERE ?1 IS NULL OR instr(lower(name), lower(?1)) > 0 ORDER BY name";
    let search = call.query().optional_text("search")?;
    let groups = db.all(sql, [search], |row| {
        Ok(json!({ "id": row.get::<_, String>("id")?, "name": row.get::<_, String>("name")? }))
    })?;
    listing(call, "groups", groups)
}

fn list_mappings(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let query = call.query();
    let role: Option<WorkspaceRole> = query.optional("role")?;
    let sql = format!(
        "{MAPPINGS} WHERE (:workspace IS NULL OR mapping.workspace_id = :workspace)
          AND (:group IS NULL OR mapping.group_id = :group)
          AND (:role IS NULL OR mapping.role = :role)
        ORDER BY scim_group.name, mapping.id"
    );
    let filter = named_params! {
        ":workspace": query.optional_text("workspace_id")?,
        ":group": query.optional_text("scim_group_id")?,
        ":role": role.map(role_name),
    };
    listing(call, "mappings", db.all(&sql, filter, wire)?)
}

fn listing(call: &Call, name: &str, entries: Vec<Value>) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let total = entries.len();
    Ok(json!({ name: page.part(entries), "total_count": total }).into())
}

/// Creates a mapping, or answers the existing one if it is the same.
fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let workspace = workspace_scope::in_field(db, body, "workspace_id")?
        .ok_or_else(|| body.refuse("workspace_id", "is required"))?;
    let role = role(body)?;
    let group = group(db, body)?;
    let sql = "SELECT role FROM scim_mappings WHERE group_id = ? AND role <> ?";
    if let Some(other) = db.first(sql, [&group, role], |row| row.get::<_, String>(0))? {
        let problem =
            format!("is {other} for this group in other workspaces, and must be the same in all");
        return Err(body.refuse("role", &problem));
    }
    let sql = "INSERT INTO scim_mappings (id, group_id, workspace_id, role) VALUES (?, ?, ?, ?)
        ON CONFLICT (group_id, workspace_id) DO NOTHING";
    db.run(sql, params![identity::new_id(), group, workspace, role])?;
    let sql = format!("{MAPPINGS} WHERE mapping.group_id = ? AND mapping.workspace_id = ?");
    let mapping = db.first(&sql, [&group, &workspace], wire)?;
    mapping
        .map(Answer::from)
        .ok_or_else(|| Refusal::fault("The mapping was not kept"))
}

/// Deletes a mapping. Members who came by it stay.
fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let sql = "DELETE FROM scim_mappings WHERE id = ?";
    if db.run(sql, [call.path("mapping_id")])? == 0 {
        return Err(Refusal::not_found("SCIM workspace mapping"));
    }
    Ok(json!({ "success": true }).into())
}

/// The role in a body, in upper or lower case.
fn role(body: Fields<'_>) -> Result<&'static str, Refusal> {
    let role = Value::from(body.text("role")?.to_lowercase());
    let role = serde_json::from_value(role)
        .map_err(|error| body.refuse("role", &format!("is not valid: {error}")))?;
    Ok(role_name(role))
}

/// The id of the group that a body names by id or name. A group with a new name is created.
fn group(db: &Connection, body: Fields<'_>) -> Result<String, Refusal> {
    if let Some(id) = body.optional_text("scim_group_id")? {
        let sql = "SELECT id FROM scim_groups WHERE id = ?";
        let found = db.first(sql, [id], |row| row.get(0))?;
        return found.ok_or_else(|| body.refuse("scim_group_id", "names no SCIM group"));
    }
    let name = body.optional_text("scim_group_name")?;
    let name =
        name.ok_or_else(|| body.refuse("scim_group_id", "or scim_group_name is required"))?;
    if name.starts_with("ws-") && name.contains("-role-") {
        return Err(body.refuse(
            "scim_group_name",
            "looks like a group that is mapped by its name alone",
        ));
    }
    let sql = "INSERT INTO scim_groups (id, name) VALUES (?, ?) ON CONFLICT DO NOTHING";
    db.run(sql, [&identity::new_id(), &name])?;
    let sql = "SELECT id FROM scim_groups WHERE name = ?";
    let found = db.first(sql, [name], |row| row.get(0))?;
    found.ok_or_else(|| Refusal::fault("The group was not kept"))
}

fn wire(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, String>("id")?,
        "workspace_id": row.get::<_, String>("workspace_id")?,
        "scim_group": row.get::<_, String>("group_name")?,
        "scim_group_id": row.get::<_, String>("group_id")?,
        "role": row.get::<_, String>("role")?,
    }))
}
