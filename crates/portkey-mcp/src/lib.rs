//! The Portkey Admin API as MCP tools and as a command line.
//!
//! A tool is an operation of `portkey-api` or a workflow of `portkey-workflows`. Both are called through the one
//! pipeline of `portkey_engine::call`; the protocol ([`server`]) and the command line ([`cli`]) only differ in how a call
//! begins and how its outcome is written.

pub mod access;
pub mod auth;
pub mod catalog;
pub mod cli;
pub mod config;
#[cfg(feature = "conformance-fixtures")]
pub mod fixtures;
pub mod metrics;
pub mod server;
mod surface;
pub mod telemetry;
pub mod transport;
pub mod upstream;
mod wording;

pub use cli::run;
