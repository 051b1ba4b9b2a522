//! How what was measured is told: tables, targets, curves, and the page of the documentation.

mod machine;
mod targets;

use std::{fmt::Write as _, fs, io, path::Path};

use crate::{
    baseline::Baseline,
    figures::{Subject, aligned},
    measures::Measured,
    plot::Chart,
};

pub use targets::targets;

/// Every table, with its heading and its note.
pub fn tables(measured: &Measured, baseline: &Baseline) -> String {
    let mut text = String::new();
    for section in &measured.sections {
        let before = |what: &str| {
            let counted = baseline
                .instructions
                .get(what)
                .filter(|_| section.key == "instructions");
            let figure = baseline
                .figures
                .get(&format!("{}: {what}", section.key))
                .copied();
            counted.map(|count| *count as f64).or(figure)
        };
        _ = write!(
            text,
            "## {}\n\n{}\n\n{}\n",
            section.title,
            section.note,
            section.table(before)
        );
    }
    text
}

/// How steep every curve is.
pub fn exponents(charts: &[Chart]) -> String {
    if charts.is_empty() {
        return String::new();
    }
    let show = |power: Option<f64>| power.map_or("-".to_owned(), |power| format!("{power:.2}"));
    let head = [
        "what",
        "grows with",
        "power",
        "in its upper half",
        "last figure",
    ];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    for chart in charts {
        for series in &chart.series {
            let last = series.points.last();
            lines.push(vec![
                format!("{}, {}", chart.title, series.name),
                chart.x.to_owned(),
                show(series.exponent()),
                show(series.last_exponent()),
                last.map_or("-".to_owned(), |(x, y)| {
                    format!("{y:.2} {} at {x}", chart.y)
                }),
            ]);
        }
    }
    aligned(&lines)
}

/// Writes `performance.md` and its pictures into the folder of the documentation.
pub fn write(docs: &Path, measured: &Measured, baseline: &Baseline) -> io::Result<()> {
    let pictures = docs.join("performance");
    fs::create_dir_all(&pictures)?;
    for chart in &measured.charts {
        let drawn = chart.draw(&pictures);
        drawn.map_err(|error| io::Error::other(format!("{}: {error}", chart.file)))?;
    }
    fs::write(docs.join("performance.md"), page(measured, baseline))
}

fn page(measured: &Measured, baseline: &Baseline) -> String {
    let mut text = String::from(HEAD);
    let mut rows = measured.sections.iter().flat_map(|section| &section.rows);
    let has_peer = rows.any(|row| row.of(Subject::Peer).is_some());
    _ = write!(text, "{}\n{WHO}\n", machine::described(has_peer));
    _ = write!(text, "## Targets\n\n{}\n", targets(measured));
    text.push_str(&tables(measured, baseline));
    text.push_str(GROWTH);
    text.push_str(&exponents(&measured.charts));
    for chart in &measured.charts {
        _ = write!(
            text,
            "\n![{}]({})\n",
            chart.title,
            format_args!("performance/{}.svg", chart.file)
        );
    }
    text
}

const HEAD: &str = "# Performance

`cargo xtask bench` measures this and writes this page; run it to know what your machine does.

";

const WHO: &str = "
The yardsticks, measured in the same run:

- **smallest rmcp server**: the least that the SDK takes for one tool that makes the same request and answers its text
- **axum + reqwest**: a proxy without any protocol
- **portkey-admin-mcp**: the npm package that does the same, where there is npm

The upstream is a program on the same machine that answers at once, so all that is left is what the server costs. Against
Portkey itself a call takes as long as Portkey does.
";

const GROWTH: &str = "## How cost grows

The power is the exponent of a curve through the figures: 1 is in proportion, 0 not at all. What is constant makes it
smaller, so the upper half of the figures stands by itself.

";
