//! Secrets stay out of the model's context, both ways: new ones go where the operator wants them, and those that
//! arguments need are read from where the operator allows.

mod command;
mod destination;
mod file;
mod fragments;
mod keyring;
mod own;
mod redactor;
mod source;
mod sources;

use std::{fmt, io, path::PathBuf, sync::Arc};

use crate::wording::{Setting, Wording};
use portkey_api_core::last_four;
use serde_json::{Value, json};
use tokio::task::{JoinError, spawn_blocking};

pub use command::SecretCommand;
pub use destination::{Destination, UnknownDestination};
pub use file::SecretFile;
pub use own::Own;
pub use redactor::Redactor;
pub use source::{InvalidSource, SecretSource, SourceList};
pub use sources::{ReadVariable, Sources};

/// Where secrets go and where they come from.
#[derive(Debug)]
pub struct Secrets {
    /// Where new ones go.
    pub sink: Sink,
    /// Where those are that arguments refer to.
    pub sources: Sources,
}

/// Where secrets go that an answer brings once.
#[derive(Debug)]
pub enum Sink {
    /// Into the answer.
    Inline,
    /// Nowhere.
    Mask,
    /// Into a file; the answer says which.
    File(Arc<SecretFile>),
    /// Into the operating system's store.
    Keyring,
    /// To a command of the operator's.
    Command(SecretCommand),
}

/// A secret that an answer brought once. It must not be shown, so there is no `Debug`.
pub struct NewSecret {
    /// The tool that made it.
    pub tool: &'static str,
    /// Where in the answer it stood.
    pub field: String,
    /// What it belongs to: the answer's `id`, or the one the call named.
    pub id: Option<String>,
    /// For whom it was made.
    pub principal: Arc<str>,
    /// Itself.
    pub secret: String,
}

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

impl Sink {
    /// The sink at `destination`; without one, a file in the user's data directory, or none where no such directory can be
    /// written. Touches nothing yet. Of what is
    /// `own`, commands do not get to see the variables, and no secret is written to the files.
    pub fn at(destination: Option<Destination>, own: &Own) -> Result<Self, SinkFailure> {
        Ok(match destination {
            Some(Destination::Inline) => Self::Inline,
            Some(Destination::Mask) => Self::Mask,
            Some(Destination::File(path)) => {
                Self::File(Arc::new(SecretFile::at(path, own.clone())))
            }
            Some(Destination::Keyring) => Self::Keyring,
            Some(Destination::Command(words)) => {
                Self::Command(SecretCommand::new(words, own.variables.clone()))
            }
            None => match SecretFile::in_data_directory(own.clone()) {
                Some(file) => Self::File(Arc::new(file)),
                None => Self::Mask,
            },
        })
    }

    /// Makes sure that a secret can be kept, before a call brings one that no later call returns.
    pub async fn prepare(&self) -> Result<(), SinkFailure> {
        match self {
            Self::Inline | Self::Mask => Ok(()),
            Self::File(file) => {
                let file = Arc::clone(file);
                spawn_blocking(move || file.open().map(drop)).await?
            }
            Self::Keyring => spawn_blocking(keyring::prepare).await?,
            Self::Command(command) => command.prepare(),
        }
    }

    /// Keeps a new secret and says what the answer shows in its place: its last four characters and where it went.
    pub async fn keep(&self, new: NewSecret) -> Result<Value, SinkFailure> {
        let shown = last_four(&new.secret);
        Ok(match self {
            Self::Inline => new.secret.into(),
            Self::Mask => format!("{shown} (not kept)").into(),
            Self::File(file) => {
                let place = file.path().display().to_string();
                let file = Arc::clone(file);
                spawn_blocking(move || file.append(&new)).await??;
                format!("{shown} (in full in {place})").into()
            }
            Self::Keyring => {
                let account = spawn_blocking(move || keyring::keep(&new)).await??;
                let service = keyring::SERVICE;
                format!("{shown} (in full in the system's keyring: service {service}, account {account})").into()
            }
            Self::Command(command) => {
                let told = command.hand_over(&new).await?;
                format!("{shown} (in full with {told})").into()
            }
        })
    }

    /// The file that it writes, if it does.
    pub fn file(&self) -> Option<PathBuf> {
        match self {
            Self::File(file) => Some(file.path().to_owned()),
            _ => None,
        }
    }
}

impl NewSecret {
    /// All of it, for where it is kept.
    fn record(&self) -> Value {
        json!({
            "time": jiff::Timestamp::now().to_string(),
            "tool": self.tool,
            "id": self.id,
            "field": self.field,
            "principal": &*self.principal,
            "secret": self.secret,
        })
    }
}

impl fmt::Display for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline => f.write_str("in the answer, once"),
            Self::Mask => f.write_str("masked and not kept"),
            Self::File(file) => write!(f, "in {}", file.path().display()),
            Self::Keyring => f.write_str("in the system's keyring"),
            Self::Command(command) => write!(f, "with the operator's {}", command.name()),
        }
    }
}
