//! Figures by group, as bars.

use portkey_api_core::JsonObject;
use portkey_charts::{Bar, Chart, Figures};
use serde_json::Value;

use super::{
    MOST_BARS, Sheet, chart,
    course::title,
    measure::{Measure, measures, total},
    name,
};
use crate::catalog::Tool;

/// What every row of Portkey's groups says beside its figures.
const KIND: &str = "object";

/// The argument that says what is grouped by.
const GROUP: &str = "group_by";

/// The chart of rows that are groups.
pub(super) fn of(sheet: &Sheet<'_>) -> Option<Chart> {
    let first = *sheet.rows.first()?;
    let is_query = matches!(sheet.tool, Tool::Workflow(_));
    let keys = if is_query {
        sheet.keys()
    } else {
        vec![label(sheet, first)?]
    };
    let figures = measures(sheet, first).into_iter();
    let figures = figures.filter(|one| !keys.contains(&one.member.as_str()));
    let figures: Vec<Measure> = figures.collect();
    let measure = chosen(sheet, &figures, is_query)?;
    let bars = sheet.rows.iter().filter_map(|row| {
        let names = keys.iter().filter_map(|key| row.get(*key).map(name));
        Some(Bar {
            label: names.collect::<Vec<_>>().join(" · "),
            value: measure.in_row(row)?,
            before: before(&measure, row),
        })
    });
    let mut bars: Vec<Bar> = bars.collect();
    bars.sort_by(|one, other| other.value.total_cmp(&one.value));
    let (title, mut said) = if is_query {
        let total = total(sheet, &measure);
        (
            title(&measure, keys.into_iter()),
            total.into_iter().collect(),
        )
    } else if sheet.arguments.contains_key(GROUP) {
        (
            title(&measure, keys.into_iter()),
            sum(sheet, &measure, &bars),
        )
    } else {
        (sheet.subject(), sum(sheet, &measure, &bars))
    };
    said.extend(sheet.period());
    let bars = most(bars, measure.adds_up());
    Some(chart(title, &said, &measure, Figures::Groups(bars)))
}

/// The member that names a group: what was grouped by, else the first text, else the first member.
fn label<'a>(sheet: &'a Sheet<'_>, row: &'a JsonObject) -> Option<&'a str> {
    let asked = sheet.arguments.get(GROUP).and_then(Value::as_str);
    let is_text = |name: &&str| *name != KIND && row.get(*name).is_some_and(Value::is_string);
    let names = || row.keys().map(String::as_str);
    let asked = asked.filter(|name| row.contains_key(*name));
    asked
        .or_else(|| names().find(is_text))
        .or_else(|| names().next())
}

/// The figure to draw: the first of a query; of other tools what was asked for, else money.
fn chosen(sheet: &Sheet<'_>, measures: &[Measure], is_query: bool) -> Option<Measure> {
    let asked = ["columns", "order_by"].into_iter().find_map(|argument| {
        let columns = sheet.arguments.get(argument)?.as_str()?;
        let column = columns.split(',').next()?.trim();
        let is_asked =
            |one: &&Measure| one.member.strip_suffix("_usd").unwrap_or(&one.member) == column;
        measures.iter().find(is_asked)
    });
    let money = measures
        .iter()
        .find(|one| one.name() == "cost" && !is_query);
    asked.or(money).or(measures.first()).cloned()
}

/// The figure of the period that is compared with.
fn before(measure: &Measure, row: &JsonObject) -> Option<f64> {
    let name = match measure.member.strip_suffix("_usd") {
        Some(name) => format!("{name}_before_usd"),
        None => format!("{}_before", measure.member),
    };
    row.get(&name)?.as_f64()
}

/// What the bars come to, if they add up.
fn sum(sheet: &Sheet<'_>, measure: &Measure, bars: &[Bar]) -> Vec<String> {
    let more = sheet
        .answer
        .get("next_page")
        .map(|_| "there are more pages".to_owned());
    let sum: f64 = bars.iter().map(|bar| bar.value).sum();
    let sum = measure
        .adds_up()
        .then(|| format!("sum {}", measure.unit.exact(sum)));
    sum.into_iter().chain(more).collect()
}

/// The longest bars; the others as one, if they add up.
fn most(mut bars: Vec<Bar>, add_up: bool) -> Vec<Bar> {
    if bars.len() <= MOST_BARS + 1 {
        return bars;
    }
    let rest = bars.split_off(MOST_BARS);
    if add_up {
        bars.push(Bar {
            label: format!("{} others", rest.len()),
            value: rest.iter().map(|bar| bar.value).sum(),
            before: None,
        });
    }
    bars
}
