//! The Portkey Admin API as MCP tools and as a command line.
//!
//! A tool is an operation of `portkey-api` or a workflow of `portkey-workflows`. Both are called through the one
//! pipeline of `portkey_engine::call`; the protocol (`server`) and the command line (`cli`) only differ in how a call
//! begins and how its outcome is written.
//!
//! It is a library for the program and for `cargo xtask docs` alone, so it exports next to nothing.

mod access;
mod auth;
mod catalog;
mod cli;
mod config;
#[cfg(feature = "conformance-fixtures")]
mod fixtures;
mod metrics;
pub mod reference;
mod server;
mod surface;
mod telemetry;
mod transport;
mod upstream;
mod wording;

pub use cli::run;
