//! `portkey-mcp config`: checks the configuration, or prints the schema of its file.

use std::{ffi::OsString, fmt::Write as _, path::PathBuf};

use clap::{Args, Subcommand};
use portkey_api::{Edition, Keys};
use portkey_engine::causes::with_causes;
use portkey_engine::keys::Fingerprint;

use super::{CommandFailure, Invocation, print};
use crate::{
    access::InvalidGrant,
    auth::{AuthFailure, AuthMethod},
    config::{
        AccessTables, Configuration, ConfigurationFile, DEFAULT_PROFILE, HttpSettings, Problem,
        Problems, Restrictions, schema,
    },
};

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the configuration file, and print the settings that would be in force with the given flags and variables.
    Check(Box<Check>),
    /// Print the JSON Schema of the configuration file.
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The file to check.
    #[arg(id = "config_file", value_name = "FILE", env = "PORTKEY_MCP_CONFIG")]
    _file: Option<PathBuf>,

    /// The file that a running server has now. Fails also if that server would not take over the new one without a
    /// restart.
    #[arg(long, value_name = "FILE")]
    replaces: Option<PathBuf>,

    #[command(flatten)]
    http: HttpSettings,
}

pub(super) fn run(
    command: &Command,
    invocation: &Invocation,
    args: &[OsString],
) -> Result<(), CommandFailure> {
    match command {
        Command::Schema => print(format!("{:#}", schema())),
        // The file was checked when it was read.
        Command::Check(check) => {
            let configuration = invocation.configuration();
            if let Some(file) = &invocation.file {
                keys(file, &configuration)?;
            }
            admission(&check.http, &configuration, invocation.file.as_ref())?;
            if let Some(running) = &check.replaces {
                let running = Invocation::with_file(args, Some(running))?;
                replaces(&running, invocation)?;
            }
            let profiles = profiles(&configuration)?;
            print(format!("{}\n{}", invocation.effective, profiles.trim_end()))
        }
    }
}

/// Fails if a server that runs with one configuration would not take over the other.
fn replaces(running: &Invocation, new: &Invocation) -> Result<(), CommandFailure> {
    let [old, next] = [running, new].map(|invocation| {
        Restrictions::of(&invocation.configuration(), invocation.effective.clone())
    });
    Ok(old.check(&next)?)
}

/// Reports every key that cannot be read where the file says.
fn keys(file: &ConfigurationFile, configuration: &Configuration) -> Result<(), Problems> {
    let names = file.tables().profiles.keys();
    let problems: Vec<Problem> = names
        .filter_map(|name| {
            let failure = configuration.connection(name).err()?;
            Some(file.problem(
                &format!("profiles.{name}"),
                with_causes(&failure).to_string(),
            ))
        })
        .collect();
    file.refuse(problems)
}

/// Reports why authentication or grants would keep `portkey-mcp http` from starting.
fn admission(
    http: &HttpSettings,
    configuration: &Configuration,
    file: Option<&ConfigurationFile>,
) -> Result<(), CommandFailure> {
    let (settings, tables) = (&configuration.settings, &configuration.tables);
    let connection = configuration.connection(&settings.profile)?;
    let shares_key = settings.sandbox.is_on() || connection.credential_for(Keys::Any).is_some();
    let method = AuthMethod::of(http, tables).and_then(|method| {
        method.check(tables, shares_key)?;
        Ok(method)
    });
    let (method, file) = match (method, file) {
        (Ok(method), Some(file)) => (method, file),
        (Ok(_), None) => return Ok(()),
        (Err(failure), Some(file)) => {
            let entry = entry(&failure, tables);
            return Ok(file.refuse(vec![
                file.problem(&entry, with_causes(&failure).to_string()),
            ])?);
        }
        (Err(failure), None) => return Err(failure.into()),
    };
    let issuers = method.issuers(tables).iter();
    let issuers: Vec<&str> = issuers.map(|table| table.issuer.as_str()).collect();
    let grants = InvalidGrant::all(&tables.grants, &issuers);
    let problems = grants.map(|grant| {
        let index = grant.number().saturating_sub(1);
        file.problem(&format!("grants.{index}"), grant.to_string())
    });
    Ok(file.refuse(problems.collect())?)
}

/// The entry of the file that a failure is about, if it is about one.
fn entry(failure: &AuthFailure, tables: &AccessTables) -> String {
    let AuthFailure::Issuer { issuer, .. } = failure else {
        return String::new();
    };
    let place = tables
        .issuers
        .iter()
        .rposition(|table| table.issuer == *issuer);
    place
        .map(|index| format!("issuers.{index}"))
        .unwrap_or_default()
}

/// Lists profiles, issuers and grants, and marks the chosen profile.
fn profiles(configuration: &Configuration) -> Result<String, CommandFailure> {
    let chosen = &configuration.settings.profile;
    // An unknown chosen profile is an error too.
    configuration.connection(chosen)?;
    let tables = &configuration.tables;
    let implied = (!tables.profiles.contains_key(DEFAULT_PROFILE)).then_some(DEFAULT_PROFILE);
    let mut text = String::new();
    for name in implied
        .into_iter()
        .chain(tables.profiles.keys().map(String::as_str))
    {
        let connection = configuration.connection(name)?;
        let key = connection.credential_for(Keys::Any).map(Fingerprint::of);
        let key = key.map_or_else(|| "no key".to_owned(), |key| format!("key {key}"));
        let edition = match connection.edition {
            Edition::Classic => String::new(),
            other @ Edition::PrismaAirs => format!(" ({other})"),
        };
        let chosen = if name == chosen { " (chosen)" } else { "" };
        _ = writeln!(
            text,
            "profile {name}{chosen}: {}{edition}, {key}",
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
