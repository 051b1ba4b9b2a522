//! The catalog as an MCP server.

mod handler;
mod identity;
mod outcome;
mod tools;

use std::sync::{Arc, OnceLock};

use rmcp::model::Tool;

use crate::{call::Caller, config::Structured};

/// One MCP server; cheap to clone.
#[derive(Debug, Clone)]
pub struct Server {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    caller: Caller,
    structured: Structured,
    sandbox: bool,
    /// Made when the first client asks.
    tools: OnceLock<Vec<Tool>>,
}

impl Server {
    /// A server that makes calls through `caller`. `sandbox` is said wherever the server speaks of itself.
    pub fn new(caller: Caller, structured: Structured, sandbox: bool) -> Self {
        Self {
            inner: Arc::new(Inner {
                caller,
                structured,
                sandbox,
                tools: OnceLock::new(),
            }),
        }
    }

    fn tools(&self) -> &[Tool] {
        self.inner
            .tools
            .get_or_init(|| tools::all(self.inner.structured))
    }
}
