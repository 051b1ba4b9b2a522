//! Runs steps beside the tests.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{ChildStderr, Stdio},
    sync::mpsc::{self, Sender},
    thread,
};

use super::Step;
use crate::Broken;

/// How cargo begins to say that it starts a program of tests.
const STARTS: &str = "Running ";

/// Runs `tests`, and `others` beside it as soon as its programs are built: cargo builds for one command at a time.
pub(super) fn take(tests: &Step, others: &[Step]) -> Result<(), Broken> {
    eprintln!("\n=== {}", tests.name());
    let (built, is_built) = mpsc::channel();
    thread::scope(|scope| {
        let child = tests.command().stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| Broken::Start(tests.name(), error))?;
        if let Some(errors) = child.stderr.take() {
            scope.spawn(|| forward(errors, built));
        }
        // Nothing is received where nothing could be built.
        let beside = scope.spawn(move || match is_built.recv() {
            Ok(()) => others.iter().try_for_each(quietly),
            Err(_) => Ok(()),
        });
        tests.judge(child.wait())?;
        let beside = beside.join();
        beside.unwrap_or_else(|_| Err(Broken::Step("what runs beside the tests".to_owned())))
    })
}

/// Writes what the tests' cargo writes, and tells once when it has built everything.
fn forward(errors: ChildStderr, built: Sender<()>) {
    let mut built = Some(built);
    for line in BufReader::new(errors).lines().map_while(Result::ok) {
        if line.trim_start().starts_with(STARTS) {
            built.take().map(|built| built.send(()));
        }
        eprintln!("{line}");
    }
}

/// Runs a step, and shows what it wrote only if it fails: the tests write at the same time.
fn quietly(step: &Step) -> Result<(), Broken> {
    eprintln!("\n=== beside the tests: {}", step.name());
    let output = step.command().stdin(Stdio::null()).output();
    let output = output.map_err(|error| Broken::Start(step.name(), error))?;
    if !output.status.success() {
        // Nobody reads a closed standard error.
        _ = std::io::stderr().write_all(&output.stderr);
    }
    step.judge(Ok(output.status))
}
