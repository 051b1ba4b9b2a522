//! The catalog as an MCP server.

mod completion;
mod confirm;
mod dashboard;
mod handler;
mod info;
mod lists;
mod outcome;
mod prompts;
mod reference;
mod request;
mod resources;
mod runner;
mod scripts;
mod skills;
mod subscriptions;
mod surfaces;
mod tools;
mod trace;

use std::{sync::Arc, time::Duration};

use rmcp::{ErrorData, RoleServer, model::Tool, service::RequestContext};

use crate::{
    access::Principal,
    config::{Structured, Surface},
    surface::{self, Dashboard},
};
use completion::Recent;
pub(crate) use info::DOUBT;
use tools::Descriptions;

pub(crate) use scripts::{SCRIPT_PROCESS, script_process};
pub(crate) use subscriptions::Shutdown;
pub use surfaces::surface_texts;

/// One MCP server; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// The principal of requests that come without one, which is the one client of standard input and output.
    local: Option<Principal>,
    settings: ServerSettings,
    about: About,
    descriptions: Descriptions,
    /// What was listed for completions a moment ago.
    recent: Recent,
}

/// How a server answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerSettings {
    /// When `structuredContent` is sent beside the text.
    pub(crate) structured: Structured,
    /// How the tools are shown.
    pub(crate) surface: Surface,
    /// How long a user who is asked for consent may take to answer.
    pub(crate) patience: Duration,
}

/// What the server says about itself in `initialize` and in the status page.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// Whether the data is made up.
    pub(crate) sandbox: bool,
    /// Where new secrets go, as the end of a sentence.
    pub(crate) sink: String,
    /// Where arguments may take secrets from.
    pub(crate) sources: String,
    /// Whether clients are told when their tools change.
    pub(crate) notifies_changes: bool,
}

/// Request extension: the answer must be a single message, so the client cannot be asked anything before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SingleAnswer;

impl Server {
    /// A server for one `local` principal, or for those that the transport puts into the extensions of each request.
    pub(crate) fn new(local: Option<Principal>, settings: ServerSettings, about: About) -> Self {
        Self {
            inner: Arc::new(Inner {
                local,
                settings,
                about,
                descriptions: Descriptions::new(settings.structured),
                recent: Recent::default(),
            }),
        }
    }

    /// Whether the data is made up.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.inner.about.sandbox
    }

    /// Whether it serves a single client, which started it.
    fn is_local(&self) -> bool {
        self.inner.local.is_some()
    }

    /// The principal of a request.
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

    /// What the SDK compares the headers of a call with.
    fn tool(&self, name: &str) -> Option<Tool> {
        if let Some(own) = surfaces::own(name) {
            return Some(own);
        }
        let tool = surface::resolve(name, None).ok()?;
        Some(self.inner.descriptions.of(tool))
    }

    /// How a principal sees the tools.
    fn surface(&self, principal: &Principal) -> Surface {
        principal.surface().unwrap_or(self.inner.settings.surface)
    }

    /// The tools of a principal, in the order of the catalog, and the dashboard where the client shows it.
    fn tools(&self, principal: &Principal, context: &RequestContext<RoleServer>) -> Vec<Tool> {
        let tools = principal.tools();
        let mut listed = match self.surface(principal) {
            Surface::Flat => self.inner.descriptions.all(tools),
            Surface::Names => surfaces::names(tools),
            Surface::Compact => surfaces::compact(tools, &self.inner.descriptions),
            Surface::Code => surfaces::code(tools),
        };
        if dashboard::is_shown(context) && Dashboard::is_for(principal) {
            listed.push(dashboard::tool());
        }
        listed
    }
}
