//! Shapes that a picture consists of, in the order in which they are painted.

use std::fmt;

use crate::font::{self, Weight};

/// A picture.
#[derive(Debug, Default)]
pub(crate) struct Scene {
    /// What it shows, for those who cannot see it.
    pub(crate) title: String,
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) shapes: Vec<Shape>,
}

/// A colour, as `0xRRGGBB`, and how opaque it is in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u32, pub(crate) u8);

impl Colour {
    pub(crate) const fn solid(colour: u32) -> Self {
        Self(colour, 100)
    }

    /// Red, green, blue.
    pub(crate) fn parts(self) -> [u8; 3] {
        let [_, red, green, blue] = self.0.to_be_bytes();
        [red, green, blue]
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

#[derive(Debug, PartialEq)]
pub(crate) enum Shape {
    Rectangle {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        fill: Colour,
    },
    /// A line through points.
    Line {
        points: Vec<(f32, f32)>,
        width: f32,
        colour: Colour,
    },
    Area {
        points: Vec<(f32, f32)>,
        fill: Colour,
    },
    Dot {
        at: (f32, f32),
        radius: f32,
        fill: Colour,
    },
    /// A text that begins at a point on its baseline.
    Text {
        at: (f32, f32),
        text: String,
        size: f32,
        weight: Weight,
        colour: Colour,
    },
}

/// Which point of a text is at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) weight: Weight,
    pub(crate) colour: Colour,
}

impl Style {
    pub(crate) fn width(self, text: &str) -> f32 {
        font::width(text, self.size, self.weight)
    }

    pub(crate) fn fitted(self, text: &str, most: f32) -> String {
        font::fitted(text, self.size, self.weight, most)
    }
}

impl Scene {
    /// Adds a text. Where it begins follows from the font of the PNG, so that both pictures agree.
    pub(crate) fn text(&mut self, (x, y): (f32, f32), anchor: Anchor, text: String, style: Style) {
        let back = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => style.width(&text) / 2.0,
            Anchor::End => style.width(&text),
        };
        self.shapes.push(Shape::Text {
            at: (x - back, y),
            text,
            size: style.size,
            weight: style.weight,
            colour: style.colour,
        });
    }
}
