//! The catalog against the vendor's OpenAPI file, which `PORTKEY_OPENAPI` names.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{io::Write as _, path::Path};

use xtask::{drift, openapi};

#[test]
fn the_catalog_differs_from_the_file_as_known() {
    let Some(path) = std::env::var_os("PORTKEY_OPENAPI") else {
        // Straight to stderr: what goes through `eprintln!` is shown for failing tests alone.
        _ = writeln!(
            std::io::stderr(),
            "SKIPPED the_catalog_differs_from_the_file_as_known: PORTKEY_OPENAPI names no OpenAPI file"
        );
        return;
    };
    let file = openapi::read(Path::new(&path)).unwrap();
    assert!(file.len() > 100, "only {} operations", file.len());
    let report = drift::report(&drift::differences(&file));
    assert!(report.is_empty(), "\n{}", drift::table(&report));
}
