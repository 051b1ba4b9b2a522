//! The crates of the workspace, as cargo tells.

use std::{path::PathBuf, process::Command};

use serde::Deserialize;
use serde_json::Value;

use crate::{Broken, root};

/// A crate of the workspace.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) manifest: PathBuf,
    /// The file of its library's root module, or of its program's where it has no library.
    pub(crate) source: PathBuf,
    /// What its `Cargo.toml` says for tools, `null` where it says nothing.
    pub(crate) metadata: Value,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
    metadata: Value,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
    src_path: PathBuf,
}

/// Every crate of the workspace, in the order of names.
pub(crate) fn members() -> Result<Vec<Member>, Broken> {
    let command = "cargo metadata --no-deps";
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version=1"])
        .current_dir(root())
        .output()
        .map_err(|error| Broken::Start(command.to_owned(), error))?;
    if !output.status.success() {
        return Err(Broken::Step(command.to_owned()));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| Broken::File(root().join("Cargo.toml"), error.to_string()))?;
    let mut members: Vec<Member> = metadata.packages.into_iter().filter_map(member).collect();
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(members)
}

fn member(package: Package) -> Option<Member> {
    let of_kind = |kinds: &[&str]| {
        let is = |target: &&Target| target.kind.iter().any(|kind| kinds.contains(&&**kind));
        package.targets.iter().find(is)
    };
    let target = of_kind(&["lib", "proc-macro"]).or_else(|| of_kind(&["bin"]))?;
    Some(Member {
        source: target.src_path.clone(),
        name: package.name,
        manifest: package.manifest_path,
        metadata: package.metadata,
    })
}
