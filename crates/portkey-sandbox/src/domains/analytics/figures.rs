//! What answers say of a set of requests: named figures, each made from their tally.

use std::cmp::Ordering;

use portkey_api::JsonObject;
use serde_json::{Value, json};

use super::{request::Column, tally::Tally};

/// A number that answers give.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    /// What must be known of each request.
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

/// What must be known of each request for these figures, and besides.
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

/// So much for each. The API answers a number where there is nothing to divide, too: zero.
pub(super) fn mean(sum: f64, count: u64) -> Value {
    match count {
        0 => json!(0),
        count => real(sum / float(count)),
    }
}

/// The same of a whole number.
pub(super) fn ratio(sum: u64, count: u64) -> Value {
    mean(float(sum), count)
}

/// In per cent.
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

/// Without the noise that adding fractions leaves behind.
pub(super) fn real(number: f64) -> Value {
    json!((number * 1e8).round() / 1e8)
}

/// Numbers by size, texts by letters.
pub(super) fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let numbers = number(one).partial_cmp(&number(other));
    numbers
        .unwrap_or(Ordering::Equal)
        .then_with(|| text(one).cmp(&text(other)))
}
