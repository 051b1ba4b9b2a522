//! Floors of modules: which there are, and what imports against them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::sources::{Crate, shown};

/// The floors of a module's submodules; at the top, those of a crate's modules.
#[derive(Default, Deserialize)]
pub(super) struct Table {
    /// Ground floor first.
    floors: Vec<Vec<String>>,
    /// Imports that are against the floors, as `importer -> imported`.
    #[serde(default)]
    exceptions: BTreeSet<String>,
    /// How many circles of too many files there are; only at the top.
    #[serde(default)]
    circles: usize,
    /// Tables of submodules, by their names.
    #[serde(flatten)]
    inside: BTreeMap<String, Table>,
}

/// One import of a module by another.
struct Arrow<'a> {
    from: &'a str,
    to: &'a str,
    at: String,
}

impl Table {
    /// How many circles of too many files are allowed.
    pub(super) const fn circles(&self) -> usize {
        self.circles
    }

    /// What is against this table, in words.
    pub(super) fn check(&self, krate: &Crate, manifest: &str) -> Vec<String> {
        self.check_in(krate, manifest, &mut Vec::new())
    }

    fn check_in(&self, krate: &Crate, manifest: &str, parent: &mut Vec<String>) -> Vec<String> {
        let children = krate.children(parent);
        let place = if parent.is_empty() {
            "metadata.layers".to_owned()
        } else {
            format!("metadata.layers.{}", parent.join("."))
        };
        let mut faults = self.misplaced(&children, &format!("{manifest}: [package.{place}]"));
        let mut unneeded = self.exceptions.clone();
        for arrow in arrows(krate, parent) {
            let Some(why) = self.fault(&arrow) else {
                continue;
            };
            let Arrow { from, to, at } = arrow;
            let exception = format!("{from} -> {to}");
            unneeded.remove(&exception);
            if !self.exceptions.contains(&exception) {
                faults.push(format!(
                    "{at}: `{from}` imports `{to}`, which is {why}; a module imports from lower floors only: \
                     move what both need down, hand it in, or place the modules anew in {manifest}"
                ));
            }
        }
        faults.extend(unneeded.iter().map(|exception| {
            format!("{manifest}: [package.{place}] needs no exception `{exception}`; take it out")
        }));
        for (name, table) in &self.inside {
            parent.push(name.clone());
            faults.extend(table.check_in(krate, manifest, parent));
            parent.pop();
        }
        faults
    }

    /// Modules on no floor or on several, and entries that are no modules.
    fn misplaced(&self, modules: &BTreeSet<&str>, table: &str) -> Vec<String> {
        let mut placed = BTreeSet::new();
        let mut faults = Vec::new();
        for name in self.floors.iter().flatten() {
            if !modules.contains(name.as_str()) {
                faults.push(format!("{table} places `{name}`, which is no module"));
            } else if !placed.insert(name.as_str()) {
                faults.push(format!("{table} places `{name}` twice"));
            }
        }
        for name in modules.difference(&placed) {
            faults.push(format!(
                "{table} places `{name}` on no floor; put it above all that it imports"
            ));
        }
        for name in self.inside.keys() {
            if !modules.contains(name.as_str()) {
                faults.push(format!(
                    "{table} has a table for `{name}`, which is no module"
                ));
            }
        }
        faults
    }

    /// Why an import is against the floors.
    fn fault(&self, arrow: &Arrow<'_>) -> Option<&'static str> {
        let from = self.floor(arrow.from)?;
        let to = self.floor(arrow.to)?;
        if to == from {
            Some("on the same floor")
        } else {
            (to > from).then_some("on a floor above")
        }
    }

    fn floor(&self, module: &str) -> Option<usize> {
        let is_on = |floor: &Vec<String>| floor.iter().any(|name| name == module);
        self.floors.iter().position(is_on)
    }
}

/// Which submodules of a module import which others, once for each file.
fn arrows<'a>(krate: &'a Crate, parent: &[String]) -> Vec<Arrow<'a>> {
    let children = krate.children(parent);
    let mut seen = BTreeSet::new();
    let mut arrows = Vec::new();
    for (path, module) in krate.modules() {
        let Some([from, ..]) = path.strip_prefix(parent) else {
            continue;
        };
        for import in &module.imports {
            let Some(resolved) = krate.resolve(path, &import.path) else {
                continue;
            };
            // The first one that the path names counts, even if it passes on what another declares.
            let mut passed = resolved.passed.iter();
            let first = passed.find_map(|path| path.strip_prefix(parent)?.first());
            let Some(&to) = first.and_then(|name| children.get(name.as_str())) else {
                continue;
            };
            if to != from && seen.insert((&module.file, from, to)) {
                arrows.push(Arrow {
                    from,
                    to,
                    at: format!("{}:{}", shown(&module.file).display(), import.line),
                });
            }
        }
    }
    arrows
}
