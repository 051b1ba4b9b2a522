//! `portkey-mcp login` and `logout`: the user's key in the system's keyring, or in a file of variables.

mod env_file;
mod failure;

use std::{io, path::PathBuf};

use clap::Args;
use console::Term;
use portkey_api::Keys;
use portkey_engine::{
    audit::Audit,
    keys::{KeyIdentity, Owners},
    secrets::KeptKey,
    services::Services,
    state,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{CommandFailure, note, print};
use crate::{
    config::{Configuration, FileSetting, KEY, KeyFlaw},
    upstream::Upstream,
};
use env_file::EnvFile;

pub(crate) use failure::LoginFailure;

/// The arguments of `login`.
#[derive(Debug, Args)]
pub(super) struct Login {
    /// Write the key into this file of variables, such as `.env`, instead of the keyring. What else is in it stays, and
    /// only you can read it from then on.
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,

    #[command(flatten)]
    file: FileSetting,
}

/// Asks for a key, checks it and keeps it.
pub(super) async fn login(
    configuration: &Configuration,
    arguments: Login,
) -> Result<(), CommandFailure> {
    let name = &configuration.settings.profile;
    check_name(name)?;
    let file = arguments.env_file.map(EnvFile::read).transpose()?;
    let key = read_key().await?;
    let identity = accepted(configuration, name, &key).await?;
    print(described(&identity, &key))?;
    match &file {
        Some(file) => write_into(file, configuration.variable_of_key(name), &key),
        None => keep(name, &key),
    }
}

fn write_into(file: &EnvFile, variable: &str, key: &SecretString) -> Result<(), CommandFailure> {
    file.set(variable, key)?;
    let path = file.path().display();
    print(format_args!("Written to {path} as {variable}."))?;
    if file.is_tracked() {
        note(format_args!(
            "{path} is tracked by git: take it out with `git rm --cached`, and add it to .gitignore, before you commit"
        ));
    }
    Ok(())
}

fn keep(name: &str, key: &SecretString) -> Result<(), CommandFailure> {
    let kept = KeptKey::named(name);
    kept.store(key).map_err(LoginFailure::Keyring)?;
    print(format_args!(
        "Kept in the system's keyring ({kept}).\n\
         Set {KEY}=keyring:{name} where the server starts; that is no secret. In a configuration file, write `api-key = \
         \"keyring:{name}\"` into a profile."
    ))
}

/// Deletes a key that was kept.
pub(super) fn logout(configuration: &Configuration) -> Result<(), CommandFailure> {
    let name = &configuration.settings.profile;
    check_name(name)?;
    let kept = KeptKey::named(name);
    if kept.delete().map_err(LoginFailure::Keyring)? {
        print(format_args!(
            "Deleted from the system's keyring ({kept}). The key itself still works: delete it in Portkey too if nobody \
             needs it."
        ))
    } else {
        note(format_args!("the keyring has no such key ({kept})"));
        Ok(())
    }
}

/// A name that can be written behind `keyring:` everywhere.
fn check_name(name: &str) -> Result<(), LoginFailure> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(LoginFailure::Name(name.to_owned()));
    }
    Ok(())
}

/// Asks for the key at a terminal, or reads it from standard input.
async fn read_key() -> Result<SecretString, LoginFailure> {
    let reading = tokio::task::spawn_blocking(|| {
        let terminal = Term::stderr();
        if !io::IsTerminal::is_terminal(&io::stdin()) {
            let mut line = String::new();
            io::stdin().read_line(&mut line)?;
            return Ok(line);
        }
        terminal.write_str("Portkey API key (not shown): ")?;
        terminal.read_secure_line()
    });
    let line: io::Result<String> = reading.await.map_err(io::Error::from).and_then(|read| read);
    let line = SecretString::from(line.map_err(LoginFailure::Unread)?);
    let key = SecretString::from(line.expose_secret().trim());
    if key.expose_secret().is_empty() {
        return Err(LoginFailure::Empty);
    }
    match KeyFlaw::of(&key) {
        Some(flaw) => Err(LoginFailure::Flawed(flaw)),
        None => Ok(key),
    }
}

/// Asks Portkey whether it accepts the key, and whose it is.
async fn accepted(
    configuration: &Configuration,
    name: &str,
    key: &SecretString,
) -> Result<KeyIdentity, CommandFailure> {
    let services = Services::new(state::open(None)?, Audit::default(), None);
    let upstream = Upstream::open(&configuration.settings, services).await?;
    let client = upstream.reader(name, key.clone(), configuration);
    let owner = Owners::default().ask(&client, Keys::Any).await;
    let owner = owner.map_err(|error| LoginFailure::Unproven {
        portkey: client.settings().base_url.to_string(),
        source: error,
    })?;
    Ok(KeyIdentity::of(&owner, None))
}

/// The key and whose it is, in a line.
fn described(identity: &KeyIdentity, key: &SecretString) -> String {
    let kind = identity.kind.map(|kind| format!("{} key ", kind.as_str()));
    let name = identity.name.as_ref().map(|name| format!("`{name}` "));
    let organisation = identity.organisation_id.as_ref();
    let organisation = organisation.map(|id| format!(" of organisation {id}"));
    format!(
        "Portkey accepts the {}{}{}{}.",
        kind.unwrap_or_else(|| "key ".to_owned()),
        name.unwrap_or_default(),
        portkey_api::last_four(key.expose_secret()),
        organisation.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_written_in_every_shell_and_file() {
        for name in ["default", "team-2", "eu.staging_1"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "two words", "a/b", "a\"b", "$x"] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn no_key_is_shown_but_its_end() {
        let key = "abcdefghijklmnop-7f3a".into();
        let shown = described(&KeyIdentity::default(), &key);
        assert_eq!(shown, "Portkey accepts the key *****7f3a.");
    }
}
