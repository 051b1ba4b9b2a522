//! How clients reach the server.

mod batch;
pub mod http;
mod stdio;

pub use stdio::{StdioFailure, serve};
