//! `cargo xtask tidy`: what every source file keeps to and no lint looks at.

mod literals;
#[cfg(test)]
mod tests;
mod text;
mod types;

use std::fs;

use crate::{
    Broken, root,
    sources::{self, Crate, shown},
};

/// Checks every source file of the workspace.
pub fn run() -> Result<(), Broken> {
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        sources::list(&root().join(folder), &mut files)?;
    }
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)
            .map_err(|error| Broken::File(file.clone(), error.to_string()))?;
        texts.push((shown(&file).display().to_string(), text));
    }
    let mut faults = text::check(&texts);
    let mut crates = Vec::new();
    for member in sources::members()? {
        let krate = Crate::read(&member.name, &member.source)?;
        crates.push((member.name, krate));
    }
    faults.extend(types::check(&crates));
    faults.extend(literals::check(&crates));
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Broken::Faults(faults))
    }
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
