//! What the server costs, beside yardsticks: `cargo xtask bench`.

pub mod baseline;
pub mod direct;
pub mod figures;
pub mod http;
pub mod instructions;
pub mod measures;
pub mod plot;
pub mod process;
pub mod report;
pub mod stdio;
pub mod stub;
pub mod subject;
pub mod suite;
pub mod yardsticks;
