//! A call, from its arguments to its answer. Every surface begins a call here and writes its outcome.
//!
//! `pipeline` has the stages in their order; a table of them is in `ARCHITECTURE.md`. A list is sent page by page
//! (`pages`), and a composed tool makes its calls through `CallContext::ask` (`nested`). Whatever sends a request needs a
//! `Permit`.

mod audit;
mod authorise;
mod consent;
mod consequence;
mod failure;
mod large;
mod missing;
mod nested;
mod notes;
mod options;
mod pages;
mod parts;
mod permit;
mod pipeline;
mod prepare;
mod preview;
mod progress;
mod redact;
mod references;
mod requester;
mod resolve;
mod resolve_secrets;
mod stand_ins;
mod state_after;
mod state_before;
#[cfg(test)]
mod testing;
mod time_series;
mod workflow;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use portkey_api_core::{JsonObject, Keys, check_bounds};
use portkey_client::{Client, ReadClient, SecretString, Settings};
use serde_json::Value;

use crate::{
    audit::Trail,
    catalog::{Catalog, Tool},
    keys::Account,
    metrics,
    secrets::Secrets,
    services::Services,
    workers::Workers,
};

pub use consent::Consent;
pub use consequence::Consequence;
pub use failure::Failure;
pub use missing::Missing;
pub use notes::Notes;
pub use preview::{Difference, Preview, differences};
pub use progress::{Progress, Step};
pub use requester::{Authority, Offered, Requester};
pub use workflow::{ComposedTool, Conventions, Destroys, Destruction, Steps};

pub use options::asks_for_dry_run;

use audit::CallAudit;
use options::CallOptions;
use permit::Connection;
use stand_ins::refuse_stand_ins;

/// Lets a request that runs out of time say so itself, since it knows more.
const GRACE: Duration = Duration::from_millis(500);

/// A tool, what it is called with, and whether anything may happen.
#[derive(Debug, Clone)]
pub struct Call {
    /// What is called.
    pub tool: Tool,
    /// With what, as it came.
    pub arguments: JsonObject,
    /// On whose behalf.
    pub by: Requester,
    /// Whether they agreed to what it destroys.
    pub consent: Consent,
    /// Who hears how far it is.
    pub progress: Progress,
    /// What is to be said beside the answer.
    pub notes: Notes,
}

/// How a call ended well.
#[derive(Debug)]
pub enum Outcome {
    /// It was made; this came back.
    Answer(Value),
    /// It was a dry run; this would have been sent, and this would have come of it.
    Preview(Box<Preview>),
    /// It was not made, because somebody must agree first.
    Unconfirmed {
        /// To what.
        consequence: Box<Consequence>,
        /// What the call must bring back once they did.
        token: String,
    },
}

/// Makes calls. Clones share everything.
#[derive(Debug, Clone)]
pub struct Caller {
    catalog: &'static Catalog,
    connection: Connection,
    secrets: Arc<Secrets>,
    conventions: Arc<Conventions>,
    composed: &'static [ComposedTool],
    services: Arc<Services>,
    /// The organisation in which calls are made, as the journal tells one from another.
    organisation: Arc<str>,
}

impl Caller {
    /// A caller of the tools of `catalog` that sends through `client`.
    pub fn new(
        catalog: &'static Catalog,
        client: Client,
        secrets: Secrets,
        conventions: Conventions,
        services: Arc<Services>,
    ) -> Self {
        Self {
            organisation: client.settings().base_url.to_string().into(),
            connection: Connection::new(client),
            catalog,
            secrets: Arc::new(secrets),
            conventions: Arc::new(conventions),
            composed: &[],
            services,
        }
    }

    /// The same, able to run these workflows.
    #[must_use]
    pub fn with_workflows(self, composed: &'static [ComposedTool]) -> Self {
        Self { composed, ..self }
    }

    /// The same, with its organisation called this in the journal, whatever the address of Portkey is.
    #[must_use]
    pub fn at(self, name: impl fmt::Display) -> Self {
        Self {
            organisation: name.to_string().into(),
            ..self
        }
    }

    /// The same, with this added to what its organisation is called in the journal.
    #[must_use]
    pub fn of(self, name: impl fmt::Display) -> Self {
        Self {
            organisation: format!("{} {name}", self.organisation).into(),
            ..self
        }
    }

