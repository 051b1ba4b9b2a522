use std::{fmt::Write as _, path::PathBuf};

use clap::{Args, Subcommand};

use super::{CommandFailure, Reading, print};
use crate::{
    config::{Configuration, ConfigurationFile, HttpSettings, Problem, Problems, schema},
    profile::{Fingerprint, Profile},
};

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the configuration file and say what would be in force, with the flags and variables given.
    Check(Box<Check>),
    /// Print the JSON Schema of the configuration file.
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The file to check.
    #[arg(id = "config_file", value_name = "FILE", env = "PORTKEY_MCP_CONFIG")]
    _file: Option<PathBuf>,

    #[command(flatten)]
    _http: HttpSettings,
}

pub(super) fn run(command: &Command, reading: &Reading) -> Result<(), CommandFailure> {
    match command {
        Command::Schema => print(format!("{:#}", schema())),
        // Reading it was the first half of the check.
        Command::Check(_) => {
            let configuration = reading.configuration();
            if let Some(file) = &reading.file {
                keys(file, &configuration)?;
            }
            let profiles = profiles(&configuration)?;
            print(format!("{}\n{}", reading.in_force, profiles.trim_end()))
        }
    }
}

/// Finds every key that is not where the file says.
fn keys(file: &ConfigurationFile, configuration: &Configuration) -> Result<(), Problems> {
    let names = file.tables().profiles.keys();
    let problems: Vec<Problem> = names
        .filter_map(|name| {
            let failure = configuration.connection(name).err()?;
            Some(file.problem(&format!("profiles.{name}"), failure.to_string()))
        })
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(Problems {
        path: file.path().to_owned(),
        problems,
    })
}

/// Every profile, and which is meant where none is named.
fn profiles(configuration: &Configuration) -> Result<String, CommandFailure> {
    let chosen = &configuration.settings.profile;
    // A choice that is none is a mistake too.
    configuration.connection(chosen)?;
    let tables = &configuration.tables;
    let implied = (!tables.profiles.contains_key(Profile::DEFAULT)).then_some(Profile::DEFAULT);
    let mut text = String::new();
    for name in implied
        .into_iter()
        .chain(tables.profiles.keys().map(String::as_str))
    {
        let connection = configuration.connection(name)?;
        let key = connection.api_key.as_ref().map(Fingerprint::of);
        let key = key.map_or_else(|| "no key".to_owned(), |key| format!("key {key}"));
        let chosen = if name == chosen { " (chosen)" } else { "" };
        _ = writeln!(
            text,
            "profile {name}{chosen}: {}, {key}",
            connection.base_url
        );
    }
    for issuer in &tables.issuers {
        _ = writeln!(text, "issuer {}", issuer.issuer);
    }
    if !tables.grants.is_empty() {
        _ = writeln!(text, "grants: {}", tables.grants.len());
    }
    Ok(text)
}
