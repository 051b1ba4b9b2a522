//! Several series, or one with many points, as lines of dots: a character of braille has two by four.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::{Terminal, fitted, labels, steps, to_the_right};
use crate::{
    chart::{Course, Series},
    scale::Scale,
    unit::Unit,
};

/// How many lines of characters there are.
const ROWS: usize = 14;
/// The first character of braille, without any dot.
const BLANK: u32 = 0x2800;
/// The bits of the dots of a character, by row and column.
const BITS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
/// Most characters of a name beside its line.
const NAMES: usize = 24;

/// The dots of all series.
struct Canvas {
    columns: usize,
    /// The dots of each character, and the series that was drawn last there.
    cells: Vec<(u32, usize)>,
}

pub(super) fn write(unit: &Unit, course: &Course, terminal: Terminal) -> String {
    let scale = Scale::of(course.values());
    let axis = scale.ticks().map(|tick| unit.short(tick).width()).max();
    let axis = axis.unwrap_or(0) + 2;
    let names = Names::of(course, scale);
    let columns = terminal.width.saturating_sub(axis + names.width).max(8);
    let mut canvas = Canvas {
        columns,
        cells: vec![(0, 0); columns * ROWS],
    };
    for (place, series) in course.series.iter().enumerate().rev() {
        canvas.draw(course, scale, series, place);
    }
    let marks: Vec<(usize, f64)> = scale
        .ticks()
        .map(|tick| (steps(1.0 - scale.share(tick), ROWS - 1), tick))
        .collect();
    let mut text = String::new();
    for row in 0..ROWS {
        let mark = marks.iter().find(|(at, _)| *at == row);
        let mark = mark.map_or_else(String::new, |(_, tick)| unit.short(*tick));
        let line = format!(
            "{} ┤{}{}",
            to_the_right(&mark, axis - 2),
            canvas.row(row, terminal),
            names.row(row, terminal)
        );
        text += line.trim_end();
        text.push('\n');
    }
    let (first, last) = course.span();
    let marks = course.moments.iter().map(|moment| {
        let share = (moment.at - first) / (last - first);
        (steps(share, columns - 1), moment.label.as_str())
    });
    _ = writeln!(text, "{}{}", " ".repeat(axis), labels(marks, columns));
    text
}

impl Canvas {
    fn draw(&mut self, course: &Course, scale: Scale, series: &Series, place: usize) {
        let (first, last) = course.span();
        let mut before = None;
        for (moment, value) in course.moments.iter().zip(&series.values) {
            let point = value.map(|value| {
                let x = steps((moment.at - first) / (last - first), self.columns * 2 - 1);
                (x, steps(1.0 - scale.share(value), ROWS * 4 - 1))
            });
            if let Some(to) = point {
                self.line(before.unwrap_or(to), to, place);
            }
            before = point;
        }
    }

    /// Sets the dots between two points.
    fn line(&mut self, from: (usize, usize), to: (usize, usize), series: usize) {
        let length = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        let between = |from: usize, to: usize, step: usize| {
            (from * (length - step) + to * step + length / 2) / length
        };
        for step in 0..=length {
            self.set(
                between(from.0, to.0, step),
                between(from.1, to.1, step),
                series,
            );
        }
    }

    fn set(&mut self, x: usize, y: usize, series: usize) {
        let bits = BITS.get(y % 4).and_then(|row| row.get(x % 2));
        let cell = self.cells.get_mut(y / 4 * self.columns + x / 2);
        if let (Some(bits), Some(cell)) = (bits, cell) {
            *cell = (cell.0 | bits, series);
        }
    }

    fn row(&self, row: usize, terminal: Terminal) -> String {
        let cells = self.cells.iter().skip(row * self.columns);
        let cells = cells.take(self.columns).map(|(dots, series)| match dots {
            0 => " ".to_owned(),
            dots => {
                let character = char::from_u32(BLANK + dots).unwrap_or(' ');
                terminal.coloured(*series, &character.to_string())
            }
        });
        cells.collect()
    }
}

/// The names of the series, each where its line ends or as near as there is room.
struct Names<'a> {
    rows: Vec<Option<(usize, &'a str)>>,
    width: usize,
}

impl<'a> Names<'a> {
    fn of(course: &'a Course, scale: Scale) -> Self {
        let mut rows = vec![None; ROWS];
        let mut width = 0;
        if course.series.len() > 1 {
            for (place, series) in course.series.iter().enumerate() {
                let end = series.values.iter().rev().copied().flatten().next();
                let end = steps(1.0 - scale.share(end.unwrap_or(0.0)), ROWS - 1);
                let free = (0..ROWS).filter(|row| rows.get(*row).is_some_and(Option::is_none));
                let nearest = free.min_by_key(|row| row.abs_diff(end));
                if let Some(row) = nearest.and_then(|row| rows.get_mut(row)) {
                    *row = Some((place, series.name.as_str()));
                }
                width = width.max(series.name.width().min(NAMES) + 1);
            }
        }
        Self { rows, width }
    }

    fn row(&self, row: usize, terminal: Terminal) -> String {
        let name = self.rows.get(row).copied().flatten();
        name.map_or_else(String::new, |(place, name)| {
            format!(" {}", terminal.coloured(place, &fitted(name, NAMES)))
        })
    }
}
