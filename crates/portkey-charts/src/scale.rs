//! Axes: which values they show, and where.

/// How many stretches an axis is put into, about.
const STRETCHES: f64 = 5.0;

/// From which value an axis goes to which, by round steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) least: f64,
    pub(crate) most: f64,
    step: f64,
}

impl Scale {
    /// An axis for these values. It begins at nought, so that lengths can be compared.
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let (least, most) = bounds(values);
        let range = if most > least { most - least } else { 1.0 };
        let step = round_step(range / STRETCHES);
        Self {
            least: (least / step).floor() * step,
            most: ((most / step).ceil() * step).max(if most > least { most } else { 1.0 }),
            step,
        }
    }

    /// A scale without an axis: the largest value takes all of the room.
    pub(crate) fn without_axis(values: impl Iterator<Item = f64>) -> Self {
        let (least, most) = bounds(values);
        Self {
            least,
            most: if most > least { most } else { 1.0 },
            step: 1.0,
        }
    }

    /// The round values on the axis.
    pub(crate) fn ticks(self) -> impl Iterator<Item = f64> {
        let count = ((self.most - self.least) / self.step).round();
        (0_u32..64)
            .map(f64::from)
            .take_while(move |place| *place <= count)
            .map(move |place| self.least + place * self.step)
    }

    /// Where a value is: 0 at the beginning of the axis, 1 at its end.
    pub(crate) fn share(self, value: f64) -> f64 {
        ((value - self.least) / (self.most - self.least)).clamp(0.0, 1.0)
    }
}

/// The least and the largest of these values and nought.
fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let values = values.filter(|value| value.is_finite());
    values.fold((0.0_f64, 0.0_f64), |(least, most), value| {
        (least.min(value), most.max(value))
    })
}

/// The next round number: 1, 2 or 5 with noughts.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let factor = step / power;
    let factors = [1.0, 2.0, 5.0];
    let round = factors
        .into_iter()
        .find(|round| factor <= round * 1.000_001);
    round.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(values: &[f64]) -> Vec<f64> {
        Scale::of(values.iter().copied()).ticks().collect()
    }

    #[test]
    fn an_axis_has_round_values_from_nought() {
        assert_eq!(ticks(&[3.0, 97.0]), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(&[-10.0, 5.0]), [-10.0, -5.0, 0.0, 5.0]);
        assert_eq!(ticks(&[0.7]).len(), 5);
        assert_eq!(ticks(&[0.0, f64::NAN]).last(), Some(&1.0));
        assert_eq!(ticks(&[]).first(), Some(&0.0));
    }

    #[test]
    fn a_share_is_on_the_axis() {
        let scale = Scale::of([0.0, 100.0].into_iter());
        assert!((scale.share(25.0) - 0.25).abs() < 1e-9);
        assert!((scale.share(1e9) - 1.0).abs() < 1e-9);
    }
}
