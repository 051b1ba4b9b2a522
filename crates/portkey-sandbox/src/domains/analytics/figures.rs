//! The figures of answers: each has a name and is computed from the tally of a set of requests.

use std::cmp::Ordering;

use portkey_api::JsonObject;
use serde_json::{Value, json};

use super::{request::Column, tally::Tally};

/// A named number in answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    /// The columns of each request that it needs.
    columns: &'static [Column],
    of: fn(&Tally) -> Value,
}

pub(super) const fn figure(
    name: &'static str,
    columns: &'static [Column],
    of: fn(&Tally) -> Value,
) -> Figure {
    Figure { name, columns, of }
}

/// The columns that these figures need, and some more.
pub(super) fn columns(figures: &[Figure], besides: &[Column]) -> Vec<Column> {
    let columns = figures.iter().flat_map(|figure| figure.columns);
    let mut columns: Vec<_> = columns.chain(besides).copied().collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// The figures by name.
pub(super) fn object(figures: &[Figure], tally: &Tally) -> JsonObject {
    let members = figures
        .iter()
        .map(|figure| (figure.name.to_owned(), (figure.of)(tally)));
    members.collect()
}

/// A mean; zero if there is nothing to divide, as the API answers.
pub(super) fn mean(sum: f64, count: u64) -> Value {
    match count {
        0 => json!(0),
        count => real(sum / float(count)),
    }
}

/// The mean of a sum of whole numbers.
pub(super) fn ratio(sum: u64, count: u64) -> Value {
    mean(float(sum), count)
}

/// A share in per cent.
pub(super) fn share(part: u64, whole: u64) -> Value {
    ratio(100 * part, whole)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "53 bits count more tokens and milliseconds than there will be"
)]
fn float(whole: u64) -> f64 {
    whole as f64
}

/// A number rounded to eight decimal places, which removes the error of adding fractions.
pub(super) fn real(number: f64) -> Value {
    json!((number * 1e8).round() / 1e8)
}

/// Compares numbers by size and texts alphabetically.
pub(super) fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let numbers = number(one).partial_cmp(&number(other));
    numbers
        .unwrap_or(Ordering::Equal)
        .then_with(|| text(one).cmp(&text(other)))
}
