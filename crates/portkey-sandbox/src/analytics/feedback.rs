//! Graphs of the feedback on requests. It counts where its request does.

use portkey_api::analytics as api;
use rusqlite::Connection;
use serde_json::json;

use super::{
    figures::{Figure, Key, Source},
    filter::Filter,
    graphs::{answer, over_time},
};
use crate::{answer::Answer, call::Call, refusal::Refusal, routes::Routes};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on::<api::GetFeedbackAnalytics>(|call, db| graph(call, db, TOTAL))
        .on::<api::GetWeightedFeedback>(|call, db| graph(call, db, ("avg", WEIGHTED)))
        .on::<api::GetFeedbackScoreDistribution>(scores)
        .on::<api::GetFeedbackPerModel>(models)
}

const TOTAL: Figure = ("total", "count(*)");
const WEIGHTED: &str = "sum(value * weight) / nullif(sum(weight), 0)";

fn graph(call: &Call, db: &Connection, figure: Figure) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let feedback = Source::feedback(&filter);
    Ok(answer(
        &feedback.whole(db, &[figure])?,
        &over_time(&feedback, db, &filter, &[figure])?,
    ))
}

fn scores(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let feedback = Source::feedback(&Filter::of(call, db)?);
    let score = Key::column("value");
    Ok(answer(
        &feedback.whole(db, &[TOTAL])?,
        &feedback.each(db, ("score", &score), &[TOTAL], "slot")?,
    ))
}

fn models(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let feedback = Source::feedback(&Filter::of(call, db)?);
    let figures = [TOTAL, ("avg_weighted_feedback", WEIGHTED)];
    let model = Key::column("model");
    let points = feedback.each(db, ("ai_model", &model), &figures, "total DESC, slot")?;
    Ok(answer(&json!({}), &points))
}
