//! Everything that is measured, in order, and what becomes of it.

use std::{io, path::PathBuf};

use clap::Parser;
use tempfile::TempDir;

use crate::{
    baseline::Baseline,
    figures::{Section, Subject, Unit},
    http::Era,
    instructions,
    measures::{Bench, Measured, growth, lists, load, memory, start, stdio_calls, tokens},
    report,
    subject::Programs,
};

/// Measures what the server costs, beside yardsticks.
#[derive(Debug, Parser)]
pub struct Options {
    /// The released product.
    #[arg(long)]
    pub product: PathBuf,
    /// The program of the yardsticks.
    #[arg(long)]
    pub yardstick: PathBuf,
    /// The folder in which the npm package `portkey-admin-mcp` is installed.
    #[arg(long)]
    pub peer: Option<PathBuf>,
    /// The folder of the documentation; what was measured is written there if it was everything.
    #[arg(long)]
    pub docs: Option<PathBuf>,
    /// Take a moment for each measurement only.
    #[arg(long)]
    pub quick: bool,
    /// Write what was measured into the baseline.
    #[arg(long)]
    pub save: bool,
    /// Measure this alone; may be given several times.
    #[arg(long, value_name = "PART", value_parser = PARTS)]
    pub only: Vec<String>,
    /// Settings of the product where it is measured over HTTP.
    #[arg(last = true)]
    pub settings: Vec<String>,
}

/// What can be measured alone.
pub const PARTS: [&str; 9] = [
    "start",
    "stdio",
    "sessions",
    "stateless",
    "memory",
    "lists",
    "tokens",
    "instructions",
    "growth",
];

/// Measures one part.
type Measure = fn(&Bench) -> io::Result<Section>;

/// Measures what the options say, prints it, and writes what they say.
pub fn run(options: &Options) -> io::Result<()> {
    let home = tempfile::tempdir()?;
    let measured = measure(options, &home)?;
    let mut baseline = Baseline::read()?;
    println!("{}", report::tables(&measured, &baseline));
    println!("{}", report::targets(&measured));
    println!("{}", report::exponents(&measured.charts));
    if let Some(docs) = options.docs.as_ref().filter(|_| options.only.is_empty()) {
        report::write(docs, &measured, &baseline)?;
    }
    if options.save {
        save(&measured, &mut baseline)?;
    }
    Ok(())
}

fn measure(options: &Options, home: &TempDir) -> io::Result<Measured> {
    let programs = Programs {
        product: options.product.clone(),
        yardstick: options.yardstick.clone(),
        peer: options.peer.clone(),
        settings: options.settings.clone(),
        home: home.path().to_owned(),
    };
    let bench = Bench {
        stub: programs.stub()?,
        programs,
        quick: options.quick,
    };
    let wants = |part: &str| {
        let wanted = options.only.is_empty() || options.only.iter().any(|one| one == part);
        if wanted {
            eprintln!("=== {part}");
        }
        wanted
    };
    let mut measured = Measured::default();
    let sections: [(&str, Measure); 8] = [
        ("start", |bench| Ok(start::measure(bench))),
        ("stdio", stdio_calls::measure),
        ("sessions", |bench| Ok(load::measure(bench, Era::Sessions))),
        ("stateless", |bench| {
            Ok(load::measure(bench, Era::Stateless))
        }),
        ("memory", |bench| Ok(memory::measure(bench))),
        ("lists", |bench| Ok(lists::measure(bench))),
        ("tokens", tokens::measure),
        ("instructions", count),
    ];
    for (part, measure) in sections {
        if wants(part) {
            measured.sections.push(measure(&bench)?);
        }
    }
    if wants("growth") {
        measured.charts = growth::measure(&bench);
    }
    Ok(measured)
}

fn count(bench: &Bench) -> io::Result<Section> {
    let note = "Counted by callgrind on standard input and output, with an audit log that is full enough to cost what it \
        always costs.";
    let mut section = Section::new("instructions", "Instructions per call", note);
    if !instructions::can_count() {
        "Not counted: there is no valgrind on this machine.".clone_into(&mut section.note);
        return Ok(section);
    }
    for count in instructions::count(&bench.programs.product)? {
        let figure = count.instructions as f64;
        section.put(count.name, Unit::Instructions, Subject::Product, figure);
    }
    Ok(section)
}

fn save(measured: &Measured, baseline: &mut Baseline) -> io::Result<()> {
    for section in &measured.sections {
        for row in &section.rows {
            let Some(value) = row.of(Subject::Product) else {
                continue;
            };
            if row.unit == Unit::Instructions {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "it was a count"
                )]
                baseline.instructions.insert(row.what.clone(), value as u64);
            } else {
                baseline
                    .figures
                    .insert(format!("{}: {}", section.key, row.what), value);
            }
        }
    }
    baseline.write()
}

/// What the counts of a product are beside the baseline's, and which are too large.
pub struct Judged {
    /// As a table.
    pub table: String,
    /// What grew by more than it may.
    pub grown: Vec<String>,
}

/// Counts the instructions of an unoptimised program and compares them, or makes them what is compared with.
pub fn judge(product: &std::path::Path, save: bool) -> io::Result<Judged> {
    let mut baseline = Baseline::read()?;
    let counts = instructions::count(product)?;
    let mut lines = vec![
        ["", "instructions", "baseline", "change"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let mut grown = Vec::new();
    for count in &counts {
        let before = baseline.unoptimised.get(count.name).copied();
        let change = before.map(|before| count.instructions as f64 / before as f64 - 1.0);
        let show = |count: Option<u64>| {
            count.map_or("-".to_owned(), |count| Unit::Count.show(count as f64))
        };
        lines.push(vec![
            count.name.to_owned(),
            show(Some(count.instructions)),
            show(before),
            change.map_or("-".to_owned(), |change| format!("{:+.1}%", change * 100.0)),
        ]);
        if before.is_none_or(|before| count.is_more_than(before)) {
            grown.push(count.name.to_owned());
        }
    }
    if save {
        baseline.unoptimised = counts
            .iter()
            .map(|count| (count.name.to_owned(), count.instructions))
            .collect();
        baseline.write()?;
        grown.clear();
    }
    Ok(Judged {
        table: crate::figures::aligned(&lines),
        grown,
    })
}
