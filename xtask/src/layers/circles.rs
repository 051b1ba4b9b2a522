//! Files that import each other in a circle: nobody can read one of them without the others.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::sources::{Crate, shown};

/// The most files that may import each other.
const LARGEST: usize = 3;

/// The files that each file imports.
type Graph<'a> = BTreeMap<&'a Path, BTreeSet<&'a Path>>;

/// What is wrong if there are not exactly as many large circles as are allowed.
pub(super) fn check(krate: &Crate, allowed: usize, manifest: &str) -> Vec<String> {
    let circles = large(&graph(krate));
    if circles.len() == allowed {
        return Vec::new();
    }
    if circles.len() < allowed {
        return vec![format!(
            "{manifest}: there are {} circles of more than {LARGEST} files and `circles = {allowed}` in \
             [package.metadata.layers] allows more; correct it",
            circles.len()
        )];
    }
    let listed = circles.iter().map(|files| {
        let names: Vec<String> = files
            .iter()
            .map(|file| shown(file).display().to_string())
            .collect();
        format!(
            "{} files import each other in a circle, and {LARGEST} are the most that may; move what several of them need \
             into a file of its own: {}",
            names.len(),
            names.join(", ")
        )
    });
    listed.collect()
}

fn graph(krate: &Crate) -> Graph<'_> {
    let mut graph = Graph::new();
    for (path, module) in krate.modules() {
        let imported = graph.entry(&module.file).or_default();
        for import in &module.imports {
            let Some(resolved) = krate.resolve(path, &import.path) else {
                continue;
            };
            // A module by itself is no import: what is used of it is named where it is used.
            if resolved.is_module {
                continue;
            }
            let Some(target) = resolved.passed.last() else {
                continue;
            };
            // A module is made of its submodules: that they use what is theirs together, and it uses them, is no circle.
            let is_part = target.starts_with(path);
            if let Some(file) = krate.file(target)
                && file != module.file
                && !is_part
            {
                imported.insert(file);
            }
        }
    }
    graph
}

/// The circles of too many files; a file is in one at most.
fn large<'a>(graph: &Graph<'a>) -> BTreeSet<BTreeSet<&'a Path>> {
    let reached: Graph<'a> = graph
        .keys()
        .map(|file| (*file, reachable(graph, file)))
        .collect();
    let leads = |from: &Path, to: &Path| reached.get(from).is_some_and(|all| all.contains(to));
    graph
        .keys()
        .map(|file| {
            let back = |other: &&&Path| leads(file, other) && leads(other, file);
            graph.keys().filter(back).copied().collect()
        })
        .filter(|circle: &BTreeSet<&Path>| circle.len() > LARGEST)
        .collect()
}

fn reachable<'a>(graph: &Graph<'a>, from: &'a Path) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(file) = waiting.pop() {
        let new = graph.get(file).into_iter().flatten();
        waiting.extend(new.filter(|file| reached.insert(**file)));
    }
    reached
}
