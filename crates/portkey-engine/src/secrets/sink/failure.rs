//! Why a secret could not be kept.

use std::{io, path::PathBuf};

use tokio::task::JoinError;

use crate::wording::{Setting, Wording};

/// The place for secrets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SinkFailure {
    /// The file cannot be written.
    #[error("the file for secrets, {path}, cannot be written")]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system has no store of secrets, or none that can be reached from here.
    #[error("this system's keyring cannot be reached")]
    NoKeyring {
        /// Why.
        source: &'static ::keyring::Error,
    },
    /// The system's store of secrets does not take one.
    #[error("this system's keyring takes nothing")]
    Keyring(#[from] ::keyring::Error),
    /// The command is not there, or may not be run.
    #[error("the command for secrets, `{program}`, cannot be run")]
    NoCommand {
        /// What was looked for.
        program: String,
        /// Why it cannot.
        source: which::Error,
    },
    /// The command could not be run to its end.
    #[error("the command for secrets, `{program}`, broke off")]
    Broken {
        /// The command.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// The command says that it failed.
    #[error("the command for secrets, `{program}`, failed ({ended})")]
    Refused {
        /// The command.
        program: String,
        /// How it ended.
        ended: String,
    },
    /// The program ends.
    #[error("the program ended before the secret was kept")]
    Ended(#[from] JoinError),
}

impl SinkFailure {
    /// A clause that says what to do about it.
    pub fn remedy(&self, wording: &dyn Wording) -> String {
        let setting = wording.setting(Setting::Secrets);
        match self {
            Self::Unwritable { .. } => {
                format!("mend that, or set {setting} to another `file:PATH`")
            }
            Self::NoKeyring { .. } => format!(
                "start the keyring and then this server, or set {setting} to `file:PATH` or `exec:COMMAND`"
            ),
            Self::Keyring(_) => {
                format!("unlock the keyring, or set {setting} to `file:PATH` or `exec:COMMAND`")
            }
            Self::NoCommand { .. } => format!("correct {setting} `exec:…`"),
            Self::Broken { .. } | Self::Refused { .. } => "mend that command".to_owned(),
            Self::Ended(_) => "start it again".to_owned(),
        }
    }
}
