//! What a call on standard input and output takes beyond the upstream's own time.

use std::{io, net::SocketAddr, time::Instant};

use serde_json::json;

use crate::{
    direct::Direct,
    figures::{Section, Subject, Unit, percentile},
    measures::{Bench, attempt},
    process,
    stdio::Session,
    subject::KEY,
};

/// The row that the target is about.
pub const OVERHEAD: &str = "p50 over the upstream alone";

/// Measures everybody who serves on standard input and output.
pub fn measure(bench: &Bench) -> io::Result<Section> {
    let times = bench.times(3_000, 300);
    let mut direct = direct(bench.stub.address, times)?;
    let alone = percentile(&mut direct, 0.5);
    let note = format!(
        "`list_workspaces`, an answer of 3.4 kB, one call after the other. The upstream alone answers in {} (p50) and {} (p99).",
        Unit::Time.show(alone),
        Unit::Time.show(percentile(&mut direct, 0.99)),
    );
    let mut section = Section::new("stdio", "Calls on standard input and output", &note);
    for subject in bench.programs.subjects() {
        attempt(&mut section, subject, |section| {
            one(bench, subject, alone, times, section)
        });
    }
    Ok(section)
}

fn one(
    bench: &Bench,
    subject: Subject,
    alone: f64,
    times: usize,
    section: &mut Section,
) -> io::Result<()> {
    let Some(mut command) = bench.programs.stdio(subject, &bench.stub.api("")) else {
        return Ok(());
    };
    let mut session = Session::open(&mut command)?;
    for _ in 0..times / 10 {
        session.call("list_workspaces", &json!({}))?;
    }
    let cpu = process::cpu(session.process())?;
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        let begun = Instant::now();
        session.call("list_workspaces", &json!({}))?;
        took.push(begun.elapsed().as_secs_f64());
    }
    let cpu = process::cpu(session.process())? - cpu;
    let middle = percentile(&mut took, 0.5);
    section.put("p50", Unit::Time, subject, middle);
    section.put("p99", Unit::Time, subject, percentile(&mut took, 0.99));
    section.put(OVERHEAD, Unit::Time, subject, middle - alone);
    section.put("CPU per call", Unit::Time, subject, cpu / times as f64);
    Ok(())
}

/// The same request without anything in between, over one connection.
fn direct(address: SocketAddr, times: usize) -> io::Result<Vec<f64>> {
    let mut upstream = Direct::connect(address, KEY)?;
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        let begun = Instant::now();
        upstream.bytes("GET", "/v1/admin/workspaces", "")?;
        took.push(begun.elapsed().as_secs_f64());
    }
    Ok(took)
}
