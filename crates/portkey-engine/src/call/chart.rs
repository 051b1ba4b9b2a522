//! Charts of analytics: which figures of an answer are drawn, and how they are named.
//!
//! A graph over time is drawn as its points, a list of groups as bars. What has several units is drawn by one of them, since
//! figures of different units cannot be compared by their height.

mod course;
mod groups;
mod measure;

use portkey_api_core::JsonObject;
use portkey_charts::{Chart, Figures};
use serde_json::Value;

use crate::{catalog::Tool, untrusted::visible};
use course::{of_points, of_rows};
use measure::Measure;

/// A chart of an answer, and the form in which it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// What is drawn.
    pub chart: Chart,
    /// As what.
    pub form: DrawingForm,
}

/// The form of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawingForm {
    /// A picture, which people and models see.
    Png,
    /// Text for programs that draw it, which costs a model many tokens.
    Svg,
}

/// The most lines or bars of a chart. The rest is summed up or left out.
const MOST_SERIES: usize = 7;
const MOST_BARS: usize = 20;

/// The lists of answers that are drawn.
const POINTS: &str = "data_points";
const ROWS: &str = "data";
const TIMESTAMP: &str = "timestamp";

/// The chart of an answer of `tool`. `None` if nothing in it can be drawn.
pub(super) fn of(tool: Tool, arguments: &JsonObject, answer: &Value) -> Option<Chart> {
    let list = |name| answer.get(name).and_then(Value::as_array);
    let rows = list(POINTS).or_else(|| list(ROWS))?;
    let rows: Vec<&JsonObject> = rows.iter().filter_map(Value::as_object).collect();
    let first = *rows.first()?;
    let sheet = Sheet {
        tool,
        arguments,
        answer,
        rows,
    };
    if first.contains_key(TIMESTAMP) {
        return of_points(&sheet);
    }
    match sheet.stretch() {
        Some(stretch) => of_rows(&sheet, stretch),
        None => groups::of(&sheet),
    }
}

/// An answer whose rows are drawn.
struct Sheet<'a> {
    tool: Tool,
    arguments: &'a JsonObject,
    answer: &'a Value,
    rows: Vec<&'a JsonObject>,
}

impl Sheet<'_> {
    /// What the tool gets: its title without the verb.
    fn subject(&self) -> String {
        let title = self.tool.declaration().title;
        capitalised(title.split_once(' ').map_or(title, |(_, subject)| subject))
    }

    /// The members in front of the figures of a row of a query: what it is of.
    fn keys(&self) -> Vec<&str> {
        let first = self.rows.first().copied().into_iter().flatten();
        let keys = first.take_while(|(_, value)| value.is_string());
        keys.map(|(name, _)| name.as_str()).collect()
    }

    /// The member of rows that says which stretch of time they are of.
    fn stretch(&self) -> Option<&str> {
        let stretches = ["hour", "day", "week", "month"];
        let mut keys = self.keys().into_iter();
        keys.find(|key| stretches.contains(key))
    }

    /// The period of the figures, as the call or the answer says it.
    fn period(&self) -> Option<String> {
        let told = self.answer.get("period").and_then(Value::as_str);
        let asked = |name: &str| self.arguments.get(name).and_then(Value::as_str);
        let (from, to) = match told.and_then(|told| told.split_once('/')) {
            Some(told) => told,
            None => (
                asked("time_of_generation_min")?,
                asked("time_of_generation_max")?,
            ),
        };
        let date = |moment: &str| moment.get(..10).unwrap_or(moment).to_owned();
        Some(format!("{} to {}, UTC", date(from), date(to)))
    }
}

/// A chart with what is said under its title.
fn chart(title: String, said: &[String], measure: &Measure, figures: Figures) -> Chart {
    Chart {
        title,
        subtitle: capitalised(&said.join(" · ")),
        unit: measure.unit.clone(),
        figures,
    }
}

/// A text whose first letter is a capital.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The text of a value that names a group.
fn name(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "(none)".to_owned(),
        Value::String(text) => visible(text).into_owned(),
        Value::Null => "(none)".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
