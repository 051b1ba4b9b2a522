//! The catalog as an MCP server.

mod confirm;
mod handler;
mod info;
mod outcome;
mod subscriptions;
mod tools;
mod trace;

use std::{sync::Arc, time::Duration};

use rmcp::{ErrorData, RoleServer, model::Tool, service::RequestContext};

use crate::{access::Principal, config::Structured};
use tools::Descriptions;

pub(crate) use subscriptions::Shutdown;

/// One MCP server; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Whom requests are made for that come with no principal of their own.
    local: Option<Principal>,
    settings: ServerSettings,
    about: About,
    descriptions: Descriptions,
}

/// How a server answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerSettings {
    /// When `structuredContent` is sent beside the text.
    pub(crate) structured: Structured,
    /// How long a user may think who is asked in the middle of a call.
    pub(crate) patience: Duration,
}

/// What a server says of itself.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// Whether the data is made up.
    pub(crate) sandbox: bool,
    /// Where new secrets are kept, to end a sentence with.
    pub(crate) sink: String,
    /// Where arguments may take secrets from.
    pub(crate) sources: String,
    /// Whether clients are told when their tools change.
    pub(crate) notifies_changes: bool,
}

/// Beside a request whose answer is to be one message, so that its sender can be asked nothing before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SingleAnswer;

impl Server {
    /// A server for one `local` principal, or for those that the transport puts beside each request.
    pub(crate) fn new(local: Option<Principal>, settings: ServerSettings, about: About) -> Self {
        Self {
            inner: Arc::new(Inner {
                local,
                settings,
                about,
                descriptions: Descriptions::new(settings.structured),
            }),
        }
    }

    /// Whether the data is made up.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.inner.about.sandbox
    }

    /// Whether it serves one client alone, which started it.
    fn is_local(&self) -> bool {
        self.inner.local.is_some()
    }

    /// Whom a request is made for.
    fn principal(&self, context: &RequestContext<RoleServer>) -> Result<Principal, ErrorData> {
        let parts = context.extensions.get::<http::request::Parts>();
        let principal = parts.and_then(|parts| parts.extensions.get::<Principal>());
        principal
            .or(self.inner.local.as_ref())
            .cloned()
            .ok_or_else(|| {
                ErrorData::internal_error("nobody is known to have sent this request", None)
            })
    }

    /// The tools of a principal, in the order of the catalog.
    fn tools(&self, principal: &Principal) -> Vec<Tool> {
        let tools = principal.tools();
        tools.map(|tool| self.inner.descriptions.of(tool)).collect()
    }
}
