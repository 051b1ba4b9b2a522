//! Everything that must hold before a change lands, in the order that fails soonest.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Broken, root};

/// Program, arguments, and whether it may be missing on a machine that only builds.
const STEPS: &[(&str, &[&str], bool)] = &[
    ("cargo", &["fmt", "--all", "--check"], false),
    (
        "cargo",
        &[
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
        false,
    ),
    ("cargo", &["test", "--locked", "--workspace"], false),
    ("cargo", &["xtask", "tokens"], false),
    ("cargo", &["xtask", "docs", "--check"], false),
    (
        "cargo",
        &["doc", "--locked", "--workspace", "--no-deps"],
        false,
    ),
    (
        "cargo-deny",
        &["--offline", "check", "bans", "licenses", "sources"],
        true,
    ),
    ("cargo-machete", &[], true),
    ("hadolint", &["Dockerfile"], true),
    ("python3", &["deploy/helm/check.py"], true),
];

/// Files longer than this are hard to understand in one sitting.
const LONGEST_FILE: usize = 400;

/// Runs every step and stops at the first that fails.
pub fn run() -> Result<(), Broken> {
    short_files()?;
    for (program, arguments, optional) in STEPS {
        let step = format!("{program} {}", arguments.join(" "));
        eprintln!("\n=== {step}");
        let status = Command::new(program)
            .args(*arguments)
            .env("RUSTDOCFLAGS", "-D warnings")
            .current_dir(root())
            .status();
        match status {
            Ok(status) if status.success() => {}
            Ok(_) => return Err(Broken::Step(step)),
            Err(error) if *optional && error.kind() == io::ErrorKind::NotFound => {
                eprintln!("SKIPPED: {program} is not installed");
            }
            Err(error) => return Err(Broken::Start(step, error)),
        }
    }
    Ok(())
}

fn short_files() -> Result<(), Broken> {
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        sources(&root().join(folder), &mut files)
            .map_err(|e| Broken::Start(folder.to_owned(), e))?;
    }
    let mut long = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)
            .map_err(|error| Broken::Start(file.display().to_string(), error))?;
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            let name = file.strip_prefix(root()).unwrap_or(&file).display();
            long.push(format!("{name} ({lines})"));
        }
    }
    if long.is_empty() {
        Ok(())
    } else {
        Err(Broken::Long {
            files: long,
            longest: LONGEST_FILE,
        })
    }
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
