//! Graphs over time. Portkey's points are merged into days unless the caller asks for hours, since a week of hourly
//! points is long and seldom needed.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use portkey_api::analytics::{
    GRANULARITY, Granularity,
    days::{Day, Graph, leave_out_zeros},
};
use portkey_api_core::{JsonObject, Operation};
use serde_json::Value;

use super::{Failure, permit::Permit};

const FROM: &str = "time_of_generation_min";
const TO: &str = "time_of_generation_max";
const POINTS: &str = "data_points";

/// Requests for single days that run at the same time.
const AT_ONCE: usize = 4;
/// Most days that are requested one by one. A longer graph goes without the values that need such requests.
const MOST_DAYS: usize = 8;

/// Whether the answer of `operation` is a graph over time.
pub(super) fn is_time_series(operation: &Operation) -> bool {
    operation.declaration.argument(GRANULARITY).is_some()
}

impl Permit<'_> {
    /// Makes the call and returns its graph in the granularity that the arguments ask for: days, hours or the summary
    /// alone.
    pub(super) async fn time_series(&self, mut arguments: JsonObject) -> Result<Value, Failure> {
        let granularity = arguments.remove(GRANULARITY);
        let granularity = granularity.and_then(|asked| serde_json::from_value(asked).ok());
        let mut graph = self.fetch(arguments.clone()).await?;
        match granularity.unwrap_or_default() {
            Granularity::None => {
                if let Some(graph) = graph.as_object_mut() {
                    graph.remove(POINTS);
                }
            }
            Granularity::Hour => leave_out_zeros(&mut graph),
            Granularity::Day => {
                self.put_into_days(&arguments, &mut graph).await?;
                leave_out_zeros(&mut graph);
            }
        }
        Ok(graph)
    }

    async fn put_into_days(
        &self,
        arguments: &JsonObject,
        graph: &mut Value,
    ) -> Result<(), Failure> {
        let shape = Graph::of(&self.operation.declaration);
        let Some(days) = shape.days(graph) else {
            return Ok(());
        };
        let is_finer = days.iter().any(|day| day.points > 1);
        if is_finer && !shape.tells_days() {
            self.context.notes.add(
                "the points are as Portkey gives them: nothing says what they come to in a day",
            );
            return Ok(());
        }
        let summaries = self.summaries(arguments, &days).await?;
        if is_finer {
            let left = shape.left_out(&summaries);
            if !left.is_empty() {
                self.context.notes.add(format!(
                    "days are told without `{}`, which do not add up; `granularity: \"hour\"` shows them",
                    left.join("`, `")
                ));
            }
        }
        shape.by_day(graph, &summaries);
        Ok(())
    }

    /// Requests the summary of each day that has several points, if the graph has values that cannot be computed from
    /// its points: an average, a percentile or a count of distinct users of a day does not follow from those of its
    /// hours. Empty for more than [`MOST_DAYS`] such days.
    async fn summaries(&self, arguments: &JsonObject, days: &[Day]) -> Result<JsonObject, Failure> {
        let several = || days.iter().filter(|day| day.points > 1);
        let needed = !Graph::of(&self.operation.declaration)
            .told_by_summary()
            .is_empty();
        if !needed || several().count() > MOST_DAYS {
            return Ok(JsonObject::new());
        }
        let asked = several().filter_map(|day| {
            let date = day.date.clone();
            let arguments = of_day(arguments, &date)?;
            Some(async move { Ok((date, self.summary(arguments).await?)) })
        });
        let asked: Vec<_> = asked.collect();
        stream::iter(asked).buffered(AT_ONCE).try_collect().await
    }

    async fn summary(&self, arguments: JsonObject) -> Result<Value, Failure> {
        let mut graph = self.fetch(arguments).await?;
        Ok(graph
            .get_mut("summary")
            .map(Value::take)
            .unwrap_or_default())
    }
}

/// Returns the arguments with their period cut to the UTC day `date`. `None` if the period is missing or invalid.
fn of_day(arguments: &JsonObject, date: &str) -> Option<JsonObject> {
    let moment = |name: &str| arguments.get(name)?.as_str()?.parse::<Timestamp>().ok();
    let begin: Timestamp = format!("{date}T00:00:00Z").parse().ok()?;
    let end: Timestamp = format!("{date}T23:59:59.999Z").parse().ok()?;
    let mut arguments = arguments.clone();
    let from = moment(FROM)?.max(begin);
    let to = moment(TO)?.min(end);
    arguments.insert(FROM.to_owned(), from.to_string().into());
    arguments.insert(TO.to_owned(), to.to_string().into());
    Some(arguments)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_period_of_a_day_is_cut_to_that_of_the_call() {
        let period = json!({ "time_of_generation_min": "2026-11-21T06:30:00+02:00", "time_of_generation_max": "2026-11-22T12:00:00Z" });
        let of = |date| of_day(period.as_object().unwrap(), date).unwrap();
        let first = of("2026-11-21");
        assert_eq!(
            (&first[FROM], &first[TO]),
            (
                &json!("2026-11-21T04:30:00Z"),
                &json!("2026-11-21T23:59:59.999Z")
            )
        );
        let last = of("2026-11-22");
        assert_eq!(
            (&last[FROM], &last[TO]),
            (
                &json!("2026-11-22T00:00:00Z"),
                &json!("2026-11-22T12:00:00Z")
            )
        );
        assert_eq!(of_day(&JsonObject::new(), "2026-11-21"), None);
    }
}
