//! Measures what the server costs; `cargo xtask bench` builds what is measured and starts this.

use std::process::ExitCode;

use clap::Parser as _;
use portkey_bench::suite::{self, Options};

fn main() -> ExitCode {
    match suite::run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("portkey-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
