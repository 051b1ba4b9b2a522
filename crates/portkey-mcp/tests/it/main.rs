//! The built binary, driven from outside.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod command_line;
mod failures;
mod life_cycle;
mod official_client;
mod process;
mod protocol;
mod secrets;
mod workflows;
