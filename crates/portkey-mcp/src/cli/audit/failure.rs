//! Why `audit verify` or `audit show` failed.

use std::{io, path::PathBuf};

use portkey_engine::{
    audit::{Broken, Unwritable},
    causes::with_causes,
};

/// Why the audit log was not verified or shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VerifyFailure {
    /// It goes to the process log or nowhere, so there is no file to verify.
    #[error(
        "these settings keep no audit log that can be read; name a file, as in `portkey-mcp audit verify FILE`"
    )]
    NoFile,
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Unreadable { path: PathBuf, source: io::Error },
    /// Its database cannot be read.
    #[error("the audit log, {}, cannot be read: {}", .0.place, .0.reason)]
    Away(Unwritable),
    /// An entry was changed, removed or moved.
    #[error(
        "{place} is not as it was written: {}; keep it as it is, and compare it with a copy from elsewhere",
        with_causes(broken)
    )]
    Broken {
        /// The file or the database.
        place: String,
        /// The first entry at fault.
        broken: Broken,
    },
}
