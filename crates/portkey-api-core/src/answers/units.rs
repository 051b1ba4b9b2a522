//! Adds the units of numbers to an answer, and amounts in dollars to those in cents.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{Declaration, json::whole, keywords::UNIT, walk::walk};

/// The member of an answer that names the units of other members.
const UNITS: &str = "units";

/// The suffix of the added members with an amount in dollars.
const DOLLARS: &str = "_usd";

impl Declaration {
    /// Rounds the numbers of an answer, adds dollars to cents, and adds the member `units`. It maps names of
    /// members to their units, or paths of members if those with the same name have different units.
    pub fn tell_units(&self, answer: &mut Value) {
        let mut units = Units::default();
        let schema = self.output();
        walk(
            schema,
            answer,
            &mut String::new(),
            &mut |schema, value, path| {
                if let Value::Object(members) = value {
                    add_units(schema, members, path, &mut units);
                }
            },
        );
        if let (Some(answer), false) = (answer.as_object_mut(), units.0.is_empty()) {
            answer.entry(UNITS).or_insert_with(|| units.into_json());
        }
    }
}

fn add_units(schema: &Value, members: &mut Map<String, Value>, path: &str, units: &mut Units) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    let unit = |name: &str| properties.get(name)?.get(UNIT)?.as_str();
    if !members.keys().any(|name| unit(name).is_some()) {
        return;
    }
    let mut json = Map::new();
    for (name, value) in std::mem::take(members) {
        let (Some(unit), Some(figure)) = (unit(&name), value.as_f64()) else {
            json.insert(name, value);
            continue;
        };
        let dollars = (unit == "cents").then(|| (format!("{name}{DOLLARS}"), dollars(figure)));
        units.add(unit, path, &name);
        json.insert(name, rounded(figure, decimals(unit)));
        if let Some((name, dollars)) = dollars {
            json.insert(name, dollars);
        }
    }
    *members = json;
}

fn dollars(cents: f64) -> Value {
    rounded(cents / 100.0, 6)
}

/// Returns the number of significant decimals for a unit.
fn decimals(unit: &str) -> i32 {
    match unit {
        "percent" | "milliseconds" => 2,
        _ => 4,
    }
}

/// Rounds to a number of decimals, or to three significant digits if that is more precise. Whole numbers are written
/// without decimals.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the logarithm of a double is a small number"
)]
fn rounded(figure: f64, decimals: i32) -> Value {
    let first_digit = match figure.abs().log10() {
        exponent if exponent.is_finite() => exponent.floor() as i32,
        _ => 0,
    };
    let scale = 10_f64.powi(decimals.max(2 - first_digit));
    let scaled = (figure * scale).round();
    let rounded = if scaled.is_finite() && scaled.abs() < 9e15 {
        scaled / scale
    } else {
        figure
    };
    whole(rounded).unwrap_or_else(|| rounded.into())
}

/// The units of an answer. Maps the names of members to their paths, and these to units.
#[derive(Default)]
struct Units(BTreeMap<String, BTreeMap<String, String>>);

impl Units {
    fn add(&mut self, unit: &str, path: &str, name: &str) {
        if unit.is_empty() {
            return;
        }
        let place = without_numbers(path);
        let places = match self.0.get_mut(name) {
            Some(places) => places,
            None => self.0.entry(name.to_owned()).or_default(),
        };
        places.entry(place).or_insert_with(|| unit.to_owned());
    }

    fn into_json(self) -> Value {
        let mut json = Map::new();
        for (name, places) in self.0 {
            let mut units = places.values();
            let first = units.next().cloned().unwrap_or_default();
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

/// Returns the path without indexes, `data` for `data[3]`, because all entries of a list have the same units.
fn without_numbers(path: &str) -> String {
    let parts = path.split(['[', ']']).enumerate();
    let names = parts.filter(|(at, _)| at % 2 == 0).map(|(_, part)| part);
    names.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_with_several_units_is_told_with_its_place() {
        let mut units = Units::default();
        units.add("cents", "cost", "avg");
        units.add("milliseconds", "latency", "avg");
        units.add("cents", "days[3].cost", "total");
        assert_eq!(
            units.into_json(),
            json!({ "cost.avg": "cents", "latency.avg": "milliseconds", "total": "cents" })
        );
    }

    #[test]
    fn what_is_small_keeps_its_digits_and_what_is_whole_is_written_so() {
        assert_eq!(rounded(0.000_001_234_56, 6), json!(0.000_001_23));
        assert_eq!(rounded(763.0, 2), json!(763));
        assert_eq!(rounded(0.0, 2), json!(0));
        assert_eq!(rounded(98.699_999_9, 2), json!(98.7));
        assert_eq!(rounded(-1.005_4, 2), json!(-1.01));
    }
}
