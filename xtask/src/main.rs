//! Chores that need the workspace: `cargo xtask ci`.

mod ci;

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["ci"] => ci::run(),
        _ => Err(ci::Broken::Usage),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(broken) => {
            eprintln!("xtask: {broken}");
            ExitCode::FAILURE
        }
    }
}
