//! Adds the units of numbers to an answer, and amounts in dollars to those in cents.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{JsonObject, json::rounded, node::Node, path::Path, types::Cents};

/// The member of an answer that names the units of other members.
const UNITS: &str = "units";

/// The suffix of the added members with an amount in dollars.
const DOLLARS: &str = "_usd";

/// Rounds the members of an object that have units, and records the units. Dollars take the place of cents, or stand
/// beside them if `cents` are shown too. `path` is the path of the object.
pub(super) fn add_units(
    node: &Node,
    members: &mut JsonObject,
    path: &Path<'_>,
    cents: bool,
    units: &mut Units,
) {
    let unit = |name: &str| node.members.get(name)?.unit;
    if !members.keys().any(|name| unit(name).is_some()) {
        return;
    }
    let mut json = JsonObject::with_capacity(members.len() + 1);
    for (name, value) in std::mem::take(members) {
        let (Some(unit), Some(figure)) = (unit(&name), value.as_f64()) else {
            json.insert(name, value);
            continue;
        };
        let dollars = (unit == "cents").then(|| (format!("{name}{DOLLARS}"), dollars(figure)));
        if cents || dollars.is_none() {
            units.add(unit, path, &name);
            json.insert(name, rounded(figure, decimals(unit)));
        }
        json.extend(dollars);
    }
    *members = json;
}

fn dollars(cents: f64) -> Value {
    rounded(Cents(cents).dollars(), 6)
}

/// Returns the number of significant decimals for a unit.
fn decimals(unit: &str) -> i32 {
    match unit {
        "percent" | "milliseconds" => 2,
        _ => 4,
    }
}

/// The units of an answer. Maps the names of members to their paths, and these to units.
#[derive(Default)]
pub(super) struct Units(BTreeMap<String, BTreeMap<String, &'static str>>);

impl Units {
    fn add(&mut self, unit: &'static str, path: &Path<'_>, name: &str) {
        if unit.is_empty() {
            return;
        }
        let place = names(path);
        if let Some(places) = self.0.get_mut(name) {
            places.entry(place).or_insert(unit);
        } else {
            self.0.insert(name.to_owned(), [(place, unit)].into());
        }
    }

    /// Adds the member `units` to an answer. It maps names of members to their units, or paths of members if those with
    /// the same name have different units.
    pub(super) fn describe(self, answer: &mut Value) {
        if let (Value::Object(answer), false) = (answer, self.0.is_empty()) {
            answer.entry(UNITS).or_insert_with(|| self.into_json());
        }
    }

    fn into_json(self) -> Value {
        let mut json = JsonObject::new();
        for (name, places) in self.0 {
            let mut units = places.values();
            let first = units.next().copied().unwrap_or_default();
            if units.all(|unit| *unit == first) {
                json.insert(name, first.into());
                continue;
            }
            for (place, unit) in places {
                json.insert(format!("{place}.{name}"), unit.into());
            }
        }
        Value::Object(json)
    }
}

/// Returns a path without indexes, `data` for `data[3]`, because all entries of a list have the same units.
fn names(path: &Path<'_>) -> String {
    match path {
        Path::Root => String::new(),
        Path::Entry(around, _) => names(around),
        Path::Member(around, name) => {
            let mut names = names(around);
            if !names.is_empty() {
                names.push('.');
            }
            names.push_str(name);
            names
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_with_several_units_is_told_with_its_place() {
        let mut units = Units::default();
        let root = Path::Root;
        units.add("cents", &root.member("cost"), "avg");
        units.add("milliseconds", &root.member("latency"), "avg");
        let days = root.member("days");
        units.add("cents", &days.entry(3).member("cost"), "total");
        assert_eq!(
            units.into_json(),
            json!({ "cost.avg": "cents", "latency.avg": "milliseconds", "total": "cents" })
        );
    }
}
