//! Why a key was not kept.

use std::{io, path::PathBuf, sync::Arc};

use portkey_client::Error;
use portkey_engine::secrets::SinkFailure;

use crate::config::KeyFlaw;

/// Why a key was not kept, or not deleted. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoginFailure {
    /// The name cannot be written in a reference.
    #[error("--profile `{0}`: the name of a kept key has letters, digits, `-`, `_` and `.` only")]
    Name(String),
    /// The key cannot be read.
    #[error("the key cannot be read")]
    Unread(#[source] io::Error),
    /// No key was given.
    #[error("no key was given; type it at the terminal, or pipe it into standard input")]
    Empty,
    /// The text is none.
    #[error("what was given {0}; copy the key from the Portkey dashboard, below API Keys")]
    Flawed(KeyFlaw),
    /// Portkey does not accept the key, or does not answer.
    #[error("{}", unproven(portkey, source))]
    Unproven { portkey: String, source: Arc<Error> },
    /// The keyring cannot be used.
    #[error(
        "the keyring cannot be used; where there is none, write the key into a file with --env-file"
    )]
    Keyring(#[source] SinkFailure),
    /// The file of variables cannot be used.
    #[error("{path} cannot be {used}")]
    File {
        path: PathBuf,
        used: &'static str,
        source: io::Error,
    },
}

/// The message of the error has its causes already.
fn unproven(portkey: &str, error: &Error) -> String {
    match error {
        Error::Refused(refusal) if refusal.status == 401 => format!(
            "Portkey at {portkey} does not accept this key, so it was not kept: it may be mistyped, expired, rotated or \
             deleted, or belong to another Portkey (--base-url)"
        ),
        error => format!(
            "the key could not be checked at {portkey}, so it was not kept: {error}; `portkey-mcp doctor` looks at the way \
             there"
        ),
    }
}
