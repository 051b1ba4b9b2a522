//! `portkey-mcp audit`: verifies and shows the audit log. Also opens it for the other commands.

mod failure;
mod show;

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use portkey_engine::audit::{Audit, AuditFailure, Chain, Destination, PostgresLog, verify};

use super::{CommandFailure, output::OutputArguments, print};
use crate::config::Configuration;

pub(super) use failure::VerifyFailure;

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check that no line was changed, removed or moved. Prints the number of lines and the hash of the last one. Keep
    /// that hash elsewhere: given as `--head` later, it shows whether lines were cut off at the end.
    Verify {
        /// The file. Left out: the audit log of the settings.
        file: Option<PathBuf>,
        /// A hash that the log must still contain.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
    /// Show the last entries.
    Show {
        /// The file. Left out: the audit log of the settings.
        file: Option<PathBuf>,
        /// How many.
        #[arg(long, value_name = "N", default_value_t = 20)]
        last: usize,
        #[command(flatten)]
        output: OutputArguments,
    },
}

/// Where calls are audited: where the setting says, else in the database of the journal, else on the sandbox in the
/// process log, else where it is `usual` for the command.
fn destination(configuration: &Configuration, usual: impl FnOnce() -> Destination) -> Destination {
    let settings = &configuration.settings;
    match &settings.audit {
        Some(destination) => destination.clone(),
        None if settings.journal.database().is_some() => Destination::Journal,
        None if settings.sandbox.is_on() => Destination::Log,
        None => usual(),
    }
}

/// The file of the audit log, or where else it is; `None` if there is none.
pub(super) fn place(configuration: &Configuration) -> Option<String> {
    match destination(configuration, Destination::of_a_user) {
        Destination::Off => None,
        Destination::Log => Some("the process log".to_owned()),
        Destination::Journal => Some("the database of the journal".to_owned()),
        Destination::File(path) => Some(path.display().to_string()),
    }
}

/// Opens the audit log that a command writes.
pub(super) fn open(
    configuration: &Configuration,
    usual: impl FnOnce() -> Destination,
) -> Result<Audit, AuditFailure> {
    let destination = destination(configuration, usual);
    Audit::at(&destination, configuration.settings.journal.database())
}

pub(super) async fn run(
    configuration: &Configuration,
    command: &Command,
) -> Result<(), CommandFailure> {
    match command {
        Command::Verify { file, head } => {
            verified(configuration, file.as_deref(), head.as_deref()).await
        }
        Command::Show { file, last, output } => {
            let lines = match log_to_read(configuration, file.as_deref()) {
                Destination::File(path) => show::last_of_file(&path, *last)?,
                Destination::Journal => show::last_of_database(configuration, *last).await?,
                Destination::Off | Destination::Log => return Err(VerifyFailure::NoFile.into()),
            };
            show::print(&lines, output)
        }
    }
}

/// The log that a command reads: this file, or where the settings say.
fn log_to_read(configuration: &Configuration, file: Option<&Path>) -> Destination {
    match file {
        Some(path) => Destination::File(path.to_owned()),
        None => destination(configuration, Destination::of_a_user),
    }
}

async fn verified(
    configuration: &Configuration,
    file: Option<&Path>,
    head: Option<&str>,
) -> Result<(), CommandFailure> {
    let chain = match log_to_read(configuration, file) {
        Destination::File(path) => in_file(&path, head)?,
        Destination::Journal => in_database(configuration, head).await?,
        Destination::Off | Destination::Log => return Err(VerifyFailure::NoFile.into()),
    };
    let period = chain.period.map_or_else(String::new, |(first, last)| {
        format!(" from {first} to {last}")
    });
    print(format_args!(
        "{} entries{period}, none changed, missing or moved\nhead: {}",
        chain.entries, chain.head.hash
    ))
}

fn in_file(path: &Path, head: Option<&str>) -> Result<Chain, VerifyFailure> {
    let file = File::open(path).map_err(|source| VerifyFailure::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    verify(BufReader::new(file), head).map_err(|broken| VerifyFailure::Broken {
        place: path.display().to_string(),
        broken,
    })
}

async fn in_database(
    configuration: &Configuration,
    head: Option<&str>,
) -> Result<Chain, CommandFailure> {
    let database = configuration.settings.journal.database();
    let log = PostgresLog::at(database.ok_or(AuditFailure::NoDatabase)?)?;
    let verified = log.verify(head).await.map_err(VerifyFailure::Away)?;
    Ok(verified.map_err(|broken| VerifyFailure::Broken {
        place: log.place(),
        broken,
    })?)
}
