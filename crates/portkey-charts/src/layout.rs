//! Where everything in a picture is.

#![expect(
    clippy::unreadable_literal,
    reason = "colours are written as everywhere"
)]

mod course;
mod groups;

use crate::{
    chart::{Chart, Figures},
    font::Weight,
    scene::{Anchor, Colour, Scene, Shape, Style},
};

/// How wide a picture is. It is about twice what a chat shows, so that it is sharp there.
const WIDTH: f32 = 1200.0;
/// What is left free around everything.
const MARGIN: f32 = 40.0;

const GROUND: Colour = Colour::solid(0xffffff);
const INK: Colour = Colour::solid(0x16181d);
const QUIET: Colour = Colour::solid(0x5d6573);
const LINE: Colour = Colour::solid(0xe2e5ea);
/// Where nought is, if there is less.
const ZERO: Colour = Colour::solid(0x98a1b0);

/// Colours that differ for people who see some colours alike, and that are seen on white.
const PALETTE: [u32; 8] = [
    0x4f46e5, 0xd97706, 0x0d9488, 0xdb2777, 0x0284c7, 0x65a30d, 0x9333ea, 0x6b7280,
];

const TITLE: Style = Style {
    size: 32.0,
    weight: Weight::SemiBold,
    colour: INK,
};
const SUBTITLE: Style = Style {
    size: 22.0,
    weight: Weight::Regular,
    colour: QUIET,
};
const LABEL: Style = Style {
    size: 21.0,
    weight: Weight::Regular,
    colour: INK,
};
const AXIS: Style = Style {
    size: 20.0,
    weight: Weight::Regular,
    colour: QUIET,
};

/// The picture of a chart, on a ground of its own, so that it can be read wherever it is shown.
pub(crate) fn scene(chart: &Chart) -> Scene {
    match &chart.figures {
        Figures::Course(course) => course::scene(chart, course),
        Figures::Groups(bars) => groups::scene(chart, bars),
    }
}

/// The colour of a series.
fn colour(place: usize) -> u32 {
    PALETTE.get(place % PALETTE.len()).copied().unwrap_or(INK.0)
}

/// A picture of this height with the title, what is under it, and the unit. Also says where what follows begins.
fn begun(chart: &Chart, height: f32) -> (Scene, f32) {
    let mut scene = Scene {
        title: chart.title.clone(),
        width: WIDTH,
        height,
        shapes: vec![Shape::Rectangle {
            x: 0.0,
            y: 0.0,
            width: WIDTH,
            height,
            fill: GROUND,
        }],
    };
    let room = WIDTH - 2.0 * MARGIN;
    let unit = chart.unit_beside_title().unwrap_or_default();
    let title = TITLE.fitted(&chart.title, room - SUBTITLE.width(unit) - 20.0);
    let beside = MARGIN + TITLE.width(&title) + 14.0;
    scene.text((MARGIN, 62.0), Anchor::Start, title, TITLE);
    if !unit.is_empty() {
        scene.text((beside, 62.0), Anchor::Start, unit.to_owned(), SUBTITLE);
    }
    if chart.subtitle.is_empty() {
        return (scene, 84.0);
    }
    let subtitle = SUBTITLE.fitted(&chart.subtitle, room);
    scene.text((MARGIN, 98.0), Anchor::Start, subtitle, SUBTITLE);
    (scene, 120.0)
}

/// Names with their colours, in as many lines as they need. Returns where the last line ends.
fn legend<'a>(scene: &mut Scene, names: impl Iterator<Item = (&'a str, Colour)>, top: f32) -> f32 {
    const SWATCH: f32 = 18.0;
    let (mut x, mut y) = (MARGIN, top + 24.0);
    for (name, fill) in names {
        let name = LABEL.fitted(name, 420.0);
        let needed = SWATCH + 10.0 + LABEL.width(&name);
        if x > MARGIN && x + needed > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + 32.0);
        }
        scene.shapes.push(Shape::Rectangle {
            x,
            y: y - 16.0,
            width: SWATCH,
            height: SWATCH,
            fill,
        });
        scene.text((x + SWATCH + 10.0, y), Anchor::Start, name, LABEL);
        x += needed + 32.0;
    }
    y + 8.0
}
