//! A list of a thousand entries.

use std::{io, time::Instant};

use serde_json::{Map, Value, json};

use crate::{
    figures::{Section, Subject, Unit, percentile},
    measures::{Bench, attempt},
    process,
    stdio::Session,
};

/// Rows that targets are about.
pub const WHOLE_TIME: &str = "asked whole, p50";
/// Of the process.
pub const WHOLE_PEAK: &str = "asked whole, peak memory";
/// Of the text that a model reads.
pub const DEFAULT_TOKENS: &str = "by default, text";
/// Measures everybody who has the tool.
pub fn measure(bench: &Bench) -> Section {
    let note = "`list_configs` on standard input and output; the upstream answers 1,000 configs in one page of 0.4 MB.";
    let mut section = Section::new("lists", "A list of 1,000 configs", note);
    for subject in [Subject::Product, Subject::Peer] {
        if bench.programs.subjects().any(|one| one == subject) {
            attempt(&mut section, subject, |section| {
                one(bench, subject, section)
            });
        }
    }
    section
}

fn one(bench: &Bench, subject: Subject, section: &mut Section) -> io::Result<()> {
    let encoding = tiktoken_rs::o200k_base_singleton();
    for (how, is_whole) in [("by default", false), ("asked whole", true)] {
        let Some(mut command) = bench
            .programs
            .stdio(subject, &bench.stub.api("/entries/1000"))
        else {
            return Ok(());
        };
        let mut session = Session::open(&mut command)?;
        let arguments = if is_whole && subject == Subject::Product {
            whole(&mut session, "list_configs", 1_000)?
        } else {
            json!({})
        };
        let text = session.text("list_configs", &arguments)?;
        let mut took = Vec::new();
        let mut length = 0;
        for _ in 0..bench.times(20, 5) {
            let begun = Instant::now();
            length = session.call("list_configs", &arguments)?.len();
            took.push(begun.elapsed().as_secs_f64());
        }
        let peak = process::peak(session.process())?;
        let tokens = encoding.encode_ordinary(&text).len();
        section.put(
            &format!("{how}, p50"),
            Unit::Time,
            subject,
            percentile(&mut took, 0.5),
        );
        section.put(
            &format!("{how}, message"),
            Unit::Memory,
            subject,
            length as f64,
        );
        section.put(
            &format!("{how}, text"),
            Unit::Tokens,
            subject,
            tokens as f64,
        );
        section.put(&format!("{how}, peak memory"), Unit::Memory, subject, peak);
    }
    Ok(())
}

/// The arguments that ask for every entry and all of it, of those that a tool has.
pub fn whole(session: &mut Session, tool: &str, entries: usize) -> io::Result<Value> {
    let tools = session.tools()?;
    let tool = tools.iter().find(|one| one["name"] == tool);
    let properties = tool.and_then(|tool| tool["inputSchema"]["properties"].as_object());
    let has = |name: &str| properties.is_some_and(|properties| properties.contains_key(name));
    let known = [
        ("page_size", json!(entries)),
        ("verbose", json!(true)),
        ("result_tokens", json!(1_000 * entries)),
    ];
    let given = known.into_iter().filter(|(name, _)| has(name));
    Ok(given
        .map(|(name, value)| (name.to_owned(), value))
        .collect::<Map<_, _>>()
        .into())
}
