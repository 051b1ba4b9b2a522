//! What is this program's own, and so neither a source of secrets nor a place for new ones.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::private_file::Identity;

/// What stands beside a journal, by what it adds to the name: what SQLite keeps, and the quotas.
const BESIDE: [&str; 6] = ["", "-wal", "-shm", "-journal", "-quotas", "-quotas-journal"];

/// What is never passed on, whatever is allowed.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// The variables of its settings and keys.
    pub variables: Arc<[String]>,
    /// The files that it reads and writes.
    pub files: Vec<PathBuf>,
}

impl Own {
    /// Whether this is one of its files, by whatever name it was found. They are told by what they are and not opened.
    pub(crate) fn has(&self, identity: &Identity) -> bool {
        let mut files = self.files.iter().flat_map(|file| beside(file));
        files.any(|file| Identity::at(&file).is_ok_and(|own| own == *identity))
    }
}

fn beside(file: &Path) -> impl Iterator<Item = PathBuf> + use<'_> {
    BESIDE.into_iter().map(move |ending| {
        let mut name = OsString::from(file);
        name.push(ending);
        name.into()
    })
}
