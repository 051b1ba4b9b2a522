//! Why the arguments of `call` cannot be read.

use std::{io, path::PathBuf};

/// Why the arguments of `call` cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgumentsFailure {
    /// A file, or standard input, cannot be read.
    #[error("cannot read {path}")]
    File { path: PathBuf, source: io::Error },
    /// The file that a tool's flag names is not JSON.
    #[error("{path} is not JSON")]
    Value {
        path: PathBuf,
        source: serde_json::Error,
    },
    /// The file of `--json` does not hold a JSON object.
    #[error("{path} is not a JSON object")]
    Json {
        path: PathBuf,
        source: serde_json::Error,
    },
}
