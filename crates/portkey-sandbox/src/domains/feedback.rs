//! Feedback on answers, by trace. The weighted mean of a trace is also kept in its logs.

use portkey_api::{
    JsonObject,
    feedback::{CreateFeedback, UpdateFeedback},
};
use rusqlite::{Connection, params};
use serde_json::json;

use crate::{
    identity,
    routes::Routes,
    store::Queries as _,
    wire::{Answer, Call, Fields, Refusal},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<CreateFeedback>(create)
        .on::<UpdateFeedback>(update)
}

/// Feedback on a trace, as requests have it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feedback {
    pub(crate) id: String,
    pub(crate) workspace_id: String,
    pub(crate) trace_id: String,
    pub(crate) value: i32,
    pub(crate) weight: f64,
    pub(crate) metadata: JsonObject,
}

/// Inserts feedback, and updates the mean in the logs of its trace.
pub(crate) fn insert(db: &Connection, feedback: &Feedback, at: &str) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO feedback (id, workspace_id, trace_id, value, weight, metadata, created_at,
            last_updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)";
    db.run(
        sql,
        params![
            feedback.id,
            feedback.workspace_id,
            feedback.trace_id,
            feedback.value,
            feedback.weight,
            json!(feedback.metadata),
            at,
        ],
    )?;
    count(db, &feedback.workspace_id, &feedback.trace_id)
}

/// Updates the mean in the logs of a trace, by which analytics filter.
fn count(db: &Connection, workspace: &str, trace: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE log_figures SET weighted_feedback =
            (SELECT sum(value * weight) / nullif(sum(weight), 0) FROM feedback
             WHERE workspace_id = ?1 AND trace_id = ?2)
        WHERE number IN (SELECT number FROM logs WHERE trace_id = ?2 AND workspace_id = ?1)";
    db.run(sql, [workspace, trace])?;
    Ok(())
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut ids = Vec::new();
    for given in call.one_or_more()? {
        let feedback = Feedback {
            id: identity::new_id(),
            workspace_id: call.principal.workspace_id.clone().unwrap_or_default(),
            trace_id: given.text("trace_id")?,
            value: value(given)?,
            weight: weight(given)?.unwrap_or(1.0),
            metadata: given.optional("metadata")?.unwrap_or_default(),
        };
        insert(db, &feedback, &call.timestamp())?;
        ids.push(feedback.id);
    }
    Ok(saved(&ids))
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let id = call.path("id");
    let sql = "SELECT workspace_id, trace_id FROM feedback WHERE id = ?";
    let found: Option<(String, String)> =
        db.first(sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (workspace, trace) = found.ok_or_else(|| Refusal::not_found("feedback"))?;
    call.principal
        .permit_workspace(Some(&workspace), "feedback")?;
    let body = call.body()?;
    let metadata: Option<JsonObject> = body.optional("metadata")?;
    let sql = "UPDATE feedback SET value = ?, weight = coalesce(?, weight),
        metadata = coalesce(?, metadata), last_updated_at = ? WHERE id = ?";
    let change = params![
        value(body)?,
        weight(body)?,
        metadata.map(|metadata| json!(metadata)),
        call.timestamp(),
        id
    ];
    db.run(sql, change)?;
    count(db, &workspace, &trace)?;
    Ok(saved(&[id.to_owned()]))
}

fn value(given: Fields<'_>) -> Result<i32, Refusal> {
    let value = given.required("value")?;
    if (-10..=10).contains(&value) {
        Ok(value)
    } else {
        Err(given.refuse("value", "must lie between -10 and 10"))
    }
}

fn weight(given: Fields<'_>) -> Result<Option<f64>, Refusal> {
    match given.optional::<f64>("weight")? {
        Some(weight) if !(0.0..=1.0).contains(&weight) => {
            Err(given.refuse("weight", "must lie between 0 and 1"))
        }
        weight => Ok(weight),
    }
}

fn saved(ids: &[String]) -> Answer {
    json!({
        "status": "success",
        "message": "Feedback saved",
        "feedback_ids": ids,
    })
    .into()
}
