//! Draws figures: courses over time and groups, as SVG, as PNG and in a terminal.
//!
//! A [`Chart`] says what is measured and holds the figures. A layout makes a scene of shapes of it, which is written as SVG
//! or painted as PNG; so both show the same. A terminal has a layout of its own.

mod chart;
mod font;
mod layout;
mod png;
mod scale;
mod scene;
mod svg;
mod terminal;
mod unit;

pub use chart::{Bar, Chart, Course, Figures, Moment, Series};
pub use terminal::Terminal;
pub use unit::Unit;

impl Chart {
    /// The chart as an SVG document. Its text uses the fonts of whoever shows it.
    pub fn svg(&self) -> String {
        svg::write(&layout::scene(self))
    }

    /// The chart as a PNG. `None` if there is no memory for the picture.
    pub fn png(&self) -> Option<Vec<u8>> {
        png::paint(&layout::scene(self))
    }

    /// The chart as lines of text.
    pub fn text(&self, terminal: Terminal) -> String {
        terminal::write(self, terminal)
    }
}
