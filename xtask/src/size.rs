//! How large the published program is.

use std::{fs, path::PathBuf};

use crate::{Broken, target};

/// With the system's certificates, an image of such a program is below 32 MB: as the `Dockerfile` links it, it is a megabyte
/// smaller than as `cargo build --profile dist` does. Scripts, queries of the command line, charts and completions brought
/// six megabytes of it.
const LARGEST: u64 = 32_000_000;

/// Prints how many bytes the published program has. It must have been built.
pub fn run() -> Result<(), Broken> {
    let program = published_program();
    let bytes = fs::metadata(&program)
        .map_err(|error| {
            let why = format!("{error}; build it with `cargo build --profile dist`");
            Broken::File(program, why)
        })?
        .len();
    println!("{bytes} of {LARGEST} bytes");
    if bytes > LARGEST {
        return Err(Broken::Large {
            bytes,
            largest: LARGEST,
        });
    }
    Ok(())
}

/// What cargo is told to build the published program.
pub(crate) const BUILD: &[&str] = &[
    "build",
    "--locked",
    "--profile",
    "dist",
    "--package",
    "portkey-mcp",
];

/// Where [`BUILD`] puts the program.
pub(crate) fn published_program() -> PathBuf {
    target().join("dist/portkey-mcp")
}
