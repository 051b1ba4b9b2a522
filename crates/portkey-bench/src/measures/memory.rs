//! How much memory is resident.

use std::{io, time::Duration};

use serde_json::{Value, json};

use crate::{
    figures::{Section, Subject, Unit},
    http::Era,
    measures::{
        Bench, attempt,
        load::{open_sessions, run, spoken},
    },
    process,
    stdio::Session,
};

/// Rows that targets are about.
pub const AFTER_CALLS: &str = "stdio, after 200 calls";
/// Above idle.
pub const THOUSAND: &str = "HTTP, 1,000 sessions above idle";
/// Above idle.
pub const TEN_THOUSAND: &str = "HTTP, 10,000 sessions above idle";
/// Of a whole process.
pub const LARGE: &str = "stdio, peak with a body of 50 MB";

/// Measures everybody.
pub fn measure(bench: &Bench) -> Section {
    let note = "Resident memory; a body of 50 MB is a list of configs, and a subject that refuses it says so in its \
        answer. `--max-sessions 20000` where it is needed.";
    let mut section = Section::new("memory", "Memory", note);
    for subject in bench.programs.subjects() {
        attempt(&mut section, subject, |section| {
            stdio(bench, subject, section)
        });
        attempt(&mut section, subject, |section| {
            large(bench, subject, 30, section)
        });
        attempt(&mut section, subject, |section| {
            large(bench, subject, 50, section)
        });
        attempt(&mut section, subject, |section| {
            load(bench, subject, section)
        });
        attempt(&mut section, subject, |section| {
            sessions(bench, subject, section)
        });
    }
    section
}

fn stdio(bench: &Bench, subject: Subject, section: &mut Section) -> io::Result<()> {
    let Some(mut command) = bench.programs.stdio(subject, &bench.stub.api("")) else {
        return Ok(());
    };
    let mut session = Session::open(&mut command)?;
    section.put(
        "stdio, idle",
        Unit::Memory,
        subject,
        process::resident(session.process())?,
    );
    session.tools()?;
    let listed = process::resident(session.process())?;
    section.put("stdio, after the tool list", Unit::Memory, subject, listed);
    for _ in 0..200 {
        session.call("list_workspaces", &json!({}))?;
    }
    section.put(
        AFTER_CALLS,
        Unit::Memory,
        subject,
        process::resident(session.process())?,
    );
    Ok(())
}

fn large(
    bench: &Bench,
    subject: Subject,
    megabytes: usize,
    section: &mut Section,
) -> io::Result<()> {
    let upstream = bench.stub.api(&format!("/megabytes/{megabytes}"));
    let Some(mut command) = bench.programs.stdio(subject, &upstream) else {
        return Ok(());
    };
    let mut session = Session::open(&mut command)?;
    // The smallest server has one tool only; the stub answers both alike.
    let tool = if subject == Subject::Smallest {
        "list_workspaces"
    } else {
        "list_configs"
    };
    let answer = session.call(tool, &json!({}))?;
    let (length, refused) = (answer.len(), is_refused(answer));
    let peak = process::peak(session.process())?;
    section.put(
        &format!("stdio, peak with a body of {megabytes} MB"),
        Unit::Memory,
        subject,
        peak,
    );
    if refused {
        let name = subject.name();
        let said = format!("\n\n{name} refuses an answer of {megabytes} MB.");
        section.note.push_str(&said);
    } else {
        let what = format!("stdio, answer of a body of {megabytes} MB");
        section.put(&what, Unit::Memory, subject, length as f64);
    }
    Ok(())
}

fn is_refused(answer: &str) -> bool {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    answer["result"]["isError"] == json!(true) || answer.get("error").is_some()
}

fn load(bench: &Bench, subject: Subject, section: &mut Section) -> io::Result<()> {
    let era = spoken(subject, Era::Sessions);
    let server = bench.programs.http(subject, era, &bench.stub.api(""))?;
    section.put(
        "HTTP, idle",
        Unit::Memory,
        subject,
        process::resident(server.process())?,
    );
    run(
        &server,
        era,
        128,
        Duration::from_millis(bench.times(5_000, 1_000) as u64),
    )?;
    let peak = process::peak(server.process())?;
    section.put("HTTP, peak with 128 clients", Unit::Memory, subject, peak);
    Ok(())
}

fn sessions(bench: &Bench, subject: Subject, section: &mut Section) -> io::Result<()> {
    if subject == Subject::Proxy {
        return Ok(());
    }
    let server = bench
        .programs
        .http(subject, Era::Sessions, &bench.stub.api(""))?;
    // Without the first, what everybody needs once would be counted as what a session needs.
    open_sessions(server.address, 1)?;
    let idle = process::resident(server.process())?;
    open_sessions(server.address, 1_000)?;
    let above = process::resident(server.process())? - idle;
    section.put(THOUSAND, Unit::Memory, subject, above);
    section.put("HTTP, a session", Unit::Memory, subject, above / 1_000.0);
    if bench.quick {
        return Ok(());
    }
    open_sessions(server.address, 9_000)?;
    let above = process::resident(server.process())? - idle;
    section.put(TEN_THOUSAND, Unit::Memory, subject, above);
    Ok(())
}
