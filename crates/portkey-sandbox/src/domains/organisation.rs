//! The organisation's settings: guardrails for all workspaces, and the workspaces that are exempt from them.

use portkey_api::organisation::{
    ExclusionSwitch, GetOrganisationDefaults, ListInputGuardrailWorkspaceExclusions,
    ListOutputGuardrailWorkspaceExclusions, UpdateInputGuardrailWorkspaceExclusions,
    UpdateOrganisationDefaults, UpdateOutputGuardrailWorkspaceExclusions,
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    routes::Routes,
    rules::authority,
    store::Queries as _,
    wire::{Answer, Call, Fields, Refusal},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<GetOrganisationDefaults>(get_defaults)
        .on::<UpdateOrganisationDefaults>(update_defaults)
        .on::<ListInputGuardrailWorkspaceExclusions>(|call, db| list(call, db, "input"))
        .on::<ListOutputGuardrailWorkspaceExclusions>(|call, db| list(call, db, "output"))
        .on::<UpdateInputGuardrailWorkspaceExclusions>(|call, db| update(call, db, "input"))
        .on::<UpdateOutputGuardrailWorkspaceExclusions>(|call, db| update(call, db, "output"))
}

fn get_defaults(_: &Call, db: &Connection) -> Result<Answer, Refusal> {
    Ok(defaults(db)?.into())
}

/// A list in the body replaces the old one; a list that is left out stays.
fn update_defaults(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    for column in ["input_guardrails", "output_guardrails"] {
        if let Some(names) = body.optional::<Vec<String>>(column)? {
            let sql = format!("UPDATE organisations SET {column} = ?");
            db.run(&sql, [guardrails_named(db, body, column, &names)?])?;
        }
    }
    Ok(defaults(db)?.into())
}

fn guardrails_named(
    db: &Connection,
    body: Fields<'_>,
    column: &str,
    names: &[String],
) -> Result<Value, Refusal> {
    let sql = "SELECT id FROM guardrails WHERE id = ?1 OR slug = ?1";
    let ids = names.iter().map(|name| {
        let id: Option<String> = db.first(sql, [name], |row| row.get(0))?;
        id.ok_or_else(|| body.refuse(column, &format!("names no guardrail: {name}")))
    });
    Ok(json!(ids.collect::<Result<Vec<_>, Refusal>>()?))
}

/// The default guardrails, without those that were deleted since.
fn defaults(db: &Connection) -> rusqlite::Result<Value> {
    let list = |column| {
        let sql = format!(
            "SELECT guardrail.id, guardrail.slug
            FROM organisations AS organisation, json_each(organisation.{column}) AS entry
            JOIN guardrails AS guardrail ON guardrail.id = entry.value
            ORDER BY entry.key"
        );
        db.all(&sql, [], |row| {
            Ok(json!({ "id": row.get::<_, String>(0)?, "slug": row.get::<_, String>(1)? }))
        })
    };
    Ok(json!({
        "input_guardrails": list("input_guardrails")?,
        "output_guardrails": list("output_guardrails")?,
    }))
}

fn list(call: &Call, db: &Connection, direction: &str) -> Result<Answer, Refusal> {
    let query = call.query();
    query.text("organisation_id")?;
    authority::permit_organisation(call, query)?;
    exclusions(db, direction)
}

fn update(call: &Call, db: &Connection, direction: &str) -> Result<Answer, Refusal> {
    let body = call.body()?;
    body.text("organisation_id")?;
    authority::permit_organisation(call, body)?;
    let switches: Vec<ExclusionSwitch> = body.required("workspaces")?;
    if body.flag("override_existing")? == Some(true) {
        let sql = "DELETE FROM guardrail_exclusions WHERE direction = ?";
        db.run(sql, [direction])?;
    }
    for ExclusionSwitch {
        workspace_id,
        excluded,
        ..
    } in switches
    {
        let sql = "SELECT id FROM workspaces WHERE id = ?1 OR slug = ?1";
        let named = workspace_id.to_string();
        let id: Option<String> = db.first(sql, [&named], |row| row.get(0))?;
        let id =
            id.ok_or_else(|| body.refuse("workspaces", &format!("names no workspace: {named}")))?;
        let sql = if excluded {
            "INSERT OR IGNORE INTO guardrail_exclusions (workspace_id, direction) VALUES (?, ?)"
        } else {
            "DELETE FROM guardrail_exclusions WHERE workspace_id = ? AND direction = ?"
        };
        db.run(sql, [id.as_str(), direction])?;
    }
    exclusions(db, direction)
}

/// The workspaces that are exempt.
fn exclusions(db: &Connection, direction: &str) -> Result<Answer, Refusal> {
    let sql = "SELECT workspace.id FROM guardrail_exclusions AS exclusion
        JOIN workspaces AS workspace ON workspace.id = exclusion.workspace_id
        WHERE exclusion.direction = ? ORDER BY workspace.name";
    let excused = db.all(sql, [direction], |row| {
        Ok(json!({ "workspace_id": row.get::<_, String>(0)?, "excluded": true }))
    })?;
    Ok(json!({ "workspaces": excused }).into())
}
