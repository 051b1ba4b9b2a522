//! A single series as columns of characters.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::{Terminal, labels, steps, to_the_right};
use crate::{chart::Course, scale::Scale, unit::Unit};

/// How many lines the columns have.
const ROWS: usize = 12;
/// Eighths of a character, from below.
const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The widest column.
const WIDEST: usize = 8;

/// Whether there is one series, nowhere below nought, with room for all of its columns.
pub(super) fn fit(course: &Course, unit: &Unit, terminal: Terminal) -> bool {
    let is_one = course.series.len() == 1 && course.values().all(|value| value >= 0.0);
    is_one && course.moments.len() * 2 <= room(course, unit, terminal)
}

fn room(course: &Course, unit: &Unit, terminal: Terminal) -> usize {
    let axis = Scale::of(course.values()).ticks();
    let widest = axis.map(|tick| unit.short(tick).width()).max();
    terminal.width.saturating_sub(widest.unwrap_or(0) + 2)
}

pub(super) fn write(unit: &Unit, course: &Course, terminal: Terminal) -> String {
    let scale = Scale::of(course.values());
    let room = room(course, unit, terminal);
    let axis = terminal.width - room;
    let stride = (room / course.moments.len().max(1)).clamp(2, WIDEST);
    let values = course.series.first().map(|series| series.values.as_slice());
    let heights = values.unwrap_or_default().iter();
    let heights: Vec<usize> = heights
        .map(|value| {
            let value = value.unwrap_or(0.0);
            let eighths = steps(scale.share(value), ROWS * 8);
            if value > 0.0 { eighths.max(1) } else { eighths }
        })
        .collect();
    let marks: Vec<(usize, f64)> = scale
        .ticks()
        .map(|tick| (steps(scale.share(tick), ROWS), tick))
        .collect();
    let mut text = String::new();
    for row in (0..ROWS).rev() {
        let mark = marks.iter().find(|(at, _)| *at == row + 1);
        let mark = mark.map_or_else(String::new, |(_, tick)| unit.short(*tick));
        let columns = heights.iter().map(|height| cell(*height, row, stride));
        let columns: String = columns.collect();
        let columns = terminal.coloured(0, columns.trim_end());
        _ = writeln!(text, "{} ┤{columns}", to_the_right(&mark, axis - 2));
    }
    let zero = to_the_right(&unit.short(scale.least), axis - 2);
    _ = writeln!(
        text,
        "{zero} └{}",
        "─".repeat(course.moments.len() * stride)
    );
    let marks = course.moments.iter().enumerate();
    let marks = marks.map(|(place, moment)| (place * stride, moment.label.as_str()));
    _ = writeln!(text, "{}{}", " ".repeat(axis), labels(marks, room));
    text
}

/// What a column shows of itself in a row, with a space after it.
fn cell(height: usize, row: usize, stride: usize) -> String {
    let eighths = height.saturating_sub(row * 8).min(8);
    let shown = eighths
        .checked_sub(1)
        .and_then(|eighth| EIGHTHS.get(eighth));
    let shown = shown.copied().unwrap_or(' ');
    let mut cell: String = std::iter::repeat_n(shown, stride - 1).collect();
    cell.push(' ');
    cell
}
