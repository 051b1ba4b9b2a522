//! The transports: standard input and output, and HTTP.

mod batch;
pub(crate) mod http;
mod message;
mod stdio;

pub(crate) use stdio::{StdioFailure, serve};
