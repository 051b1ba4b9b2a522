//! `cargo xtask tidy`: what every source file keeps to and no lint looks at.

mod literals;
#[cfg(test)]
mod tests;
mod text;
mod types;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    Broken, root,
    sources::{self, shown},
};

/// Checks every source file of the workspace.
pub fn run() -> Result<(), Broken> {
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        let folder = root().join(folder);
        list(&folder, &mut files).map_err(|error| Broken::File(folder, error.to_string()))?;
    }
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)
            .map_err(|error| Broken::File(file.clone(), error.to_string()))?;
        texts.push((shown(&file).display().to_string(), text));
    }
    let mut faults = text::check(&texts);
    faults.extend(types::check(&sources::members()?)?);
    faults.extend(literals::check(&sources::members()?)?);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Broken::Faults(faults))
    }
}

/// Adds the source files below a folder.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// Says which exceptions nothing needs any more.
fn unneeded<'a>(
    exceptions: impl Iterator<Item = &'a str>,
    needed: impl Fn(&str) -> bool,
    list: &str,
) -> Vec<String> {
    exceptions
        .filter(|exception| !needed(exception))
        .map(|exception| format!("{list} needs no exception `{exception}` any more; take it out"))
        .collect()
}
