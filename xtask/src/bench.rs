//! `cargo xtask bench`: what the server costs, beside yardsticks; and the check that no call takes more instructions than
//! it did.

use std::path::PathBuf;

use portkey_bench::{instructions, suite};

use crate::{
    Broken,
    command::{cargo_test, command, run},
    root,
    size::{self, published_program},
    target,
};

/// The npm package that does the same.
const PEER: &str = "portkey-admin-mcp@0.12.0";

/// Builds what is measured and measures it, as the words of the command line say.
pub fn measure(words: &[&str]) -> Result<(), Broken> {
    run(command("cargo").args(size::BUILD))?;
    let mut build = command("cargo");
    run(build.args([
        "build",
        "--locked",
        "--release",
        "--package",
        "portkey-bench",
    ]))?;
    let programs = target().join("release");
    let mut bench = command(programs.join("portkey-bench"));
    bench.arg("--product").arg(published_program());
    bench.arg("--yardstick").arg(programs.join("yardstick"));
    bench.arg("--docs").arg(root().join("docs"));
    if let Some(folder) = peer() {
        bench.arg("--peer").arg(folder);
    }
    run(bench.args(words))
}

/// Counts the instructions of typical calls and compares them with the baseline, or writes that.
pub fn count(save: bool) -> Result<(), Broken> {
    if !instructions::can_count() {
        let (step, why) = (
            "cargo xtask bench --instructions",
            "valgrind is not installed",
        );
        if portkey_testing::all_is_required() {
            return Err(Broken::Required(step.to_owned(), why.to_owned()));
        }
        eprintln!("SKIPPED: {why}");
        return Ok(());
    }
    // What grows, grows without optimising too; and so this needs no other program than the tests do.
    run(cargo_test(["portkey-mcp"]).args(["--no-run", "--test=it"]))?;
    let judged = suite::judge(&target().join("debug/portkey-mcp"), save).map_err(Broken::Bench)?;
    println!("{}", judged.table);
    if judged.grown.is_empty() {
        Ok(())
    } else {
        Err(Broken::Grown(judged.grown))
    }
}

/// Where the peer is installed, if it is or can be.
fn peer() -> Option<PathBuf> {
    let folder = target().join("bench/npm");
    let mut install = command("npm");
    install.args([
        "install",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        PEER,
        "--prefix",
    ]);
    match run(install.arg(&folder)) {
        Ok(()) => Some(folder),
        Err(error) => {
            eprintln!("portkey-admin-mcp is not measured: {error}");
            None
        }
    }
}