    /// The same with one key for everything.
    #[must_use]
    pub fn with_key(&self, key: SecretString) -> Self {
        Self {
            connection: self.connection.with_key(key),
            ..self.clone()
        }
    }

    /// The same for one of several principals, who share what Portkey is spared.
    #[must_use]
    pub fn for_one(&self, principal: Arc<str>) -> Self {
        Self {
            connection: self.connection.for_one(principal),
            ..self.clone()
        }
    }

    /// For what the server asks on its own behalf, such as whether Portkey answers. It cannot change anything.
    pub fn read_only(&self) -> ReadClient {
        self.connection.read_only()
    }

    /// Where and as whom calls are made, and how patiently.
    pub fn settings(&self) -> &Settings {
        self.connection.settings()
    }

    /// The account that operations are called on which accept these `keys`.
    pub(crate) fn account(&self, keys: Keys) -> Account {
        Account::of(self.settings(), keys)
    }

    /// What calls are made on.
    pub fn workers(&self) -> &Workers {
        &self.services.workers
    }

    /// Where secrets go and where they come from.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Makes a call, and writes it down. What is logged of it is the tool and how it went, never what it carried.
    pub async fn call(&self, call: Call) -> Result<Outcome, Failure> {
        let tool = call.tool.name();
        let begun = Instant::now();
        let audit = CallAudit::of(&call, &self.services.audit);
        let made = Box::pin(self.in_time(call, audit.trail()));
        let outcome = audit.follow(made).await;
        let duration = begun.elapsed();
        let told = match &outcome {
            Ok(Outcome::Unconfirmed { .. }) => "unconfirmed",
            Ok(_) => "ok",
            Err(failure) => failure.kind(),
        };
        metrics::called(tool, told, duration);
        match &outcome {
            Ok(_) => tracing::info!(tool, ?duration, "called"),
            Err(failure) => {
                if let Failure::Forbidden(forbidden) = failure {
                    metrics::refused(forbidden.kind);
                }
                tracing::info!(tool, ?duration, kind = failure.kind(), "failed");
            }
        }
        audit.end(&outcome).await;
        outcome
    }

    /// Writes down a call that was refused before it began, and by which rule.
    pub async fn refused(&self, tool: Tool, by: &Requester, arguments: &JsonObject, rule: String) {
        let entry = audit::refused(tool, by, arguments, rule);
        self.services.audit.write(entry).await;
    }

    /// A call may make several requests, each of which keeps to the limit; so does the call as a whole, even if all
    /// that it does is to compute.
    async fn in_time(&self, call: Call, trail: Trail) -> Result<Outcome, Failure> {
        let limit = self.settings().total_timeout;
        let caller = self.clone();
        let made = self
            .workers()
            .run(Box::pin(async move { caller.run(call, &trail).await }));
        tokio::time::timeout(limit + GRACE, made)
            .await
            .unwrap_or(Err(Failure::OutOfTime { limit }))
    }

    async fn run(&self, mut call: Call, trail: &Trail) -> Result<Outcome, Failure> {
        let tool = call.tool;
        check_bounds(tool.name(), &call.arguments)?;
        let options = CallOptions::take(tool, &mut call.arguments)?;
        let context = CallContext {
            caller: self,
            by: &call.by,
            consent: &call.consent,
            options: &options,
            progress: &call.progress,
            notes: &call.notes,
            trail,
            undoes: None,
        };
        context.authorise(tool)?;
        refuse_stand_ins(tool, &call.arguments)?;
        match tool {
            Tool::Operation(operation) => context.operate(operation, call.arguments).await,
            Tool::Workflow(workflow) => context.compose(workflow, call.arguments).await,
        }
    }
}

/// One call being made: on whose behalf, who sends its requests, and who hears how far it is.
#[derive(Debug, Clone, Copy)]
pub struct CallContext<'a> {
    caller: &'a Caller,
    by: &'a Requester,
    consent: &'a Consent,
    options: &'a CallOptions,
    progress: &'a Progress,
    notes: &'a Notes,
    /// What is sent for the call, for the audit.
    trail: &'a Trail,
    /// The change that this call takes back.
    undoes: Option<&'a str>,
}
