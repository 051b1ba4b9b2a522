//! The Portkey Admin API as MCP tools and as a command line.
//!
//! A tool is an operation of `portkey-api` or a workflow made of several. Both are called through the one
//! pipeline in [`call`]; the protocol ([`server`]) and the command line ([`cli`]) only differ in how a call
//! begins and how its outcome is written.

pub mod access;
pub mod audit;
pub mod auth;
pub mod call;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod confirm;
pub mod database;
#[cfg(feature = "conformance-fixtures")]
pub mod fixtures;
pub mod journal;
pub mod metrics;
pub mod policy;
mod private_file;
pub mod profile;
pub mod references;
pub mod safeguards;
pub mod secrets;
pub mod server;
mod sqlite_file;
pub mod state;
pub mod telemetry;
pub mod transport;
pub mod untrusted;
pub mod upstream;
mod workers;
pub mod workflows;

pub use cli::run;
