//! `cargo xtask dist`: what registries, clients and package managers want to know of the program, written from one
//! description of it; and packages for them, made of a program that is built already.

mod bundle;
mod catalogue;
mod formula;
pub mod links;
mod npm;
mod plugins;
mod product;
mod registry;
mod release;
mod target;
mod templates;
pub mod ways;
mod wheel;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use crate::{Broken, root};
use product::Product;
use release::Checksums;

pub use target::{TARGETS, Target};

/// A format of packages that hold the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageFormat {
    /// An MCP bundle: `.mcpb`.
    Bundle,
    /// Packages for npm: one that starts the program, and one that holds it.
    Npm,
    /// A wheel for Python's index.
    Pypi,
}

impl PackageFormat {
    fn named(name: &str) -> Option<Self> {
        match name {
            "bundle" => Some(Self::Bundle),
            "npm" => Some(Self::Npm),
            "pypi" => Some(Self::Pypi),
            _ => None,
        }
    }

    /// Writes the folders of the packages for a program into a folder, and returns them.
    pub fn lay_out(
        self,
        program: &Path,
        target: &Target,
        folder: &Path,
    ) -> Result<Vec<PathBuf>, Broken> {
        let product = Product::read()?;
        match self {
            Self::Bundle => bundle::lay_out(&product, program, target, folder),
            Self::Npm => npm::lay_out(&product, program, target, folder),
            Self::Pypi => wheel::lay_out(&product, program, target, folder),
        }
    }

    /// Packs one of these folders with the tool of its registry, into a folder.
    pub fn pack(self, laid_out: &Path, target: &Target, folder: &Path) -> Result<(), Broken> {
        match self {
            Self::Bundle => bundle::pack(laid_out, target, folder),
            Self::Npm => npm::pack(laid_out, folder),
            Self::Pypi => wheel::pack(laid_out, folder),
        }
    }
}

/// What the words of the command line ask for.
pub fn run(words: &[&str]) -> Result<(), Broken> {
    match words {
        [] => write(),
        ["--check"] => check(),
        ["release", folder] => release::complete(Path::new(folder)),
        [kind, program] => package(kind, program, Target::host()?),
        [kind, program, triple] => package(kind, program, Target::named(triple)?),
        _ => Err(Broken::Usage),
    }
}

/// Packs a program below the folder that cargo builds in.
fn package(kind: &str, program: &str, target: &Target) -> Result<(), Broken> {
    let format = PackageFormat::named(kind).ok_or(Broken::Usage)?;
    let folder = crate::target().join("packages");
    // Relative to where the command is typed; what it starts runs at the root.
    let program = env::current_dir().unwrap_or_default().join(program);
    for laid_out in format.lay_out(&program, target, &folder)? {
        format.pack(&laid_out, target, &folder)?;
    }
    Ok(())
}

/// Writes what is derived.
pub fn write() -> Result<(), Broken> {
    for (path, text) in derived()? {
        write_file(&path, &text)?;
    }
    Ok(())
}

/// Fails unless the files say what the description says.
fn check() -> Result<(), Broken> {
    for (path, text) in derived()? {
        match fs::read_to_string(&path) {
            Ok(written) if written == text => {}
            _ => return Err(Broken::Stale(path, "dist")),
        }
    }
    Ok(())
}

/// Every file that follows from the description, as it should be.
fn derived() -> Result<Vec<(PathBuf, String)>, Broken> {
    let product = Product::read()?;
    let unknown = Checksums::default();
    let mut files = plugins::files(&product);
    files.extend([
        ("server.json", pretty(&registry::entry(&product, &unknown))),
        (
            "deploy/mcpb/manifest.json",
            pretty(&bundle::manifest(&product)),
        ),
        ("deploy/docker-mcp/server.yaml", catalogue::entry(&product)),
        ("deploy/docker-mcp/tools.json", catalogue::tools_file()),
        (formula::PATH, formula::formula(&product, &unknown)),
    ]);
    let mut files: Vec<_> = files
        .into_iter()
        .map(|(path, text)| (root().join(path), text))
        .collect();
    files.extend(templates::held(&product)?);
    Ok(files)
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// Writes a file, and the folders that it is in.
fn write_file(path: &Path, text: &str) -> Result<(), Broken> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| Broken::File(path.to_owned(), error.to_string()))
}

/// Puts a program where a package holds it: by a link to the same file, or by a copy on another file system.
fn place_program(program: &Path, to: &Path) -> Result<(), Broken> {
    let failed = |error: io::Error| Broken::File(program.to_owned(), error.to_string());
    fs::create_dir_all(to.parent().unwrap_or(to)).map_err(failed)?;
    if to.exists() {
        fs::remove_file(to).map_err(failed)?;
    }
    // A link to a symbolic link would be another one.
    let program = program.canonicalize().map_err(failed)?;
    fs::hard_link(&program, to)
        .or_else(|_| fs::copy(&program, to).map(drop))
        .map_err(failed)
}
