//! References to keys, which themselves never stand in the configuration file.

use std::{fmt, fs, io, path::PathBuf};

use portkey_engine::secrets::{KeptKey, SinkFailure};
use secrecy::SecretString;
use serde::Deserialize;

use super::variables;

/// Where a key is: `env:NAME`, `file:PATH` or `keyring:NAME`. Keys themselves never stand in the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum KeyReference {
    /// In this variable of the environment.
    Environment(String),
    /// The content of this file, without white space around it.
    File(PathBuf),
    /// In the system's keyring, where `portkey-mcp login` put it under this name.
    Keyring(String),
}

/// What a reference to the keyring begins with.
const KEYRING: &str = "keyring:";

impl KeyReference {
    /// The reference to the keyring that a text is, if it is one.
    pub(super) fn to_keyring(text: &str) -> Option<Self> {
        let name = text.strip_prefix(KEYRING)?.trim();
        (!name.is_empty()).then(|| Self::Keyring(name.to_owned()))
    }

    /// Reads the key that it refers to.
    pub(crate) fn resolve(&self) -> Result<SecretString, NoKey> {
        match self {
            Self::Environment(name) => {
                variables::key(name).ok_or_else(|| NoKey::Variable(name.clone()))
            }
            Self::File(path) => {
                let text = fs::read_to_string(path).map_err(|source| NoKey::File {
                    path: path.clone(),
                    source,
                })?;
                match text.trim() {
                    "" => Err(NoKey::Empty(path.clone())),
                    text => Ok(text.into()),
                }
            }
            Self::Keyring(name) => match KeptKey::named(name).read() {
                Ok(Some(key)) => Ok(key),
                Ok(None) => Err(NoKey::NotKept(name.clone())),
                Err(source) => Err(NoKey::Keyring(source)),
            },
        }
    }
}

impl fmt::Display for KeyReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Keyring(name) => write!(f, "{KEYRING}{name}"),
        }
    }
}

/// Why a reference leads to no key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoKey {
    /// The variable is missing or empty.
    #[error("the variable {0} is not set")]
    Variable(String),
    /// The file cannot be read.
    #[error("{path} cannot be read")]
    File { path: PathBuf, source: io::Error },
    /// The file is empty.
    #[error("{0} is empty")]
    Empty(PathBuf),
    /// The keyring has no such key.
    #[error("the keyring has no key `{0}`; `portkey-mcp login --profile {0}` stores one")]
    NotKept(String),
    /// The keyring cannot be read.
    #[error("the key is in the keyring, which cannot be read")]
    Keyring(#[source] SinkFailure),
}

/// A text that is no reference to a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `env:NAME`, `file:PATH` or `keyring:NAME`; keys themselves do not belong into the configuration file"
)]
pub(crate) struct NoReference;

impl TryFrom<String> for KeyReference {
    type Error = NoReference;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self::Environment(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Self::to_keyring(&text).ok_or(NoReference),
        }
    }
}
