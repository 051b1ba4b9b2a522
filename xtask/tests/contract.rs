//! The catalog against the vendor's OpenAPI file, which `PORTKEY_OPENAPI` names.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use portkey_testing::outside;
use xtask::{drift, openapi};

#[test]
fn the_catalog_differs_from_the_file_as_known() {
    let Some(path) = outside("PORTKEY_OPENAPI", "the vendor's OpenAPI file") else {
        return;
    };
    let file = openapi::read(&path).unwrap();
    assert!(file.len() > 100, "only {} operations", file.len());
    let report = drift::report(&drift::differences(&file));
    assert!(report.is_empty(), "\n{}", drift::table(&report));
}
