//! Figures over time: the points of a graph, and rows of a query by stretches of time.

use jiff::{Timestamp, civil::DateTime};
use portkey_api_core::JsonObject;
use portkey_charts::{Chart, Course, Figures, Moment, Series, Unit};
use serde_json::Value;

use super::{
    MOST_SERIES, Sheet, TIMESTAMP, capitalised, chart,
    measure::{Measure, measures, total, totals},
    name,
};

/// Where a graph names the members that are nought in all points, and are left out of them.
const ALL_ZERO: &str = "zero_in_all_points";

/// The chart of the points of a graph.
pub(super) fn of_points(sheet: &Sheet<'_>) -> Option<Chart> {
    let (measure, series) = lists(sheet).or_else(|| members(sheet))?;
    let labels = sheet.rows.iter().map(|row| row.get(TIMESTAMP));
    let labels: Vec<&str> = labels.map(|at| at?.as_str()).collect::<Option<_>>()?;
    let said = totals(sheet).into_iter().chain(sheet.period());
    let said: Vec<String> = said.collect();
    let course = Course {
        moments: moments(&labels),
        series: most(series, true),
    };
    let figures = Figures::Course(course);
    Some(chart(sheet.subject(), &said, &measure, figures))
}

/// The series of members that are figures of one unit: the total alone, if there is one.
fn members(sheet: &Sheet<'_>) -> Option<(Measure, Vec<Series>)> {
    let mut all: Vec<Measure> = Vec::new();
    for row in &sheet.rows {
        for measure in measures(sheet, row) {
            if !all.contains(&measure) {
                all.push(measure);
            }
        }
    }
    let zeros = sheet.answer.get(ALL_ZERO).and_then(Value::as_array);
    let zeros: Vec<&str> = zeros
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if all.is_empty() {
        all.extend(zeros.iter().filter_map(|zero| Measure::of(sheet, zero)));
    }
    let total = all.iter().find(|one| one.name() == "total");
    let first = total.or(all.first())?.clone();
    let is_drawn = |one: &&Measure| match total {
        Some(total) => *one == total,
        None => is_alike(&one.unit, &first.unit),
    };
    let series = all.iter().filter(is_drawn).map(|measure| Series {
        name: measure.name(),
        values: values(sheet, |row| {
            let nought = zeros.contains(&measure.member.as_str()).then_some(0.0);
            measure.in_row(row).or(nought)
        }),
    });
    let series: Vec<Series> = series.collect();
    let unit = match (&first.unit, series.len()) {
        // What several series count differs; the legend says it.
        (Unit::Count(_), 2..) => Unit::Count(String::new()),
        (unit, _) => unit.clone(),
    };
    Some((Measure { unit, ..first }, series))
}

fn is_alike(one: &Unit, other: &Unit) -> bool {
    one == other || matches!((one, other), (Unit::Count(_), Unit::Count(_)))
}

/// The series of members that are lists of counts, such as errors by status, and of counts beside them.
fn lists(sheet: &Sheet<'_>) -> Option<(Measure, Vec<Series>)> {
    let has_list = sheet
        .rows
        .iter()
        .any(|row| row.values().any(Value::is_array));
    let measure = Measure::of(sheet, "count").filter(|_| has_list)?;
    let none = vec![Some(0.0); sheet.rows.len()];
    let mut series: Vec<Series> = Vec::new();
    for (place, row) in sheet.rows.iter().enumerate() {
        for (name, count) in row.iter().flat_map(|(member, value)| counts(member, value)) {
            let one = named(&mut series, name, &none);
            if let Some(value) = one.and_then(|one| one.values.get_mut(place)) {
                *value = Some(value.unwrap_or(0.0) + count);
            }
        }
    }
    Some((measure, series))
}

/// The series of this name, which begins with `values` if it is new.
fn named<'a>(
    all: &'a mut Vec<Series>,
    name: String,
    values: &[Option<f64>],
) -> Option<&'a mut Series> {
    let place = all.iter().position(|one| one.name == name);
    let place = place.unwrap_or_else(|| {
        let values = values.to_vec();
        all.push(Series { name, values });
        all.len() - 1
    });
    all.get_mut(place)
}

/// What a member counts: its entries if it is a list, or itself.
fn counts(member: &str, value: &Value) -> Vec<(String, f64)> {
    match value {
        Value::Array(entries) => {
            let entries = entries.iter().filter_map(Value::as_object);
            entries.filter_map(|entry| count(member, entry)).collect()
        }
        value => {
            let count = value.as_f64();
            let named = count.map(|count| (member.replace('_', " "), count));
            named.into_iter().collect()
        }
    }
}

