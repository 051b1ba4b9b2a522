//! How long a server takes from its start to its first answers.

use std::{io, time::Instant};

use crate::{
    figures::{Section, Subject, Unit, percentile},
    measures::{Bench, attempt},
    stdio::Session,
};

/// To the answer of `initialize`, and to the whole tool list.
pub const LISTED: &str = "start to the whole tool list";

/// Measures everybody who serves on standard input and output.
pub fn measure(bench: &Bench) -> Section {
    let note = "The middle of several starts on standard input and output.";
    let mut section = Section::new("start", "Cold start", note);
    for subject in bench.programs.subjects() {
        attempt(&mut section, subject, |section| {
            one(bench, subject, section)
        });
    }
    section
}

fn one(bench: &Bench, subject: Subject, section: &mut Section) -> io::Result<()> {
    let (mut answered, mut listed, mut tools) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.times(15, 3) {
        let Some(mut command) = bench.programs.stdio(subject, &bench.stub.api("")) else {
            return Ok(());
        };
        let begun = Instant::now();
        let mut session = Session::open(&mut command)?;
        answered.push(begun.elapsed().as_secs_f64());
        tools = session.tools()?;
        listed.push(begun.elapsed().as_secs_f64());
    }
    let length: usize = tools.iter().map(|tool| tool.to_string().len()).sum();
    section.put(
        "start to `initialize`",
        Unit::Time,
        subject,
        percentile(&mut answered, 0.5),
    );
    section.put(LISTED, Unit::Time, subject, percentile(&mut listed, 0.5));
    section.put("tools", Unit::Count, subject, tools.len() as f64);
    section.put("tool list", Unit::Memory, subject, length as f64);
    Ok(())
}
