//! Graphs of the feedback on requests. Feedback counts if a filter matches the request it is about.

use std::collections::BTreeMap;

use portkey_api::{JsonObject, analytics as api};
use rusqlite::{Connection, params_from_iter};
use serde_json::{Value, json};

use super::{
    figures::real,
    filter::Filter,
    graphs::{Interval, answer, members, point},
};
use crate::{
    routes::Routes,
    store::Queries as _,
    wire::{Answer, Call, Refusal},
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on::<api::GetFeedbackAnalytics>(|call, db| graph(call, db, Opinions::total))
        .on::<api::GetWeightedFeedback>(|call, db| graph(call, db, Opinions::average))
        .on::<api::GetFeedbackScoreDistribution>(scores)
        .on::<api::GetFeedbackPerModel>(models)
}

/// Feedback on one request.
struct Opinion {
    value: i32,
    weight: f64,
    /// The model of the first request of its trace.
    model: String,
    /// The moment of that request, in milliseconds since 1970.
    created_at: i64,
}

/// Sums over a set of feedback.
#[derive(Debug, Clone, Copy, Default)]
struct Opinions {
    count: u32,
    weight: f64,
    weighted: f64,
}

impl Opinions {
    /// The sums for each value of `key`.
    fn by<'a, K: Ord>(
        opinions: &'a [Opinion],
        key: impl Fn(&'a Opinion) -> K,
    ) -> BTreeMap<K, Self> {
        let mut sets = BTreeMap::<K, Self>::new();
        for opinion in opinions {
            let set = sets.entry(key(opinion)).or_default();
            set.count += 1;
            set.weight += opinion.weight;
            set.weighted += f64::from(opinion.value) * opinion.weight;
        }
        sets
    }

    fn of_all(opinions: &[Opinion]) -> Self {
        let all = Self::by(opinions, |_| ()).into_values().next();
        all.unwrap_or_default()
    }

    fn total(self) -> JsonObject {
        members([("total", json!(self.count))])
    }

    fn average(self) -> JsonObject {
        members([("avg", self.mean())])
    }

    fn mean(self) -> Value {
        if self.weight > 0.0 {
            real(self.weighted / self.weight)
        } else {
            json!(0)
        }
    }
}

fn graph(
    call: &Call,
    db: &Connection,
    figures: fn(Opinions) -> JsonObject,
) -> Result<Answer, Refusal> {
    let filter = Filter::of(call, db)?;
    let opinions = opinions(db, &filter)?;
    let interval = Interval::of(&filter);
    let points = Opinions::by(&opinions, |opinion| interval.start(opinion.created_at));
    let points = points
        .into_iter()
        .map(|(start, set)| point(start, figures(set)));
    Ok(answer(
        figures(Opinions::of_all(&opinions)),
        points.collect(),
    ))
}

fn scores(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let opinions = opinions(db, &Filter::of(call, db)?)?;
    let points = Opinions::by(&opinions, |opinion| opinion.value);
    let points = points
        .into_iter()
        .map(|(score, set)| json!({ "score": score, "total": set.count }));
    Ok(answer(
        Opinions::of_all(&opinions).total(),
        points.collect(),
    ))
}

fn models(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let opinions = opinions(db, &Filter::of(call, db)?)?;
    let models = Opinions::by(&opinions, |opinion| opinion.model.as_str());
    let mut models: Vec<_> = models.into_iter().collect();
    models.sort_by_key(|(_, set)| std::cmp::Reverse(set.count)); // Stable: then by name.
    let points = models.iter().map(|(model, set)| {
        json!({ "ai_model": model, "total": set.count, "avg_weighted_feedback": set.mean() })
    });
    Ok(answer(JsonObject::new(), points.collect()))
}

/// Joins from feedback to logs, because there is far less feedback than logs.
fn opinions(db: &Connection, filter: &Filter) -> rusqlite::Result<Vec<Opinion>> {
    let conditions = filter.of_logs();
    let sql = format!(
        "SELECT given.value, given.weight, log.model, min(log.created_at)
        FROM feedback AS given CROSS JOIN (SELECT * FROM logs WHERE {}) AS log
            ON log.trace_id = given.trace_id AND log.workspace_id = given.workspace_id
        GROUP BY given.rowid",
        conditions.sql()
    );
    db.all(&sql, params_from_iter(conditions.values([])), |row| {
        Ok(Opinion {
            value: row.get(0)?,
            weight: row.get(1)?,
            model: row.get(2)?,
            created_at: row.get(3)?,
        })
    })
}
