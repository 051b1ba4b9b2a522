//! `cargo xtask layers`: modules import from lower floors only, and files form no large circles.
//!
//! A crate's `Cargo.toml` says what its floors are:
//!
//! ```toml
//! [package.metadata.layers]
//! # Ground floor first; a module imports from lower floors only.
//! floors = [["keys", "state"], ["policy"], ["call"]]
//! # What is still otherwise; an exception that is not needed any more fails too.
//! exceptions = ["keys -> call"]
//!
//! # The submodules of `call`, likewise.
//! [package.metadata.layers.call]
//! floors = [["parse"], ["send"]]
//! ```

mod circles;
mod floors;

#[cfg(test)]
mod tests;

use serde::Deserialize as _;

use crate::{
    Broken,
    sources::{self, Crate, Member, shown},
};
use floors::Table;

/// A crate with more top-level modules than this has a table.
const SMALL: usize = 3;

/// Checks every crate of the workspace.
pub fn run() -> Result<(), Broken> {
    let mut faults = Vec::new();
    for member in sources::members()? {
        faults.extend(check(&member)?);
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Broken::Faults(faults))
    }
}

fn check(member: &Member) -> Result<Vec<String>, Broken> {
    let krate = Crate::read(&member.name, &member.source)?;
    let manifest = shown(&member.manifest).display().to_string();
    let table = table(member)?;
    let mut faults = match &table {
        Some(table) => table.check(&krate, &manifest),
        None if krate.top_level().len() > SMALL => vec![format!(
            "{manifest}: a crate with more than {SMALL} modules says in `[package.metadata.layers]` on which floor each \
             of them is"
        )],
        None => Vec::new(),
    };
    let allowed = table.as_ref().map_or(0, Table::circles);
    faults.extend(circles::check(&krate, allowed, &manifest));
    Ok(faults)
}

fn table(member: &Member) -> Result<Option<Table>, Broken> {
    let Some(table) = member.metadata.get("layers") else {
        return Ok(None);
    };
    let broken = |error: serde_json::Error| {
        let why = format!("[package.metadata.layers]: {error}");
        Broken::File(member.manifest.clone(), why)
    };
    Table::deserialize(table).map(Some).map_err(broken)
}
