//! `cargo xtask bless`: writes every snapshot and every generated document as the code has them now.

use std::{
    fs,
    path::{Component, Path, PathBuf},
    process::Command,
};

use crate::{
    Broken, docs, root,
    sources::{self, Member},
};

/// How a test that holds a snapshot calls the library for them.
const CALL: &str = concat!("insta::", "assert_");

/// A module with snapshots, as `cargo test` is asked for its tests.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshots {
    /// The target that the module is in: `--lib` or `--test=NAME`.
    target: String,
    /// What the names of its tests begin with.
    module: String,
}

/// Runs the tests that hold snapshots, which they write, and writes the documents. Read what changed before you commit it.
pub fn run() -> Result<(), Broken> {
    for member in sources::members()? {
        for snapshots in of_member(&member)? {
            write(&member.name, &snapshots)?;
        }
    }
    docs::write()
}

fn write(package: &str, snapshots: &Snapshots) -> Result<(), Broken> {
    let Snapshots { target, module } = snapshots;
    let name = format!("cargo test --package={package} {target} {module}");
    eprintln!("\n=== {name}");
    let status = Command::new("cargo")
        .args(["test", "--locked", "--package", package, target, module])
        .env("INSTA_UPDATE", "always")
        .current_dir(root())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Broken::Step(name)),
        Err(error) => Err(Broken::Start(name, error)),
    }
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
        if text.contains(CALL) {
            found.extend(file.strip_prefix(folder).ok().and_then(place));
        }
    }
    Ok(found)
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
