//! How clients reach the server.

mod batch;
pub mod http;
mod message;
mod stdio;

pub use stdio::{StdioFailure, serve};
