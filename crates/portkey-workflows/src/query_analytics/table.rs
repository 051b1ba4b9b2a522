//! The rows of an answer, with shares and changes.

use portkey_api::JsonObject;
use portkey_api_core::rounded;
use serde_json::Value;

use super::{
    Analysis,
    dimension::Dimension,
    figures::{Cell, Figures},
    metric::{Metric, Unit},
    survey::Surveyed,
};

/// What is shown of a group whose requests lack the property.
const NONE: &str = "(none)";

/// How the figures of a query become rows.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) metrics: &'a [Metric],
    /// In the order in which they were asked for.
    pub(super) dimensions: &'a [Dimension],
    /// What the stretches of time are, and what each is called.
    pub(super) labels: Option<(&'static str, Vec<String>)>,
}

impl Table<'_> {
    /// The answer for a period, and for the one that it is compared with.
    pub(super) fn of(&self, now: Surveyed, before: Option<Surveyed>) -> Analysis {
        let (total_before, cells_before) = match before {
            Some(before) => (Some(before.total), before.cells),
            None => (None, Vec::new()),
        };
        let is_compared = total_before.is_some();
        let mut total = JsonObject::new();
        self.write(&mut total, &now.total, total_before.as_ref(), None);
        let mut cells = now.cells;
        let gone = cells_before
            .iter()
            .filter(|cell| !cells.iter().any(|one| one.is_of(cell)));
        let gone: Vec<Cell> = gone.map(|cell| self.empty(cell)).collect();
        cells.extend(gone);
        sort(&mut cells);
        let rows = cells.iter().map(|cell| {
            let mut row = self.keys(cell);
            let before = cells_before.iter().find(|other| other.is_of(cell));
            let before =
                before.map_or_else(|| self.empty(cell).figures, |cell| cell.figures.clone());
            let before = is_compared.then_some(&before);
            self.write(&mut row, &cell.figures, before, Some(&now.total));
            row
        });
        Analysis {
            data: rows.collect(),
            other: self.other(&now.total, &cells),
            units: self.units(!cells.is_empty(), is_compared),
            total,
            ..Analysis::default()
        }
    }

    /// A group without requests.
    fn empty(&self, cell: &Cell) -> Cell {
        let zero = |metric: Metric| metric.facts().adds_up.then_some(0.0);
        Cell {
            figures: Figures::told(self.metrics, zero),
            ..cell.clone()
        }
    }

    /// What a row is of.
    fn keys(&self, cell: &Cell) -> JsonObject {
        let mut keys = JsonObject::new();
        if let (Some((name, labels)), Some(place)) = (&self.labels, cell.stretch) {
            let label = labels.get(place).cloned().unwrap_or_default();
            keys.insert((*name).to_owned(), label.into());
        }
        for dimension in self.dimensions {
            let value = cell.value(*dimension).unwrap_or(NONE);
            keys.insert(dimension.name().to_owned(), value.into());
        }
        keys
    }

    /// Writes figures, their shares of a whole, and how they changed.
    fn write(
        &self,
        row: &mut JsonObject,
        figures: &Figures,
        before: Option<&Figures>,
        whole: Option<&Figures>,
    ) {
        for (place, metric) in self.metrics.iter().enumerate() {
            let facts = metric.facts();
            let (unit, name) = (facts.unit, facts.name);
            let figure = figures.at(place);
            let shown =
                |figure: Option<f64>| figure.map_or(Value::Null, |f| rounded(f, unit.decimals()));
            row.insert(metric.member(""), shown(figure));
            let share = whole.and_then(|whole| share(figure?, whole.at(place)?));
            if let (Some(share), true) = (share, facts.adds_up) {
                row.insert(format!("{name}_share"), rounded(share, 2));
            }
            if let Some(before) = before {
                let before = before.at(place);
                row.insert(metric.member("_before"), shown(before));
                let change = figure
                    .zip(before)
                    .and_then(|(now, before)| change(unit, now, before));
                row.insert(
                    format!("{name}_change"),
                    change.map_or(Value::Null, |c| rounded(c, 2)),
                );
            }
        }
    }

    /// What the total has besides the rows, if they do not make it up.
    fn other(&self, total: &Figures, cells: &[Cell]) -> JsonObject {
        let mut other = JsonObject::new();
        if cells.is_empty() {
            return other;
        }
        let sum = Figures::sum(self.metrics, &cells.iter().map(|cell| &cell.figures));
        for (place, metric) in self.metrics.iter().enumerate() {
            let (Some(total), Some(sum)) = (total.at(place), sum.at(place)) else {
                continue;
            };
            let rest = total - sum;
            // Sums of fractions differ in their last digits.
            if rest.abs() > total.abs() * 1e-6 {
                let decimals = metric.facts().unit.decimals();
                other.insert(metric.member(""), rounded(rest, decimals));
            }
        }
        other
    }

    fn units(&self, has_rows: bool, is_compared: bool) -> JsonObject {
        let mut units = JsonObject::new();
        for metric in self.metrics {
            let facts = metric.facts();
            if let Some(unit) = facts.unit.name() {
                units.insert(facts.name.to_owned(), unit.into());
            }
            if is_compared && facts.unit == Unit::Percent {
                units.insert(format!("{}_change", facts.name), "percentage points".into());
            }
        }
        if has_rows && self.metrics.iter().any(|metric| metric.facts().adds_up) {
            units.insert("…_share".to_owned(), "percent of the total".into());
        }
        if is_compared {
            units.insert("…_change".to_owned(), "percent".into());
        }
        units
    }
}

