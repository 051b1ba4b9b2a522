//! Curves, and how steep they are.

use std::{error::Error, path::Path};

use plotters::prelude::*;

/// What grows with what; both axes are logarithmic, so that a power is a straight line.
#[derive(Debug, Clone)]
pub struct Chart {
    /// The file it is in, without its ending.
    pub file: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is on the axes.
    pub x: &'static str,
    /// With the unit.
    pub y: &'static str,
    /// The curves.
    pub series: Vec<Series>,
}

/// One curve.
#[derive(Debug, Clone)]
pub struct Series {
    /// What it is of.
    pub name: String,
    /// What was measured.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    /// The power with which it grows: 1 is in proportion, 0 not at all. By least squares over the logarithms.
    pub fn exponent(&self) -> Option<f64> {
        slope(&self.points)
    }

    /// The same of its upper half only, where what is constant weighs less.
    pub fn last_exponent(&self) -> Option<f64> {
        slope(self.points.get(self.points.len() / 2..)?)
    }
}

fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let points = points.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0);
    let points: Vec<(f64, f64)> = points.map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let spread: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let joint: f64 = points
        .iter()
        .map(|(x, y)| (x - mean_x) * (y - mean_y))
        .sum();
    (spread > 0.0).then_some(joint / spread)
}

impl Chart {
    /// Draws it into a folder.
    pub fn draw(&self, folder: &Path) -> Result<(), Box<dyn Error>> {
        let path = folder.join(format!("{}.svg", self.file));
        let area = SVGBackend::new(&path, (720, 420)).into_drawing_area();
        area.fill(&WHITE)?;
        let points = || {
            self.series
                .iter()
                .flat_map(|series| series.points.iter().copied())
        };
        let positive = |value: f64| value.max(f64::MIN_POSITIVE);
        let (x, y) = (
            bounds(points().map(|p| p.0)),
            bounds(points().map(|p| positive(p.1))),
        );
        let mut chart = ChartBuilder::on(&area)
            .caption(self.title, ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(80)
            .build_cartesian_2d((x.0..x.1).log_scale(), (y.0..y.1).log_scale())?;
        let short = |value: &f64| short(*value);
        chart
            .configure_mesh()
            .x_desc(self.x)
            .y_desc(self.y)
            .x_label_formatter(&short)
            .y_label_formatter(&short)
            .light_line_style(WHITE.mix(0.0))
            .draw()?;
        for (index, series) in self.series.iter().enumerate() {
            let colour = Palette99::pick(index).to_rgba();
            let line = LineSeries::new(series.points.iter().copied(), colour.stroke_width(2));
            let drawn = chart.draw_series(line.point_size(3))?;
            drawn.label(&series.name).legend(move |(x, y)| {
                PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2))
            });
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .draw()?;
        area.present()?;
        Ok(())
    }
}

/// A little beyond the smallest and the largest.
fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (least, most) = values.fold((f64::MAX, f64::MIN_POSITIVE), |(least, most), value| {
        (least.min(value), most.max(value))
    });
    (least / 1.5, most * 2.0)
}

fn short(value: f64) -> String {
    match value {
        v if v >= 1e6 => format!("{}M", v / 1e6),
        v if v >= 1e3 => format!("{}k", v / 1e3),
        v => format!("{v}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: impl IntoIterator<Item = (f64, f64)>) -> Series {
        Series {
            name: "a curve".to_owned(),
            points: points.into_iter().collect(),
        }
    }

    #[test]
    fn an_exponent_is_the_power_of_a_curve() {
        let xs = [1.0, 10.0, 100.0, 1000.0];
        let power = |power: f64| series(xs.map(|x: f64| (x, 3.0 * x.powf(power))));
        for exact in [0.0, 0.5, 1.0, 2.0] {
            let found = power(exact).exponent().unwrap();
            assert!((found - exact).abs() < 1e-9, "{found} is not {exact}");
        }
        assert!(series([(5.0, 1.0)]).exponent().is_none());
    }

    #[test]
    fn what_is_constant_weighs_less_in_the_upper_half() {
        let xs = [1.0, 10.0, 100.0, 1000.0];
        let curve = series(xs.map(|x| (x, 50.0 + x)));
        let (all, last) = (curve.exponent().unwrap(), curve.last_exponent().unwrap());
        assert!(all < last && last < 1.0, "{all} {last}");
    }

    #[test]
    fn a_chart_becomes_a_picture() {
        let folder = tempfile::tempdir().unwrap();
        let chart = Chart {
            file: "curve",
            title: "A curve",
            x: "entries",
            y: "ms",
            series: vec![series([(1.0, 2.0), (10.0, 20.0)])],
        };
        chart.draw(folder.path()).unwrap();
        let drawn = std::fs::read_to_string(folder.path().join("curve.svg")).unwrap();
        assert!(
            drawn.starts_with("<svg") && drawn.contains("A curve"),
            "{drawn}"
        );
    }
}
