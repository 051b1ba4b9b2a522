//! How clients reach the server.

pub mod http;
mod stdio;

pub use stdio::{StdioFailure, serve};
