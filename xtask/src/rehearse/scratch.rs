//! A copy of the workspace that may be changed.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use super::guide::Edit;
use crate::{Broken, docs, root, target};

/// Folders of the workspace that a copy does not need: what was committed, built or installed.
const LEFT_OUT: [&str; 3] = [".git", "target", "node_modules"];

/// A folder with the files of the workspace.
pub(super) struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// Copies the workspace; what an earlier rehearsal left is removed.
    pub(super) fn copy() -> Result<Self, Broken> {
        let scratch = Self {
            folder: target().join("rehearsal"),
        };
        scratch.remove()?;
        let mut files = Vec::new();
        list(root(), &mut files).map_err(|error| broken(root(), &error))?;
        for from in files {
            let to = scratch
                .folder
                .join(from.strip_prefix(root()).unwrap_or(&from));
            let folder = to.parent().unwrap_or(&scratch.folder);
            fs::create_dir_all(folder).map_err(|error| broken(folder, &error))?;
            copy(&from, &to).map_err(|error| broken(&from, &error))?;
        }
        Ok(scratch)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes an edit in a file, or says why it cannot be made.
    pub(super) fn edit(&self, edit: &Edit) -> Result<(), String> {
        let path = self.folder.join(&edit.file);
        let fault = |error: io::Error| format!("{}: {error}", edit.file);
        let text = fs::read_to_string(&path).map_err(fault)?;
        fs::write(&path, edit.made(&text)?).map_err(fault)
    }

    /// What differs from the workspace though it was neither edited nor is written by `cargo xtask bless`.
    pub(super) fn strays(&self, edited: &BTreeSet<&str>) -> Result<Vec<String>, Broken> {
        let mut files = Vec::new();
        list(&self.folder, &mut files).map_err(|error| broken(&self.folder, &error))?;
        let mut strays = Vec::new();
        for path in files {
            let file = path.strip_prefix(&self.folder).unwrap_or(&path);
            let is_expected = is_blessed(file) || edited.iter().any(|edited| file == *edited);
            if !is_expected && fs::read(&path).ok() != fs::read(root().join(file)).ok() {
                strays.push(format!(
                    "{}: changed by the rehearsal, but neither the guide nor `cargo xtask bless` may do so",
                    file.display()
                ));
            }
        }
        Ok(strays)
    }

    pub(super) fn remove(&self) -> Result<(), Broken> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(broken(&self.folder, &error))
            }
            _ => Ok(()),
        }
    }
}

/// Copies a file with its time, so that what is built alike for both is not built again for either.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    let modified = fs::metadata(from)?.modified()?;
    fs::File::options()
        .write(true)
        .open(to)?
        .set_modified(modified)
}

/// Whether `cargo xtask bless` writes this file.
fn is_blessed(file: &Path) -> bool {
    file.extension()
        .is_some_and(|extension| extension == "snap")
        || file.starts_with("docs")
        || file == Path::new("README.md")
        || file == Path::new(docs::COSTS)
}

/// Adds the files of a folder and those below it.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            if !LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
                list(&entry.path(), files)?;
            }
        } else if entry.path().is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn broken(path: &Path, error: &io::Error) -> Broken {
    Broken::File(path.to_owned(), error.to_string())
}