/// By time, then most of the first metric first.
fn sort(cells: &mut [Cell]) {
    let figure = |cell: &Cell| cell.figures.at(0).unwrap_or(f64::NEG_INFINITY);
    cells.sort_by(|one, other| {
        let time = one.stretch.cmp(&other.stretch);
        time.then_with(|| figure(other).total_cmp(&figure(one)))
    });
}

impl Metric {
    /// The name of a member with this metric: that of money says so.
    fn member(self, part: &str) -> String {
        let facts = self.facts();
        let unit = if facts.unit == Unit::Money {
            "_usd"
        } else {
            ""
        };
        format!("{}{part}{unit}", facts.name)
    }
}

/// Percent of a whole.
fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole * 100.0)
}

/// Percent of what was before; of percentages the difference.
fn change(unit: Unit, now: f64, before: f64) -> Option<f64> {
    match unit {
        Unit::Percent => Some(now - before),
        _ => share(now - before, before),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const METRICS: [Metric; 2] = [Metric::Cost, Metric::ErrorRate];

    fn table() -> Table<'static> {
        Table {
            metrics: &METRICS,
            dimensions: &[Dimension::User],
            labels: None,
        }
    }

    fn figures(cost: f64, error_rate: f64) -> Figures {
        Figures::from(vec![Some(cost), Some(error_rate)])
    }

    fn cell(user: Option<&str>, cost: f64, error_rate: f64) -> Cell {
        Cell {
            stretch: None,
            values: vec![(Dimension::User, user.map(str::to_owned))],
            figures: figures(cost, error_rate),
        }
    }

    fn surveyed(total: Figures, cells: Vec<Cell>) -> Surveyed {
        Surveyed {
            total,
            cells,
            chosen: None,
        }
    }

    #[test]
    fn rows_have_shares_and_the_rest_is_told() {
        let cells = vec![cell(None, 1.0, 0.0), cell(Some("ann"), 6.0, 2.5)];
        let answer = table().of(surveyed(figures(10.0, 1.0), cells), None);
        let rows = json!([
            { "user": "ann", "cost_usd": 6, "cost_share": 60, "error_rate": 2.5 },
            { "user": "(none)", "cost_usd": 1, "cost_share": 10, "error_rate": 0 },
        ]);
        assert_eq!(json!(answer.data), rows);
        assert_eq!(json!(answer.other), json!({ "cost_usd": 3 }));
        let units = json!({ "error_rate": "percent", "…_share": "percent of the total" });
        assert_eq!(json!(answer.units), units);
    }

    #[test]
    fn changes_are_percent_and_those_of_rates_points() {
        let now = surveyed(figures(10.0, 3.0), vec![cell(Some("ann"), 10.0, 3.0)]);
        let before = surveyed(figures(8.0, 5.0), vec![cell(Some("bob"), 8.0, 5.0)]);
        let answer = table().of(now, Some(before));
        let total = json!({
            "cost_usd": 10, "cost_before_usd": 8, "cost_change": 25,
            "error_rate": 3, "error_rate_before": 5, "error_rate_change": -2,
        });
        assert_eq!(json!(answer.total), total);
        let bob = &answer.data[1];
        assert_eq!(bob["user"], "bob");
        assert_eq!(
            (&bob["cost_usd"], &bob["cost_change"]),
            (&json!(0), &json!(-100))
        );
        let ann = &answer.data[0];
        assert_eq!(
            (&ann["cost_before_usd"], &ann["cost_change"]),
            (&json!(0), &Value::Null)
        );
    }
}