/// An entry of a list: its name, by its first member, and its count.
fn count(list: &str, entry: &JsonObject) -> Option<(String, f64)> {
    let mut members = entry.iter();
    let (_, key) = members.next()?;
    let count = members.find_map(|(_, value)| value.as_f64())?;
    let name = match list {
        "stats" => name(key),
        list => format!("{} {}", list.replace('_', " "), name(key)),
    };
    Some((name, count))
}

/// The chart of the rows of a query by stretches of time: a line for each group.
pub(super) fn of_rows(sheet: &Sheet<'_>, stretch: &str) -> Option<Chart> {
    let first = *sheet.rows.first()?;
    let measure = measures(sheet, first).into_iter().next()?;
    let keys = sheet.keys().into_iter();
    let groups: Vec<&str> = keys.filter(|key| *key != stretch).collect();
    let label = |row: &'_ JsonObject| row.get(stretch).and_then(Value::as_str).map(str::to_owned);
    let mut labels: Vec<String> = sheet.rows.iter().filter_map(|row| label(row)).collect();
    // Rows are sorted by time.
    labels.dedup();
    // A group without a row in a stretch has no requests there: that is nought, but no average.
    let absent = vec![measure.adds_up().then_some(0.0); labels.len()];
    let mut series: Vec<Series> = Vec::new();
    for row in &sheet.rows {
        let names = groups.iter().filter_map(|key| row.get(*key).map(name));
        let name = names.collect::<Vec<_>>().join(" · ");
        let at = labels
            .iter()
            .position(|one| label(row).as_ref() == Some(one));
        let one = named(&mut series, name, &absent).zip(at);
        if let Some(value) = one.and_then(|(one, at)| one.values.get_mut(at)) {
            *value = measure.in_row(row);
        }
    }
    let title = title(&measure, groups.into_iter().chain([stretch]));
    let said = total(sheet, &measure).into_iter().chain(sheet.period());
    let said: Vec<String> = said.collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let course = Course {
        moments: moments(&labels),
        series: most(series, measure.adds_up()),
    };
    let figures = Figures::Course(course);
    Some(chart(title, &said, &measure, figures))
}

/// What a query measured, and by what: `Cost by model and day`.
pub(super) fn title<'a>(measure: &Measure, by: impl Iterator<Item = &'a str>) -> String {
    let by: Vec<String> = by.map(|key| key.replace('_', " ")).collect();
    capitalised(&format!("{} by {}", measure.name(), by.join(" and ")))
}

fn values(sheet: &Sheet<'_>, value: impl Fn(&JsonObject) -> Option<f64>) -> Vec<Option<f64>> {
    sheet.rows.iter().map(|row| value(row)).collect()
}

/// The series with the largest figures, the largest first; the others as one, if they add up.
fn most(mut series: Vec<Series>, add_up: bool) -> Vec<Series> {
    if series.len() <= MOST_SERIES + 1 {
        return series;
    }
    let sum = |series: &Series| series.values.iter().flatten().sum::<f64>();
    series.sort_by(|one, other| sum(other).total_cmp(&sum(one)));
    let rest = series.split_off(MOST_SERIES);
    if add_up {
        let mut values = vec![Some(0.0); rest.first().map_or(0, |one| one.values.len())];
        for one in &rest {
            for (sum, value) in values.iter_mut().zip(&one.values) {
                *sum = Some(sum.unwrap_or(0.0) + value.unwrap_or(0.0));
            }
        }
        let name = format!("{} others", rest.len());
        series.push(Series { name, values });
    }
    series
}

/// The moments of these labels: as far from each other as they are in time, or evenly if one is no time.
fn moments(labels: &[&str]) -> Vec<Moment> {
    let times: Option<Vec<DateTime>> = labels.iter().map(|label| time(label)).collect();
    let has_hours = labels.iter().any(|label| label.len() > 10);
    let short = |time: DateTime| {
        let date = time.strftime("%b %-d").to_string();
        if has_hours {
            format!("{date} {}", time.strftime("%H:%M"))
        } else {
            date
        }
    };
    let at = |place: usize| u32::try_from(place).map_or(0.0, f64::from);
    if let Some(times) = times {
        let first = times.first().copied().unwrap_or_default();
        let moments = times.into_iter().map(|time| Moment {
            label: short(time),
            at: time.duration_since(first).as_secs_f64(),
        });
        return moments.collect();
    }
    let labels = labels.iter().enumerate();
    let moments = labels.map(|(place, label)| Moment {
        label: (*label).to_owned(),
        at: at(place),
    });
    moments.collect()
}

/// The time that a label says, in UTC: `2026-11-21`, `2026-11-21 05:00:00` or `2026-11-21T05:00:00.000Z`.
fn time(label: &str) -> Option<DateTime> {
    if let Ok(timestamp) = label.parse::<Timestamp>() {
        return Some(timestamp.to_zoned(jiff::tz::TimeZone::UTC).datetime());
    }
    label.trim_end_matches('Z').parse().ok()
}
