//! Searches among all tools: how often the right one is found, and that nothing a stranger asks goes wrong.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]
#![expect(
    clippy::print_stdout,
    reason = "figures are worth seeing before they are too low"
)]

mod phrasings;
mod plain;
mod properties;
mod tools;
