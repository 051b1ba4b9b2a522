//! Members of answers that are figures: their units and names.

use portkey_api_core::JsonObject;
use portkey_charts::Unit;
use serde_json::Value;

use super::{POINTS, ROWS, Sheet};

/// The suffix of an amount in dollars.
const DOLLARS: &str = "_usd";

/// Members that say nothing but which figure of the whole they are.
const PLAIN: [&str; 5] = ["total", "avg", "rate", "count", "unique"];

/// Endings of members that compare other members.
const COMPARISONS: [&str; 4] = ["_share", "_change", "_before", "_before_usd"];

/// A member that is a figure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    pub(super) member: String,
    pub(super) unit: Unit,
}

impl Measure {
    /// The measure of a member. `None` for cents, beside which there are dollars.
    pub(super) fn of(sheet: &Sheet<'_>, member: &str) -> Option<Self> {
        let unit = if member.ends_with(DOLLARS) {
            Unit::Dollars
        } else {
            match unit(sheet.answer, member) {
                Some("cents") => return None,
                Some("milliseconds") => Unit::Milliseconds,
                Some(unit) if unit.starts_with("percent") => Unit::Percent,
                _ if PLAIN.contains(&member) => Unit::Count(counted(&sheet.subject())),
                _ => Unit::Count(words(member)),
            }
        };
        Some(Self {
            member: member.to_owned(),
            unit,
        })
    }

    pub(super) fn in_row(&self, row: &JsonObject) -> Option<f64> {
        row.get(&self.member)?.as_f64()
    }

    /// What a legend calls it.
    pub(super) fn name(&self) -> String {
        let name = self.member.strip_suffix(DOLLARS).unwrap_or(&self.member);
        match name {
            "avg" => "average".to_owned(),
            name => words(name),
        }
    }

    /// Whether figures of parts add up to that of the whole.
    pub(super) fn adds_up(&self) -> bool {
        let is_amount = matches!(self.unit, Unit::Dollars | Unit::Count(_));
        let is_average = ["avg", "per_", "score", "unique", "users"];
        is_amount && !is_average.iter().any(|part| self.member.contains(part))
    }
}

/// The measures among the members of a row, in order.
pub(super) fn measures(sheet: &Sheet<'_>, row: &JsonObject) -> Vec<Measure> {
    let compares = |name: &str| COMPARISONS.iter().any(|ending| name.ends_with(ending));
    let figures = row.iter().filter(|(name, value)| {
        let is_figure = value.is_number() || value.is_null();
        is_figure && !compares(name)
    });
    figures
        .filter_map(|(name, _)| Measure::of(sheet, name))
        .collect()
}

/// The figures of the whole period of a graph.
pub(super) fn totals(sheet: &Sheet<'_>) -> Vec<String> {
    const MOST: usize = 4;
    let Some(whole) = sheet.answer.get("summary").and_then(Value::as_object) else {
        return Vec::new();
    };
    let figures = measures(sheet, whole).into_iter().filter_map(|measure| {
        let value = measure.in_row(whole)?;
        Some(format!("{} {}", measure.name(), measure.unit.exact(value)))
    });
    figures.take(MOST).collect()
}

/// The figure of the whole period of a query.
pub(super) fn total(sheet: &Sheet<'_>, measure: &Measure) -> Option<String> {
    let whole = sheet.answer.get("total")?.as_object()?;
    let figure = measure.unit.exact(measure.in_row(whole)?);
    let name = if measure.adds_up() {
        "total".to_owned()
    } else {
        measure.name()
    };
    Some(format!("{name} {figure}"))
}

/// The unit that an answer gives a member.
fn unit<'a>(answer: &'a Value, member: &str) -> Option<&'a str> {
    let units = answer.get("units")?.as_object()?;
    let told = |name: &str| units.get(name).and_then(Value::as_str);
    let places = [POINTS, ROWS, "summary"];
    let mut places = places.iter().map(|place| format!("{place}.{member}"));
    told(member).or_else(|| places.find_map(|place| told(&place)))
}

/// What is counted, by what the tool gets: `requests` of `Requests over time`.
fn counted(subject: &str) -> String {
    let ends = [" over time", " by ", " per model"];
    let end = ends.iter().filter_map(|end| subject.find(end)).min();
    let counted = end.and_then(|end| subject.get(..end)).unwrap_or(subject);
    counted.to_lowercase()
}

fn words(member: &str) -> String {
    member.replace('_', " ")
}
