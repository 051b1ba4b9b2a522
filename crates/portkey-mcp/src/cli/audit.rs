use std::{
    fs::File,
    io::{self, BufReader},
    path::PathBuf,
};

use clap::Subcommand;

use super::{CommandFailure, print};
use crate::{
    audit::{AuditFailure, Broken, Destination, verify},
    config::Configuration,
};

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check that no line was changed, taken out or moved. Says how many there are and the hash of the last: kept
    /// elsewhere and given back as `--head`, it also shows whether lines were cut off at the end.
    Verify {
        /// The file; the one that is in force when left out.
        file: Option<PathBuf>,
        /// A hash that the log must still hold.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
}

/// The audit log proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unproven {
    /// It is not in a file.
    #[error("the audit log is not in a file; name one: `portkey-mcp audit verify FILE`")]
    NoFile,
    /// It cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not as it was written.
    #[error("{path} is not as it was written: {broken}")]
    Broken {
        /// Which file.
        path: PathBuf,
        /// What is wrong first.
        broken: Broken,
    },
}

pub(super) fn run(configuration: &Configuration, command: &Command) -> Result<(), CommandFailure> {
    let Command::Verify { file, head } = command;
    let path = match file {
        Some(path) => path.clone(),
        None => in_force(configuration)?,
    };
    let file = File::open(&path).map_err(|source| Unproven::Unreadable {
        path: path.clone(),
        source,
    })?;
    let chain = verify(BufReader::new(file), head.as_deref())
        .map_err(|broken| Unproven::Broken { path, broken })?;
    let period = chain.period.map_or_else(String::new, |(first, last)| {
        format!(" from {first} to {last}")
    });
    print(format_args!(
        "{} entries{period}, none changed, missing or moved\nhead: {}",
        chain.entries, chain.head.hash
    ))
}

fn in_force(configuration: &Configuration) -> Result<PathBuf, CommandFailure> {
    let destination = match &configuration.settings.audit {
        Some(destination) => destination.clone(),
        None => Destination::of_a_user().map_err(|_: AuditFailure| Unproven::NoFile)?,
    };
    match destination {
        Destination::File(path) => Ok(path),
        Destination::Off | Destination::Log => Err(Unproven::NoFile.into()),
    }
}
