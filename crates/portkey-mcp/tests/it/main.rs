//! The built binary, driven from outside.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking, and `json!` reads best where it is used"
)]

mod command_line;
mod composed_reads;
mod every_tool;
mod failures;
mod faults;
mod life_cycle;
mod official_client;
mod paging;
mod process;
mod protocol;
mod secrets;
mod tool_sets;
mod workflows;
