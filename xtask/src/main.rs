//! Chores that need the workspace: `cargo xtask ci`, `published`, `bless`, `layers`, `tidy`, `docs`, `dist`, `rehearse`, `tokens`,
//! `size`, `bench`, `api-diff`.

use std::{env, path::Path, process::ExitCode};

use xtask::{Broken, bench, bless, ci, dist, docs, drift, layers, rehearse, size, tidy, tokens};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["ci"] => ci::run(),
        ["published"] => ci::published(),
        ["bless"] => bless::run(),
        ["layers"] => layers::run(),
        ["tidy"] => tidy::run(),
        ["docs"] => docs::write(),
        ["docs", "--check"] => docs::check(),
        ["dist", words @ ..] => dist::run(words),
        ["rehearse"] => rehearse::run(),
        ["tokens"] => tokens::run(),
        ["size"] => size::run(),
        ["bench", "--instructions"] => bench::count(false),
        ["bench", "--instructions", "--save"] => bench::count(true),
        ["bench", words @ ..] => bench::measure(words),
        ["api-diff", file] => drift::run(Path::new(file)),
        _ => Err(Broken::Usage),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(broken) => {
            eprintln!("xtask: {broken}");
            ExitCode::FAILURE
        }
    }
}
