//! Where newly made secrets go, so that they stay out of the model's context.

mod file;

use std::{fmt, io, path::PathBuf, str::FromStr};

use portkey_api::masked;
use serde_json::Value;

pub use file::SecretFile;

/// Where the operator wants newly made secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Into the answer, in clear, this once.
    Inline,
    /// Nowhere: the answer shows a masked form and the secret is gone.
    Mask,
    /// Into this file, which only its owner can read.
    File(PathBuf),
}

/// Where secrets go that an answer brings once.
#[derive(Debug)]
pub enum Sink {
    /// Into the answer.
    Inline,
    /// Nowhere.
    Mask,
    /// Into a file; the answer says which.
    File(SecretFile),
}

/// A `--secrets` value that is none.
#[derive(Debug, thiserror::Error)]
#[error("expected `inline`, `mask` or `file:PATH`")]
pub struct UnknownDestination;

/// The place for secrets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SinkFailure {
    /// There is no data directory to put the default file in.
    #[error(
        "there is no data directory for the file of secrets; set --secrets to `inline`, `mask` or `file:PATH`"
    )]
    NoDirectory,
    /// The file cannot be written.
    #[error(
        "the file for secrets, {path}, cannot be written; set --secrets to another `file:PATH`"
    )]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl FromStr for Destination {
    type Err = UnknownDestination;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.strip_prefix("file:")) {
            ("inline", _) => Ok(Self::Inline),
            ("mask", _) => Ok(Self::Mask),
            (_, Some(path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err(UnknownDestination),
        }
    }
}

impl Sink {
    /// The sink at `destination`; without one, a file in the user's data directory. Touches no file yet.
    pub fn at(destination: Option<Destination>) -> Result<Self, SinkFailure> {
        Ok(match destination {
            Some(Destination::Inline) => Self::Inline,
            Some(Destination::Mask) => Self::Mask,
            Some(Destination::File(path)) => Self::File(SecretFile::at(path)),
            None => Self::File(SecretFile::in_data_directory()?),
        })
    }

    /// Makes sure that a secret can be kept, before a call brings one that no later call returns.
    pub fn prepare(&self) -> Result<(), SinkFailure> {
        match self {
            Self::Inline | Self::Mask => Ok(()),
            Self::File(file) => file.open().map(drop),
        }
    }

    /// Keeps a new secret and says what the answer shows in its place.
    pub fn keep(&self, origin: &Origin<'_>, secret: &str) -> Result<Value, SinkFailure> {
        match self {
            Self::Inline => Ok(secret.into()),
            Self::Mask => Ok(masked(secret).into()),
            Self::File(file) => {
                file.append(origin, secret)?;
                Ok(format!("{} (in full in {})", masked(secret), file.path().display()).into())
            }
        }
    }
}

/// Which answer a secret came with.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The tool that made it.
    pub tool: &'a str,
    /// Where in the answer it stood.
    pub field: &'a str,
    /// What it belongs to: the answer's `id`, or the one the call named.
    pub id: Option<&'a str>,
}

impl fmt::Display for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline => f.write_str("in the answer, once"),
            Self::Mask => f.write_str("masked and not kept"),
            Self::File(file) => write!(f, "in {}", file.path().display()),
        }
    }
}
