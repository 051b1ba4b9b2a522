//! The picture of groups: a horizontal bar for each.

use super::{LABEL, MARGIN, SUBTITLE, WIDTH, ZERO, begun, colour, legend};
use crate::{
    chart::{Bar, Chart},
    scale::Scale,
    scene::{Anchor, Colour, Scene, Shape},
};

/// How high a bar is, and how far it is to the next.
const BAR: f32 = 28.0;
const ROW: f32 = 46.0;
/// The same of the thin bar of the period before.
const BEFORE: f32 = 8.0;
const BEFORE_ROW: f32 = 12.0;
/// Most of the width that names of groups take.
const NAMES: f32 = 400.0;

const PAST: Colour = Colour::solid(0x98a1b0);

/// Where the bars are, from nought on.
struct Plot {
    left: f32,
    right: f32,
    scale: Scale,
    row: f32,
}

pub(super) fn scene(chart: &Chart, bars: &[Bar]) -> Scene {
    let compares = bars.iter().any(|bar| bar.before.is_some());
    let row = if compares { ROW + BEFORE_ROW } else { ROW };
    let rows: f32 = bars.iter().map(|_| row).sum();
    let (_, head) = begun(chart, 0.0);
    let head = if compares { head + 32.0 } else { head };
    let (mut scene, top) = begun(chart, head + 20.0 + rows.max(ROW) + 24.0);
    if compares {
        let names = [
            ("this period", Colour::solid(colour(0))),
            ("the one before", PAST),
        ];
        legend(&mut scene, names.into_iter(), top);
    }
    let names = bars.iter().map(|bar| LABEL.width(&bar.label));
    let figures = bars
        .iter()
        .map(|bar| LABEL.width(&chart.unit.exact(bar.value)));
    let values = bars.iter().flat_map(|bar| [Some(bar.value), bar.before]);
    let plot = Plot {
        left: MARGIN + names.fold(0.0, f32::max).ceil().min(NAMES) + 18.0,
        right: WIDTH - MARGIN - figures.fold(0.0, f32::max) - 12.0,
        scale: Scale::without_axis(values.flatten()),
        row,
    };
    if bars.is_empty() {
        let nothing = "No requests in this period".to_owned();
        scene.text((MARGIN, head + 50.0), Anchor::Start, nothing, SUBTITLE);
    }
    let mut y = head + 20.0;
    for bar in bars {
        plot.bar(&mut scene, chart, bar, y);
        y += plot.row;
    }
    plot.zero(&mut scene, head + 14.0, y);
    scene
}

impl Plot {
    #[expect(clippy::cast_possible_truncation, reason = "pixels need few digits")]
    fn x(&self, value: f64) -> f32 {
        self.left + (self.right - self.left) * self.scale.share(value) as f32
    }

    fn bar(&self, scene: &mut Scene, chart: &Chart, bar: &Bar, y: f32) {
        let name = LABEL.fitted(&bar.label, self.left - MARGIN - 18.0);
        let base = y + BAR / 2.0 + 8.0;
        scene.text((self.left - 18.0, base), Anchor::End, name, LABEL);
        scene
            .shapes
            .extend(self.length(bar.value, y, BAR, Colour::solid(colour(0))));
        if let Some(before) = bar.before {
            let below = y + BAR + 4.0;
            scene
                .shapes
                .extend(self.length(before, below, BEFORE, PAST));
        }
        let end = self.x(bar.value.max(0.0)) + 12.0;
        let figure = chart.unit.exact(bar.value);
        scene.text((end, base), Anchor::Start, figure, LABEL);
    }

    /// A bar from nought to a value.
    fn length(&self, value: f64, y: f32, height: f32, fill: Colour) -> Option<Shape> {
        let (zero, end) = (self.x(0.0), self.x(value));
        let width = (end - zero).abs();
        // What is not nought can be seen.
        (value != 0.0 && value.is_finite()).then(|| Shape::Rectangle {
            x: zero.min(end),
            y,
            width: width.max(2.0),
            height,
            fill,
        })
    }

    /// The line where the bars begin.
    fn zero(&self, scene: &mut Scene, top: f32, bottom: f32) {
        let x = self.x(0.0);
        scene.shapes.push(Shape::Line {
            points: vec![(x, top), (x, bottom - 8.0)],
            width: 1.5,
            colour: ZERO,
        });
    }
}
