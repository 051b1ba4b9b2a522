//! `cargo xtask rehearse`: does what `CONTRIBUTING.md` says of adding a tool, in a copy of the workspace.
//!
//! Edits and commands are read from the guide, so that it says what works. What the copy needs of other people's crates is
//! taken from the workspace's own target folder. The programs there are the copy's afterwards, until cargo builds or runs
//! them again; nothing else of the workspace is built anew for that.

mod guide;
mod scratch;

use std::process::Command;

use crate::{
    Broken,
    command::{self, cargo_test},
    root, target,
};
use guide::Guide;
use scratch::Scratch;

/// The most files that are touched by hand for a tool that changes something.
const MOST_FILES: usize = 4;

/// Tests of the addition, each of a package with what `cargo test` is told. Tests of other crates know the tool from the
/// catalog alone.
const TESTS: &[(&str, &[&str])] = &[
    // What tries thousands of texts takes half a minute, and the tests of the workspace itself do it.
    ("portkey-api", &["--skip=fuzz::", "--skip=never_panics"]),
    // The story, and that every operation is answered.
    ("portkey-sandbox", &["workspaces::", "coverage::"]),
];

/// The beginning of the guide's command that calls the tool.
const CALL: &str = "cargo run -- ";

/// What an answer of the tool has where it was answered from the sandbox as the guide changes that.
const ANSWER: &str = "\"status\": \"archived\"";

/// Adds the tool of the guide to a copy of the workspace, as a reader would, and tests it there.
pub fn run() -> Result<(), Broken> {
    let guide = Guide::read(&root().join("CONTRIBUTING.md"))?;
    let by_hand = guide.files();
    if by_hand.len() > MOST_FILES {
        let files: Vec<&str> = by_hand.into_iter().collect();
        return Err(guide.broken(format!(
            "{MOST_FILES} files are the most that may be touched by hand, not {}: {}",
            files.len(),
            files.join(", ")
        )));
    }
    let scratch = Scratch::copy()?;
    for edit in &guide.edits {
        scratch.edit(edit).map_err(|why| guide.broken(why))?;
    }
    command::run(in_copy(&scratch, command::command("cargo")).args(["fmt", "--all", "--check"]))?;
    for words in &guide.commands {
        follow(words, &scratch, &guide)?;
    }
    for chore in ["tidy", "layers"] {
        command::run(in_copy(&scratch, command::command("cargo")).args(["xtask", chore]))?;
    }
    let strays = scratch.strays(&by_hand)?;
    if strays.is_empty() {
        scratch.remove()
    } else {
        Err(Broken::Faults(strays))
    }
}

/// Runs a command of the guide, or the part of it that the addition may break.
fn follow(words: &str, scratch: &Scratch, guide: &Guide) -> Result<(), Broken> {
    let cargo = || in_copy(scratch, command::command("cargo"));
    match words {
        "cargo xtask bless" => command::run(cargo().args(["xtask", "bless"])),
        "cargo test --workspace" => TESTS.iter().try_for_each(|(package, filters)| {
            let mut test = in_copy(scratch, cargo_test([*package]));
            command::run(test.args(["--test=it", "--"]).args(*filters))
        }),
        _ => {
            let Some(arguments) = words.strip_prefix(CALL) else {
                return Err(guide.broken(format!("no step of the rehearsal is `{words}`")));
            };
            // With this package, for the reason that `cargo_test` has.
            let packages = ["--package=portkey-mcp", "--package=xtask"];
            command::run(cargo().args(["build", "--locked", "--bins"]).args(packages))?;
            let program = target().join("debug/portkey-mcp");
            let mut call = in_copy(scratch, command::command(program));
            let answer = command::printed(call.args(arguments.split_whitespace()))?;
            if answer.contains(ANSWER) {
                Ok(())
            } else {
                Err(guide.broken(format!("`{words}` answers no {ANSWER}, but {answer}")))
            }
        }
    }
}

/// The same command in the copy, without inputs from outside: the example is no operation that the vendor knows.
fn in_copy(scratch: &Scratch, mut command: Command) -> Command {
    command
        .current_dir(scratch.folder())
        .env("CARGO_TARGET_DIR", target())
        // A value of its own: cargo knows crates by their folder below the workspace and by their profile, and takes those
        // of the copy for those of the workspace where both are the same. Other people's crates do not have this setting.
        .env("CARGO_PROFILE_DEV_DEBUG", "line-directives-only");
    for outside in ["PORTKEY_FACTS", "PORTKEY_OPENAPI", "TEST_REQUIRED"] {
        command.env_remove(outside);
    }
    command
}
