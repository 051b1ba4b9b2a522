//! Why a secret could not be stored.

use std::{io, path::PathBuf};

use tokio::task::JoinError;

use crate::wording::{Setting, Wording};

/// The sink for secrets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SinkFailure {
    /// The file cannot be written.
    #[error("the file for secrets, {path}, cannot be written")]
    Unwritable {
        /// The path of the file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The system has no keyring, or none that this process can reach.
    #[error("this system's keyring cannot be reached")]
    NoKeyring {
        /// The error of the keyring.
        source: &'static ::keyring::Error,
    },
    /// The keyring does not store the secret.
    #[error("this system's keyring takes nothing")]
    Keyring(#[from] ::keyring::Error),
    /// The keyring's library failed.
    #[error("this system's keyring broke off")]
    KeyringBroke,
    /// The command does not exist or is not executable.
    #[error("the command for secrets, `{program}`, cannot be run")]
    NoCommand {
        /// The program that was looked for.
        program: String,
        /// The error of the search.
        source: which::Error,
    },
    /// The command could not be run, or not to its end.
    #[error("the command for secrets, `{program}`, broke off")]
    Broken {
        /// The program.
        program: String,
        /// The error of the system.
        source: io::Error,
    },
    /// The command failed.
    #[error("the command for secrets, `{program}`, failed ({ended})")]
    Refused {
        /// The program.
        program: String,
        /// The exit status of the command.
        ended: String,
    },
    /// This process ended before the secret was stored.
    #[error("the program ended before the secret was kept")]
    Ended(#[from] JoinError),
}

impl SinkFailure {
    /// Returns a clause that says what to do about the failure.
    pub fn remedy(&self, wording: &dyn Wording) -> String {
        let setting = wording.setting(Setting::Secrets);
        match self {
            Self::Unwritable { .. } => {
                format!("mend that, or set {setting} to another `file:PATH`")
            }
            Self::NoKeyring { .. } => format!(
                "start the keyring and then this server, or set {setting} to `file:PATH` or `exec:COMMAND`"
            ),
            Self::Keyring(_) | Self::KeyringBroke => {
                format!("unlock the keyring, or set {setting} to `file:PATH` or `exec:COMMAND`")
            }
            Self::NoCommand { .. } => format!("correct {setting} `exec:…`"),
            Self::Broken { .. } | Self::Refused { .. } => "mend that command".to_owned(),
            Self::Ended(_) => "start it again".to_owned(),
        }
    }
}
