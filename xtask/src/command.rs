//! Commands that a chore runs at the workspace's root.

use std::{
    env,
    ffi::OsStr,
    process::{Command, Stdio},
};

use crate::{Broken, root};

/// A command without what cargo told this program about itself and this package: cargo would build again what was built
/// without, and `cargo-machete` takes its arguments for those of a subcommand.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    for (name, _) in env::vars_os() {
        if said_by_cargo(&name.to_string_lossy()) {
            command.env_remove(&name);
        }
    }
    command
}

/// `cargo test` of some packages, and of this one: so their dependencies have the features that they have in tests of the
/// whole workspace, and are not built once more.
pub(crate) fn cargo_test<'a>(packages: impl IntoIterator<Item = &'a str>) -> Command {
    let mut test = command("cargo");
    test.args(["test", "--locked", "--package", env!("CARGO_PKG_NAME")]);
    for package in packages {
        test.args(["--package", package]);
    }
    test
}

/// Runs a command after saying so, and fails if it fails.
pub(crate) fn run(command: &mut Command) -> Result<(), Broken> {
    let name = shown(command);
    eprintln!("\n=== {name}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Broken::Step(name)),
        Err(error) => Err(Broken::Start(name, error)),
    }
}

/// What a command prints, and fails if it fails.
pub(crate) fn printed(command: &mut Command) -> Result<String, Broken> {
    let name = shown(command);
    eprintln!("\n=== {name}");
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Broken::Start(name.clone(), error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Broken::Step(name))
    }
}

fn shown(command: &Command) -> String {
    let words = [command.get_program()]
        .into_iter()
        .chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

fn said_by_cargo(variable: &str) -> bool {
    variable == "CARGO"
        || variable.starts_with("CARGO_PKG_")
        || variable.starts_with("CARGO_MANIFEST_")
}
