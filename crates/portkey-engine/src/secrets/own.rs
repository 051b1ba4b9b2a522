//! The program's own variables and files, from which no secret is read and to which none is written.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::private_file::Identity;

/// The suffixes of the files next to a journal: the journal itself, the files of SQLite, and the quotas.
const SUFFIXES: [&str; 6] = ["", "-wal", "-shm", "-journal", "-quotas", "-quotas-journal"];

/// The program's own variables and files. No rule can allow arguments to refer to them.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// The environment variables of its settings and keys.
    pub variables: Arc<[String]>,
    /// The files that the program reads and writes.
    pub files: Vec<PathBuf>,
}

impl Own {
    /// Whether this is one of the program's files, whatever its path is. Files are compared by their identity and are
    /// not opened.
    pub(crate) fn has(&self, identity: &Identity) -> bool {
        let mut files = self.files.iter().flat_map(|file| beside(file));
        files.any(|file| Identity::at(&file).is_ok_and(|own| own == *identity))
    }
}

fn beside(file: &Path) -> impl Iterator<Item = PathBuf> + use<'_> {
    SUFFIXES.into_iter().map(move |ending| {
        let mut name = OsString::from(file);
        name.push(ending);
        name.into()
    })
}
