//! Draws a chart in a terminal.

mod bars;
mod columns;
mod lines;

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::chart::{Chart, Figures};

/// What a chart is drawn in.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// How many characters a line has.
    pub width: usize,
    /// Whether it shows colours.
    pub colours: bool,
}

/// The narrowest that a chart is drawn; a narrower terminal breaks its lines.
const NARROWEST: usize = 40;
/// Wider charts are no better.
const WIDEST: usize = 160;

/// Codes of the colours of series, which can be seen on light and dark grounds.
const COLOURS: [u8; 6] = [34, 33, 32, 35, 36, 31];

pub(crate) fn write(chart: &Chart, terminal: Terminal) -> String {
    let terminal = Terminal {
        width: terminal.width.clamp(NARROWEST, WIDEST),
        ..terminal
    };
    let mut text = terminal.bold(&clean(&chart.title));
    if let Some(unit) = chart.unit_beside_title() {
        _ = write!(text, ", {unit}");
    }
    text.push('\n');
    if !chart.subtitle.is_empty() {
        text += &clean(&chart.subtitle);
        text.push('\n');
    }
    text.push('\n');
    text += &match &chart.figures {
        Figures::Groups(bars) => bars::write(&chart.unit, bars, terminal),
        Figures::Course(course) if columns::fit(course, &chart.unit, terminal) => {
            columns::write(&chart.unit, course, terminal)
        }
        Figures::Course(course) => lines::write(&chart.unit, course, terminal),
    };
    text
}

impl Terminal {
    fn bold(self, text: &str) -> String {
        self.coded(1, text)
    }

    /// A text in the colour of a series.
    fn coloured(self, series: usize, text: &str) -> String {
        let code = COLOURS.get(series % COLOURS.len());
        self.coded(code.copied().unwrap_or(0), text)
    }

    fn coded(self, code: u8, text: &str) -> String {
        if self.colours && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Text without what a terminal would obey.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// A text of exactly this width: shortened, or with spaces before it.
fn to_the_right(text: &str, width: usize) -> String {
    let text = fitted(text, width);
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

fn fitted(text: &str, width: usize) -> String {
    let text = clean(text);
    if text.width() <= width {
        return text;
    }
    let mut used = 1;
    let fitting = text.chars().take_while(|c| {
        used += c.width().unwrap_or(0);
        used <= width
    });
    fitting.chain(['…']).collect()
}

/// How much of a whole number of steps a share is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of the width of a terminal"
)]
fn steps(share: f64, of: usize) -> usize {
    ((share * of as f64).round().max(0.0) as usize).min(of)
}

/// The labels under an axis: each begins at its column, unless the one before it is in the way.
fn labels<'a>(marks: impl Iterator<Item = (usize, &'a str)>, width: usize) -> String {
    let mut line = String::new();
    for (column, label) in marks {
        let label = clean(label);
        let begin = column.min(width.saturating_sub(label.width()));
        let there = line.width();
        if there > 0 && begin < there + 2 {
            continue;
        }
        line += &" ".repeat(begin.saturating_sub(there));
        line += &label;
    }
    line
}
