//! `cargo xtask bless`: writes every snapshot and every generated document as the code has them now.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use crate::{
    Broken,
    command::{self, cargo_test},
    dist, docs,
    sources::{self, Member},
};

/// How a test that holds a snapshot calls the library for them.
const CALL: &str = concat!("insta::", "assert_");
/// What comes before a snapshot that stands in the call itself, where nothing but an editor writes it.
const INLINE: &str = ", @";

/// A module with snapshots, as `cargo test` is asked for its tests.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshots {
    /// The target that the module is in: `--lib` or `--test=NAME`.
    target: String,
    /// What the names of its tests begin with.
    module: String,
}

/// What `cargo test` is asked for at once.
#[derive(Default)]
struct Asked {
    packages: BTreeSet<String>,
    modules: BTreeSet<String>,
}

/// Runs the tests that hold snapshots, which they write, and writes the documents. Read what changed before you commit it.
pub fn run() -> Result<(), Broken> {
    let mut targets: BTreeMap<String, Asked> = BTreeMap::new();
    for member in sources::members()? {
        for Snapshots { target, module } in of_member(&member)? {
            let asked = targets.entry(target).or_default();
            asked.packages.insert(member.name.clone());
            asked.modules.insert(module);
        }
    }
    for (target, asked) in targets {
        let mut test = cargo_test(asked.packages.iter().map(String::as_str));
        test.arg(target).arg("--").args(asked.modules);
        command::run(test.env("INSTA_UPDATE", "always"))?;
    }
    docs::write()?;
    dist::write()
}

/// The modules of a crate, and of its tests, that hold snapshots.
pub(crate) fn of_member(member: &Member) -> Result<Vec<Snapshots>, Broken> {
    let folder = member.manifest.parent().unwrap_or(&member.manifest);
    let mut files = Vec::new();
    for inside in ["src", "tests"] {
        let inside = folder.join(inside);
        if inside.is_dir() {
            sources::list(&inside, &mut files)?;
        }
    }
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)
            .map_err(|error| Broken::File(file.clone(), error.to_string()))?;
        if holds_files(&text) {
            found.extend(file.strip_prefix(folder).ok().and_then(place));
        }
    }
    Ok(found)
}

/// Whether a source file has snapshots in files of their own.
fn holds_files(text: &str) -> bool {
    let calls = text.split(CALL).skip(1);
    let mut calls = calls.filter_map(|call| call.split(';').next());
    calls.any(|call| !call.contains(INLINE))
}

/// Where `cargo test` finds the tests of a file, given below its package.
pub(crate) fn place(file: &Path) -> Option<Snapshots> {
    let stem: PathBuf = file.with_extension("");
    let mut names = stem.components().filter_map(|component| match component {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    let target = match names.next()? {
        "tests" => format!("--test={}", names.next()?),
        _ => "--lib".to_owned(),
    };
    let names: Vec<&str> = names.collect();
    let module = match names.as_slice() {
        ["lib" | "main"] => String::new(),
        names => names.join("::") + "::",
    };
    Some(Snapshots { target, module })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(file: &str) -> [String; 2] {
        let Snapshots { target, module } = place(Path::new(file)).unwrap();
        [target, module]
    }

    #[test]
    fn snapshots_are_asked_for_by_the_module_of_their_file() {
        assert_eq!(asked("src/policy/reach.rs"), ["--lib", "policy::reach::"]);
        assert_eq!(asked("src/lib.rs"), ["--lib", ""]);
        assert_eq!(asked("tests/it/requests.rs"), ["--test=it", "requests::"]);
        assert_eq!(asked("tests/it/main.rs"), ["--test=it", ""]);
    }

    #[test]
    fn snapshots_in_the_call_are_not_asked_for() {
        let inline = format!("{CALL}snapshot!(text, @r\"as it is\");");
        let file = format!("{CALL}snapshot!(\"name\", text);");
        assert!(!holds_files(&inline) && !holds_files("a + b"));
        assert!(holds_files(&file) && holds_files(&(inline + &file)));
    }

    #[test]
    fn the_crates_with_snapshots_are_found() {
        let members = sources::members().unwrap();
        let with = members
            .iter()
            .filter(|member| !of_member(member).unwrap().is_empty());
        let names: Vec<&str> = with.map(|member| member.name.as_str()).collect();
        assert!(names.contains(&"portkey-api"), "{names:?}");
        assert!(names.contains(&"portkey-mcp"), "{names:?}");
    }
}
