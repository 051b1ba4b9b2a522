//! How clients reach the server.

mod batch;
pub(crate) mod http;
mod message;
mod stdio;

pub(crate) use stdio::{StdioFailure, serve};
