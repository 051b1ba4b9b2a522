//! Each promise of the security documents names the tests that prove it, and those tests are there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// How the paragraph begins that names the tests of what stands before it.
const PROVED_BY: &str = "Proved by ";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn pages() -> Vec<PathBuf> {
    let pages = fs::read_dir(root().join("docs/safety")).unwrap();
    let mut pages: Vec<_> = pages.map(|page| page.unwrap().path()).collect();
    pages.push(root().join("SECURITY.md"));
    pages
}

fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

/// The tests that a page names: `module::test`, where the module is a file of tests.
fn named(page: &str) -> Vec<&str> {
    let paragraphs = page.split("\n\n");
    let proofs = paragraphs.filter_map(|paragraph| paragraph.split_once(PROVED_BY));
    let spans = proofs.flat_map(|(_, proof)| proof.split('`').skip(1).step_by(2));
    spans.filter(|span| span.contains("::")).collect()
}

/// Whether `module::test` is a test in a file of that module.
fn is_there(test: &str, sources: &[(PathBuf, String)]) -> bool {
    let (module, name) = test.rsplit_once("::").unwrap();
    // Unit tests stand in a module of this name in the file that they are of.
    let module = module.strip_suffix("::tests").unwrap_or(module);
    let file = format!("{}.rs", module.replace("::", "/"));
    let declared = format!("fn {name}(");
    let of_module = sources.iter().filter(|(path, _)| path.ends_with(&file));
    of_module.into_iter().any(|(_, text)| {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let declarations = lines.iter().enumerate();
        let mut declarations = declarations.filter(|(_, line)| line.contains(&declared));
        declarations.any(|(at, _)| {
            let before = lines.get(at.saturating_sub(4)..at).unwrap_or_default();
            before.iter().any(|line| line.contains("test"))
        })
    })
}

#[test]
fn every_test_that_a_promise_names_is_there() {
    let mut found = Vec::new();
    sources(&root().join("crates"), &mut found);
    let mut missing = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let tests = named(&text);
        assert!(!tests.is_empty(), "{} names no tests", page.display());
        let absent = tests.into_iter().filter(|test| !is_there(test, &found));
        missing.extend(absent.map(|test| format!("{}: {test}", page.display())));
    }
    assert!(missing.is_empty(), "no such tests:\n{}", missing.join("\n"));
}

#[test]
fn every_guarantee_names_a_test() {
    let text = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let (_, after) = text.split_once("## What the server guarantees").unwrap();
    let (guarantees, _) = after.split_once("\n## ").unwrap();
    let guarantees = guarantees.split("\n\n").filter(|one| one.starts_with("**"));
    let unproved: Vec<&str> = guarantees
        .filter(|one| !one.contains(PROVED_BY))
        .filter_map(|one| one.lines().next())
        .collect();
    assert!(
        unproved.is_empty(),
        "without a test:\n{}",
        unproved.join("\n")
    );
}
