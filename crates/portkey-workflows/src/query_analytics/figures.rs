//! Figures of groups of requests.

use super::{dimension::Dimension, metric::Metric};

/// The figure of each metric that a call asks for, in their order. None where Portkey does not tell it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Figures(Vec<Option<f64>>);

/// The figures of one group in one stretch of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Cell {
    /// The place of the stretch in the period, if figures are grouped by time.
    pub(super) stretch: Option<usize>,
    /// What the requests of the group have in common. None where they lack the property.
    pub(super) values: Vec<(Dimension, Option<String>)>,
    pub(super) figures: Figures,
}

impl Figures {
    /// Those that a function tells of each metric.
    pub(super) fn told(metrics: &[Metric], tell: impl Fn(Metric) -> Option<f64>) -> Self {
        Self(metrics.iter().map(|metric| tell(*metric)).collect())
    }

    /// The figure of the metric at this place.
    pub(super) fn at(&self, place: usize) -> Option<f64> {
        self.0.get(place).copied().flatten()
    }

    /// These, and where they lack a figure that of `others`.
    pub(super) fn or(self, others: &Self) -> Self {
        let places = self.0.iter().enumerate();
        Self(
            places
                .map(|(place, figure)| figure.or(others.at(place)))
                .collect(),
        )
    }

    /// What figures of parts add up to, for the metrics that do.
    pub(super) fn sum<'a>(
        metrics: &[Metric],
        parts: &(impl Iterator<Item = &'a Self> + Clone),
    ) -> Self {
        let places = metrics.iter().enumerate();
        let sums = places.map(|(place, metric)| {
            let adds_up = metric.facts().adds_up;
            let told = parts.clone().filter_map(|part| part.at(place));
            adds_up
                .then(|| told.reduce(|sum, part| sum + part))
                .flatten()
        });
        Self(sums.collect())
    }
}

impl From<Vec<Option<f64>>> for Figures {
    fn from(figures: Vec<Option<f64>>) -> Self {
        Self(figures)
    }
}

impl Cell {
    /// The same cell under one more value.
    pub(super) fn under(mut self, dimension: Dimension, value: &str) -> Self {
        self.values.push((dimension, Some(value.to_owned())));
        self
    }

    /// The value that its requests have in common in this dimension.
    pub(super) fn value(&self, dimension: Dimension) -> Option<&str> {
        let mut values = self.values.iter();
        let (_, value) = values.find(|(one, _)| *one == dimension)?;
        value.as_deref()
    }

    /// Whether it is the same group in the same place of another period.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.stretch == other.stretch
            && self.values.len() == other.values.len()
            && self.values.iter().all(|value| other.values.contains(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRICS: [Metric; 2] = [Metric::Requests, Metric::Latency];

    #[test]
    fn only_what_adds_up_is_added_up() {
        let parts = [
            Figures(vec![Some(1.0), Some(200.0)]),
            Figures(vec![Some(2.0), None]),
        ];
        assert_eq!(
            Figures::sum(&METRICS, &parts.iter()),
            Figures(vec![Some(3.0), None])
        );
    }

    #[test]
    fn what_one_source_lacks_comes_from_the_other() {
        let one = Figures(vec![Some(1.0), None]);
        let other = Figures(vec![Some(5.0), Some(200.0)]);
        assert_eq!(one.or(&other), Figures(vec![Some(1.0), Some(200.0)]));
    }
}
