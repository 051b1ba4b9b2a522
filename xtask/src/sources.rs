//! The sources of the workspace: its crates, their modules, and what those import.

mod imports;
mod modules;
mod workspace;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{Broken, root};

pub(crate) use modules::{Crate, is_test, is_test_item, line};
pub(crate) use workspace::{Member, members};

/// A path as people at the workspace's root write it.
pub(crate) fn shown(path: &Path) -> &Path {
    path.strip_prefix(root()).unwrap_or(path)
}

/// Adds the source files below a folder.
pub(crate) fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Broken> {
    let broken = |error: io::Error| Broken::File(folder.to_owned(), error.to_string());
    for entry in fs::read_dir(folder).map_err(broken)? {
        let path = entry.map_err(broken)?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
