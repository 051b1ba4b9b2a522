use std::{env, sync::Arc};

use clap::Args as _;
use portkey_api::nearest;
use secrecy::SecretString;

use super::{AccessTables, declared, settings::FileSetting};

/// What comes from the environment alone: keys never stand in flags, where every process list shows them.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `PORTKEY_API_KEY`: an organisation or workspace key.
    pub api_key: Option<SecretString>,
    /// `PORTKEY_WORKSPACE_API_KEY`: for the operations that refuse organisation keys.
    pub workspace_api_key: Option<SecretString>,
    /// The names of all variables that hold settings or keys of this program.
    pub own: Arc<[String]>,
}

/// A variable that looks like a setting and is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown setting {name} in the environment{}", nearest.as_ref().map(|n| format!(": did you mean {n}?")).unwrap_or_default())]
pub struct UnknownVariable {
    name: String,
    nearest: Option<String>,
}

const KEY: &str = "PORTKEY_API_KEY";
const WORKSPACE_KEY: &str = "PORTKEY_WORKSPACE_API_KEY";

impl Environment {
    /// Reads the keys, and refuses a variable that was meant as a setting but is spelt wrong: a misspelt
    /// restriction must not leave the server unrestricted.
    ///
    /// What the tables refer to is no setting, but it is known.
    pub fn read(tables: &AccessTables) -> Result<Self, UnknownVariable> {
        let names: Vec<String> = env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .collect();
        let mut known = known();
        known.extend(tables.variables().map(str::to_owned));
        refuse_misspelt(names.iter().map(String::as_str), &known)?;
        Ok(Self {
            api_key: key(KEY),
            workspace_api_key: key(WORKSPACE_KEY),
            own: known.into(),
        })
    }
}

/// The key in a variable, if there is one.
pub(super) fn key(name: &str) -> Option<SecretString> {
    let text = env::var(name).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.into())
}

/// What a variable holds that is none of this program's.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Other programs have `PORTKEY_…` variables of their own, so only those are refused that start with this
/// program's name or differ from a setting by a slip of the finger.
fn refuse_misspelt<'a>(
    names: impl Iterator<Item = &'a str>,
    known: &[String],
) -> Result<(), UnknownVariable> {
    for name in names.filter(|name| !known.iter().any(|k| k == name)) {
        let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        let slip = known.iter().any(|k| is_slip(name, k));
        if slip || name.starts_with("PORTKEY_MCP_") {
            return Err(UnknownVariable {
                name: name.to_owned(),
                nearest,
            });
        }
    }
    Ok(())
}

fn is_slip(name: &str, known: &str) -> bool {
    let ours = name.starts_with("PORTKEY_") || name.starts_with("MCP_");
    ours && strsim::damerau_levenshtein(name, known) <= 2
}

/// The settings' own variables, from the one place that declares them.
fn known() -> Vec<String> {
    let command = FileSetting::augment_args(declared::everything());
    let variables = command.get_arguments().filter_map(clap::Arg::get_env);
    variables
        .map(|name| name.to_string_lossy().into_owned())
        .chain([KEY.to_owned(), WORKSPACE_KEY.to_owned()])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str) -> Result<(), UnknownVariable> {
        refuse_misspelt([name].into_iter(), &known())
    }

    #[test]
    fn settings_and_foreign_variables_pass() {
        for name in [
            "PORTKEY_API_KEY",
            "PORTKEY_SANDBOX",
            "PORTKEY_VIRTUAL_KEY",
            "PORTKEY_MCP_CONFIG",
            "MCP_TIMEOUT",
            "PATH",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn slips_are_refused_with_the_nearest_setting() {
        let error = check("PORTKEY_API_KYE").unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown setting PORTKEY_API_KYE in the environment: did you mean PORTKEY_API_KEY?"
        );
        assert!(check("PORTKEY_SANDBOXX").is_err());
        assert!(check("PORTKEY_MCP_READONLY").is_err());
    }
}
