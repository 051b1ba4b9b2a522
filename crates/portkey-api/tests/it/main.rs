//! Tests of the catalog as a whole; one binary, so that it is linked once.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking, their helpers too"
)]

mod absent;
mod answers;
mod catalog;
mod config_objects;
mod facts;
mod fuzz;
mod guardrail_checks;
mod habits;
mod ids;
mod json;
mod open_objects;
mod pairs;
mod peers;
mod providers;
mod requests;
mod secret_facts;
mod secrets;
mod times;
mod understanding;

/// Wrong declarations and what the compiler says about them.
#[test]
fn wrong_declarations_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
