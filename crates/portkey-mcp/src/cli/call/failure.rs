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
    /// `--chart` names a file of another form.
    #[error("--chart={} is neither a .png nor an .svg file; name such a file, or leave `=FILE` out to draw in the terminal", path.display())]
    Chart { path: PathBuf },
    /// The file of `--chart` cannot be written.
    #[error("--chart cannot write {}", path.display())]
    Drawn { path: PathBuf, source: io::Error },
    /// The file of `--json` does not hold a JSON object.
    #[error("{path} is not a JSON object")]
    Json {
        path: PathBuf,
        source: serde_json::Error,
    },
}
