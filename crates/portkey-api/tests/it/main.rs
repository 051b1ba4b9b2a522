//! Tests of the catalog as a whole; one binary, so that it is linked once.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking, their helpers too"
)]

mod absent;
mod answers;
mod bodies;
mod brief;
mod catalog;
mod config_objects;
mod editions;
mod examples;
mod facts;
mod fuzz;
mod guardrail_checks;
mod habits;
mod ids;
mod json;
mod mentions;
mod objects;
mod open_objects;
mod pairs;
mod path_words;
mod peers;
mod providers;
mod requests;
mod secret_facts;
mod secrets;
mod times;
mod understanding;
mod units;

// Tools are declared here, too.
use portkey_api::VENDOR;
