//! What was measured: rows of figures, each of several subjects, and how they are written.

use std::fmt::Write as _;

/// Who was measured; the columns of every table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The product.
    Product,
    /// The smallest server that the SDK makes.
    Smallest,
    /// A proxy without any protocol.
    Proxy,
    /// The npm package that does the same.
    Peer,
}

impl Subject {
    /// All of them, in the order of the columns.
    pub const ALL: [Self; 4] = [Self::Product, Self::Smallest, Self::Proxy, Self::Peer];

    /// The head of its column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Product => "portkey-mcp",
            Self::Smallest => "smallest rmcp server",
            Self::Proxy => "axum + reqwest",
            Self::Peer => "portkey-admin-mcp",
        }
    }
}

/// What a figure counts, and so how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seconds, written as what reads best.
    Time,
    /// Events a second.
    Rate,
    /// Bytes of memory.
    Memory,
    /// Anything that is counted.
    Count,
    /// Tokens of a model.
    Tokens,
    /// Instructions of a processor.
    Instructions,
}

impl Unit {
    /// A figure of this unit, as people read it.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Time if value.abs() < 1e-3 => format!("{:.0} µs", value * 1e6),
            Self::Time if value.abs() < 0.1 => format!("{:.2} ms", value * 1e3),
            Self::Time if value.abs() < 10.0 => format!("{:.0} ms", value * 1e3),
            Self::Time => format!("{value:.1} s"),
            Self::Rate => format!("{}/s", grouped(value)),
            Self::Memory if value.abs() < 1024.0 * 1024.0 => format!("{:.1} KiB", value / 1024.0),
            Self::Memory => format!("{:.1} MiB", value / 1024.0 / 1024.0),
            Self::Count | Self::Instructions => grouped(value),
            Self::Tokens => format!("{} tokens", grouped(value)),
        }
    }
}

/// A whole number with a comma after each third digit.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::from(if value < 0.0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// One thing that was measured.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is.
    pub what: String,
    /// What it counts.
    pub unit: Unit,
    values: Vec<(Subject, f64)>,
}

impl Row {
    /// The figure of a subject, where it has one.
    pub fn of(&self, subject: Subject) -> Option<f64> {
        let found = self.values.iter().find(|(whose, _)| *whose == subject);
        found.map(|(_, value)| *value)
    }
}

/// Things that were measured together.
#[derive(Debug, Clone)]
pub struct Section {
    /// By which it is chosen and found.
    pub key: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What a reader must know about how it was measured.
    pub note: String,
    /// In the order in which they were measured first.
    pub rows: Vec<Row>,
}

impl Section {
    /// One without figures.
    pub fn new(key: &'static str, title: &'static str, note: &str) -> Self {
        Self {
            key,
            title,
            note: note.to_owned(),
            rows: Vec::new(),
        }
    }

    /// Adds a figure to the row of that name.
    pub fn put(&mut self, what: &str, unit: Unit, subject: Subject, value: f64) {
        eprintln!("  {}: {what}: {}", subject.name(), unit.show(value));
        let value = (subject, value);
        match self.rows.iter_mut().find(|row| row.what == what) {
            Some(row) => row.values.push(value),
            None => self.rows.push(Row {
                what: what.to_owned(),
                unit,
                values: vec![value],
            }),
        }
    }

    /// The section as a table, with what each figure of the product was before where that is known.
    pub fn table(&self, before: impl Fn(&str) -> Option<f64>) -> String {
        let subjects: Vec<Subject> = Subject::ALL
            .into_iter()
            .filter(|subject| self.rows.iter().any(|row| row.of(*subject).is_some()))
            .collect();
        let old: Vec<Option<f64>> = self.rows.iter().map(|row| before(&row.what)).collect();
        let has_old = old.iter().any(Option::is_some);
        let mut lines = vec![head(&subjects, has_old)];
        for (row, old) in self.rows.iter().zip(old) {
            let show = |value: Option<f64>| value.map_or("-".to_owned(), |v| row.unit.show(v));
            let mut cells = vec![row.what.clone()];
            cells.extend(subjects.iter().map(|subject| show(row.of(*subject))));
            if has_old {
                cells.push(show(old));
            }
            lines.push(cells);
        }
        aligned(&lines)
    }
}

fn head(subjects: &[Subject], has_old: bool) -> Vec<String> {
    let names = subjects.iter().map(|subject| subject.name());
    let names = std::iter::once("").chain(names);
    names
        .chain(has_old.then_some("baseline"))
        .map(str::to_owned)
        .collect()
}

/// A table in Markdown whose columns are aligned, so that a terminal shows it as well; the first line is its head.
pub fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|cells| cells.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
            .max(3)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (index, cells) in lines.iter().enumerate() {
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            let before = if column == 0 { "| " } else { " | " };
            let fill = " ".repeat(width - cell.chars().count().min(*width));
            // Names stand left, figures right.
            _ = if column == 0 {
                write!(text, "{before}{cell}{fill}")
            } else {
                write!(text, "{before}{fill}{cell}")
            };
        }
        text.push_str(" |\n");
        if index == 0 {
            for (column, width) in widths.iter().enumerate() {
                let line = "-".repeat(if column == 0 { width + 2 } else { width + 1 });
                _ = write!(text, "|{line}{}", if column == 0 { "" } else { ":" });
            }
            text.push_str("|\n");
        }
    }
    text
}

/// The figure in the middle of the sorted ones at this share.
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length is an index"
    )]
    let index = (last as f64 * share).round() as usize;
    values.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_like_what_they_are() {
        let shown = [
            Unit::Time.show(0.000_185),
            Unit::Time.show(0.0011),
            Unit::Rate.show(7_675.2),
            Unit::Memory.show(54.0 * 1024.0),
            Unit::Instructions.show(1_453_394.0),
            Unit::Count.show(-12.0),
        ];
        let read = [
            "185 µs",
            "1.10 ms",
            "7,675/s",
            "54.0 KiB",
            "1,453,394",
            "-12",
        ];
        assert_eq!(shown, read);
    }

    #[test]
    fn a_table_has_a_column_for_whoever_was_measured() {
        let mut section = Section::new("start", "Start", "");
        section.put("initialize", Unit::Time, Subject::Product, 0.006);
        section.put("initialize", Unit::Time, Subject::Peer, 0.3);
        section.put("tools", Unit::Count, Subject::Product, 126.0);
        let table = section.table(|what| (what == "tools").then_some(130.0));
        let expected = "\
            |            | portkey-mcp | portkey-admin-mcp | baseline |\n\
            |------------|------------:|------------------:|---------:|\n\
            | initialize |     6.00 ms |            300 ms |        - |\n\
            | tools      |         126 |                 - |      130 |\n";
        assert_eq!(table, expected);
    }

    #[test]
    fn a_percentile_is_one_of_the_figures() {
        let mut values = [3.0, 1.0, 2.0, 5.0, 4.0];
        let found = [0.0, 0.5, 0.99].map(|share| percentile(&mut values, share).to_string());
        assert_eq!(found, ["1", "3", "5"]);
        assert!(percentile(&mut [], 0.5).abs() < f64::EPSILON);
    }
}
