//! What is drawn.

use crate::unit::Unit;

/// What is measured, and its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What is measured, such as `Cost over time`.
    pub title: String,
    /// Totals and the period, under the title.
    pub subtitle: String,
    /// The unit of the figures.
    pub unit: Unit,
    /// The figures.
    pub figures: Figures,
}

/// The figures of a chart.
#[derive(Debug, Clone, PartialEq)]
pub enum Figures {
    /// How something went over time: lines.
    Course(Course),
    /// How much each group has: horizontal bars, in this order.
    Groups(Vec<Bar>),
}

/// Figures over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    /// When the figures were measured, in order.
    pub moments: Vec<Moment>,
    /// What was measured, each with as many values as there are moments.
    pub series: Vec<Series>,
}

/// A point in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// What the axis says, such as `Nov 21`.
    pub label: String,
    /// Where it is on the axis, in any unit of time.
    pub at: f64,
}

/// One line of a course.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What the legend says.
    pub name: String,
    /// A value for each moment; `None` where nothing was measured.
    pub values: Vec<Option<f64>>,
}

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The name of the group.
    pub label: String,
    /// How much it has.
    pub value: f64,
    /// How much it had in the period that is compared with.
    pub before: Option<f64>,
}

impl Chart {
    /// The name of the unit, unless the title says it.
    pub(crate) fn unit_beside_title(&self) -> Option<&str> {
        let unit = self.unit.name();
        let is_told = self.title.to_lowercase().contains(&unit.to_lowercase());
        (!unit.is_empty() && !is_told).then_some(unit)
    }
}

impl Course {
    /// Every value.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        let values = self.series.iter().flat_map(|series| &series.values);
        values.copied().flatten().filter(|value| value.is_finite())
    }

    /// The first and the last moment. They differ, so that something can be divided by their distance.
    pub(crate) fn span(&self) -> (f64, f64) {
        let first = self.moments.first().map_or(0.0, |moment| moment.at);
        let last = self.moments.last().map_or(0.0, |moment| moment.at);
        if last > first {
            (first, last)
        } else {
            (first - 1.0, first + 1.0)
        }
    }
}
