//! The picture of a course: a line for each series over time.

use super::{AXIS, LINE, MARGIN, WIDTH, ZERO, begun, colour, legend};
use crate::{
    chart::{Chart, Course},
    scale::Scale,
    scene::{Anchor, Colour, Scene, Shape},
    unit::Unit,
};

const HEIGHT: f32 = 620.0;

/// Points have dots as long as these do not touch.
const MOST_DOTS: usize = 45;

/// Where the lines are.
struct Plot {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
    scale: Scale,
    span: (f64, f64),
}

pub(super) fn scene(chart: &Chart, course: &Course) -> Scene {
    let (mut scene, mut top) = begun(chart, HEIGHT);
    if course.series.len() > 1 {
        let names = course.series.iter().enumerate();
        let names = names.map(|(place, one)| (one.name.as_str(), Colour::solid(colour(place))));
        top = legend(&mut scene, names, top);
    }
    let scale = Scale::of(course.values());
    let widest = scale
        .ticks()
        .map(|tick| AXIS.width(&chart.unit.short(tick)));
    let plot = Plot {
        left: MARGIN + widest.fold(0.0, f32::max) + 14.0,
        right: WIDTH - MARGIN,
        top: top + 24.0,
        bottom: HEIGHT - 68.0,
        scale,
        span: course.span(),
    };
    plot.values(&mut scene, &chart.unit);
    plot.times(&mut scene, course);
    plot.lines(&mut scene, course);
    scene
}

impl Plot {
    #[expect(clippy::cast_possible_truncation, reason = "pixels need few digits")]
    fn x(&self, at: f64) -> f32 {
        let (first, last) = self.span;
        let share = (at - first) / (last - first);
        self.left + (self.right - self.left) * share as f32
    }

    #[expect(clippy::cast_possible_truncation, reason = "pixels need few digits")]
    fn y(&self, value: f64) -> f32 {
        self.bottom - (self.bottom - self.top) * self.scale.share(value) as f32
    }

    /// The axis of the values, with lines across.
    fn values(&self, scene: &mut Scene, unit: &Unit) {
        for tick in self.scale.ticks() {
            let y = self.y(tick);
            let is_zero = tick.abs() < f64::EPSILON;
            scene.shapes.push(Shape::Line {
                points: vec![(self.left, y), (self.right, y)],
                width: 1.5,
                colour: if is_zero { ZERO } else { LINE },
            });
            let at = (self.left - 14.0, y + 7.0);
            scene.text(at, Anchor::End, unit.short(tick), AXIS);
        }
    }

    /// The axis of the time, with as many labels as there is room for.
    fn times(&self, scene: &mut Scene, course: &Course) {
        let y = self.bottom + 36.0;
        let mut free_from = 0.0;
        for moment in &course.moments {
            let width = AXIS.width(&moment.label);
            // A label at the edge stays inside of the picture.
            let middle = self.x(moment.at);
            let x = middle.clamp(width / 2.0 + 4.0, WIDTH - width / 2.0 - 4.0);
            if x - width / 2.0 < free_from {
                continue;
            }
            free_from = x + width / 2.0 + 28.0;
            scene.shapes.push(Shape::Line {
                points: vec![(middle, self.bottom), (middle, self.bottom + 8.0)],
                width: 1.5,
                colour: ZERO,
            });
            scene.text((x, y), Anchor::Middle, moment.label.clone(), AXIS);
        }
    }

    fn lines(&self, scene: &mut Scene, course: &Course) {
        let has_dots = course.moments.len() <= MOST_DOTS;
        // The first series is painted last, above the others.
        for (place, series) in course.series.iter().enumerate().rev() {
            let fill = colour(place);
            for stretch in self.stretches(course, &series.values) {
                if course.series.len() == 1 {
                    scene.shapes.extend(self.area(&stretch, fill));
                }
                let is_dot = stretch.len() == 1;
                if has_dots || is_dot {
                    let dots = stretch.iter().map(|at| Shape::Dot {
                        at: *at,
                        radius: 5.0,
                        fill: Colour::solid(fill),
                    });
                    scene.shapes.extend(dots);
                }
                if !is_dot {
                    scene.shapes.push(Shape::Line {
                        points: stretch,
                        width: 3.5,
                        colour: Colour::solid(fill),
                    });
                }
            }
        }
    }

    /// The points of a series, taken apart where values are missing.
    fn stretches(&self, course: &Course, values: &[Option<f64>]) -> Vec<Vec<(f32, f32)>> {
        let mut stretches: Vec<Vec<(f32, f32)>> = vec![Vec::new()];
        for (moment, value) in course.moments.iter().zip(values) {
            match value.filter(|value| value.is_finite()) {
                Some(value) => {
                    if let Some(stretch) = stretches.last_mut() {
                        stretch.push((self.x(moment.at), self.y(value)));
                    }
                }
                None => stretches.push(Vec::new()),
            }
        }
        stretches.retain(|stretch| !stretch.is_empty());
        stretches
    }

    /// What is between a line and nought.
    fn area(&self, stretch: &[(f32, f32)], fill: u32) -> Option<Shape> {
        let ((first, _), (last, _)) = (stretch.first()?, stretch.last()?);
        let zero = self.y(0.0);
        let below = [(*last, zero), (*first, zero)];
        (stretch.len() > 1).then(|| Shape::Area {
            points: stretch.iter().copied().chain(below).collect(),
            fill: Colour(fill, 14),
        })
    }
}
