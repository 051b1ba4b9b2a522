//! The catalog as an MCP server.

mod handler;
mod identity;
mod outcome;
mod tools;

use std::sync::{Arc, OnceLock};

use rmcp::model::Tool;

use crate::{
    call::Caller,
    catalog::{self, Selection},
    config::Structured,
};

/// One MCP server; cheap to clone.
#[derive(Debug, Clone)]
pub struct Server {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    caller: Caller,
    offered: Selection,
    structured: Structured,
    sandbox: bool,
    /// Made when the first client asks.
    tools: OnceLock<Vec<Tool>>,
}

impl Server {
    /// A server that offers some tools and makes their calls through `caller`. `sandbox` is said wherever the server speaks of itself.
    pub fn new(caller: Caller, offered: Selection, structured: Structured, sandbox: bool) -> Self {
        Self {
            inner: Arc::new(Inner {
                caller,
                offered,
                structured,
                sandbox,
                tools: OnceLock::new(),
            }),
        }
    }

    fn tools(&self) -> &[Tool] {
        self.inner
            .tools
            .get_or_init(|| tools::offered(&self.inner.offered, self.inner.structured))
    }

    /// The tool of this name or alias, if it is offered.
    fn find(&self, name: &str) -> Result<catalog::Tool, NotOffered> {
        let tool = catalog::find(name)?;
        if self.inner.offered.holds(tool) {
            Ok(tool)
        } else {
            Err(NotOffered::Left(tool.name()))
        }
    }
}

/// Why a tool cannot be called here.
#[derive(Debug, thiserror::Error)]
enum NotOffered {
    #[error(transparent)]
    Unknown(#[from] catalog::UnknownTool),
    #[error(
        "the tool `{0}` is not in this server's tool sets; its operator can add it with --toolsets default,{0}"
    )]
    Left(&'static str),
}
