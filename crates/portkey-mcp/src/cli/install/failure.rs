//! Why a server was not installed or uninstalled.

use std::path::PathBuf;

use super::{
    edit::{EditFailure, Malformed},
    settings_file::UnusableFile,
};

/// Why the settings of a client were not changed. They are as they were.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstallFailure {
    /// There is no home folder.
    #[error("there is no home folder, in which clients keep their settings")]
    NoHome,
    /// No client has this name.
    #[error("there is no client `{name}`{}; `portkey-mcp install` lists them", nearest.map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default())]
    UnknownClient {
        name: String,
        /// The most similar name, if one is similar.
        nearest: Option<&'static str>,
    },
    /// The client has no file for a project.
    #[error("{0} has no servers of a project; leave out --project")]
    NoProject(&'static str),
    /// The client has no remote servers in its file.
    #[error(
        "{0} takes no remote servers from its file; add the address in its settings, as a connector"
    )]
    NoRemote(&'static str),
    /// A remote server has its own settings.
    #[error("a remote server has settings of its own; leave out {0}")]
    RemoteSettings(String),
    /// The file cannot be used.
    #[error("{path}")]
    File {
        path: PathBuf,
        #[source]
        source: UnusableFile,
    },
    /// The file is broken.
    #[error("{path} is broken, and was left as it is")]
    Broken {
        path: PathBuf,
        #[source]
        source: Malformed,
    },
    /// The file is not edited.
    #[error("{path} was left as it is: {reason}. This is what belongs there:\n\n{snippet}")]
    NotEdited {
        path: PathBuf,
        reason: EditFailure,
        snippet: String,
    },
    /// The file is not edited.
    #[error("{path} was left as it is: {reason}. Take the entry `{name}` out by hand")]
    NotTakenOut {
        path: PathBuf,
        reason: EditFailure,
        name: String,
    },
    /// The name is taken.
    #[error(
        "{path} has a server `{name}` that is not ours; choose another --name, or add --force to replace it"
    )]
    Taken { path: PathBuf, name: String },
    /// The entry may be another's.
    #[error(
        "{path} has a server `{name}` that is not ours; add --force to take it out all the same"
    )]
    NotOurs { path: PathBuf, name: String },
}
