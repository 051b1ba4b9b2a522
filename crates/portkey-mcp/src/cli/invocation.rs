//! Parses the command line, with the environment and the configuration file for what it does not say.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, error::ErrorKind};
use portkey_engine::causes::with_causes;
use portkey_engine::secrets::Own;

use super::{
    Cli,
    command_line::{self, Understood},
    help, note,
    unknown_word::UnknownWord,
};
use crate::config::{
    Configuration, ConfigurationFile, EffectiveSettings, Environment, Problems, TransportKind,
    UnknownVariable, without_secret,
};

/// A parsed command line with everything that it draws on.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) cli: Cli,
    pub(super) environment: Environment,
    pub(super) file: Option<ConfigurationFile>,
    pub(super) effective: EffectiveSettings,
}

/// Why a command line, the environment or the configuration file is invalid.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidInvocation {
    #[error(transparent)]
    CommandLine(#[from] clap::Error),
    #[error(transparent)]
    Word(#[from] UnknownWord),
    #[error(transparent)]
    File(#[from] Problems),
    #[error(transparent)]
    Environment(#[from] UnknownVariable),
}

impl Invocation {
    /// Parses the arguments of a command line; the first is the program.
    pub(super) fn of(args: &[OsString]) -> Result<Self, InvalidInvocation> {
        Self::with_file(args, None)
    }

    /// The same, with another configuration file than the arguments name.
    pub(super) fn with_file(
        args: &[OsString],
        other: Option<&Path>,
    ) -> Result<Self, InvalidInvocation> {
        // Every start waits for the command to be made, so it is made again only where one is not enough.
        let mut program = Cli::command();
        let args = &match command_line::understood(&program, args)? {
            Understood::Line(args) => args,
            Understood::Options => return Err(help::options().into()),
            Understood::ExitCodes => return Err(help::exit_codes().into()),
        };
        let mut matches = matches(&mut program, args)?;
        let file = other.or_else(|| ConfigurationFile::named_in(&matches));
        let file = file.map(ConfigurationFile::read).transpose()?;
        if let Some(file) = &file {
            matches = self::matches(&mut file.behind(Cli::command(), &matches), args)?;
        }
        let tables = file.as_ref().map(|file| file.tables().clone());
        Ok(Self {
            cli: Cli::from_arg_matches(&matches)?,
            environment: Environment::read(&tables.unwrap_or_default())?,
            effective: EffectiveSettings::of(&matches, file.as_ref()),
            file,
        })
    }

    /// The files that it was read from: the configuration file and the keys that it names.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let Some(file) = &self.file else {
            return Vec::new();
        };
        let keys = file.tables().key_files();
        let files = keys.chain([file.path()]).map(Path::to_owned);
        files.collect()
    }

    /// The configuration, which does not depend on the command.
    pub(super) fn configuration(&self) -> Configuration {
        Configuration {
            settings: self.cli.settings.clone(),
            environment: self.environment.clone(),
            own: Own {
                variables: Arc::clone(&self.environment.own),
                files: self
                    .files()
                    .into_iter()
                    .chain(self.effective.files())
                    .collect(),
            },
            tables: self
                .file
                .as_ref()
                .map(|file| file.tables().clone())
                .unwrap_or_default(),
        }
    }
}

impl InvalidInvocation {
    /// Prints the error, and returns the exit code. Clap prints its own, in colours, and `--help` to standard output.
    pub(super) fn report(self) -> ExitCode {
        match self {
            Self::CommandLine(error) => {
                _ = error.print();
                ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
            }
            other => {
                note(with_causes(&other));
                ExitCode::from(2)
            }
        }
    }
}

/// Parses the arguments. Without a command, `--transport http` stands for the command `http`.
fn matches(command: &mut clap::Command, args: &[OsString]) -> Result<ArgMatches, clap::Error> {
    let read = command.try_get_matches_from_mut(args);
    let matches = read.map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp => help::arranged()
            .try_get_matches_from(args)
            .err()
            .unwrap_or(error),
        _ => without_secret(error),
    })?;
    let transport = matches.get_one::<TransportKind>("transport");
    if matches.subcommand().is_none() && transport == Some(&TransportKind::Http) {
        let http = [OsString::from("http")];
        return command.try_get_matches_from_mut(args.iter().chain(&http));
    }
    Ok(matches)
}
