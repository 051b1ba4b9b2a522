//! `portkey-mcp audit show`: the last entries of the audit log.

use std::{
    collections::VecDeque,
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use portkey_engine::{
    audit::{AuditFailure, PostgresLog},
    untrusted::quoted,
};
use serde_json::Value;

use super::VerifyFailure;
use crate::{
    cli::{
        CommandFailure,
        output::{Layout, OutputArguments},
    },
    config::Configuration,
};

/// What a table shows of an entry.
const COLUMNS: [&str; 8] = [
    "time",
    "principal",
    "client",
    "tool",
    "target",
    "decision",
    "outcome",
    "duration_ms",
];

/// The last lines of a file. Reads all of it, since lines differ in length.
pub(super) fn last_of_file(path: &Path, most: usize) -> Result<Vec<String>, VerifyFailure> {
    let unreadable = |source| VerifyFailure::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut last = VecDeque::new();
    for line in BufReader::new(file).lines() {
        last.push_back(line.map_err(unreadable)?);
        if last.len() > most {
            last.pop_front();
        }
    }
    Ok(last.into())
}

pub(super) async fn last_of_database(
    configuration: &Configuration,
    most: usize,
) -> Result<Vec<String>, CommandFailure> {
    let database = configuration.settings.journal.database();
    let log = PostgresLog::at(database.ok_or(AuditFailure::NoDatabase)?)?;
    Ok(log.last(most).await.map_err(VerifyFailure::Away)?)
}

/// Prints entries, the latest last. A line that is no JSON is shown as text: `audit verify` says what is wrong with it.
pub(super) fn print(lines: &[String], output: &OutputArguments) -> Result<(), CommandFailure> {
    let entry = |line: &String| {
        serde_json::from_str::<Value>(line).unwrap_or_else(
            |_| serde_json::json!({ "outcome": format!("no entry: {}", quoted(line)) }),
        )
    };
    let entries: Vec<Value> = lines.iter().map(entry).collect();
    let layout = Layout {
        columns: COLUMNS.map(str::to_owned).into(),
        ..Layout::default()
    };
    output.print(entries.into(), &layout)
}
