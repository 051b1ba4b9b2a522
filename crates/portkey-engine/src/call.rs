//! A call, from its arguments to its answer. Every surface (MCP, command line, an embedder) starts a call here and
//! formats its outcome.
//!
//! `pipeline` runs the stages in order; `ARCHITECTURE.md` lists them in a table. A list is read page by page (`pages`),
//! and a workflow makes its inner calls through `CallContext::ask` (`nested`). Sending a request requires a `Permit`.

mod audit;
mod authorise;
mod chart;
mod consent;
mod consequence;
mod failure;
mod missing;
mod nested;
mod not_stored;
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
mod show;
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

use portkey_api_core::{Edition, Effect, JsonObject, Keys, check_bounds};
use portkey_client::{Client, ReadClient, SecretString, Settings, offload::before_computing};
use serde_json::Value;

use crate::{
    audit::Trail,
    catalog::{Catalog, DRY_RUN, Tool},
    keys::Account,
    metrics,
    secrets::Secrets,
    services::Services,
    workers::{Workers, is_large},
};

pub use chart::{Drawing, DrawingForm};
pub use consent::Consent;
pub use consequence::Consequence;
pub use failure::Failure;
pub use missing::Missing;
pub use notes::Notes;
pub use preview::{Difference, Preview, differences};
pub use progress::{Progress, Step};
pub use requester::{Authority, Offered, Requester};
pub use show::{ResultTokens, Table, list_in};
pub use workflow::{ComposedTool, Conventions, Destroys, Destruction, Steps};

pub use options::asks_for_dry_run;

use audit::CallAudit;
use options::CallOptions;
use permit::Connection;
use stand_ins::refuse_stand_ins;

/// Slack added to the time limit of a call, so that the timeout of its request fires first: its error is more specific.
const GRACE: Duration = Duration::from_millis(500);

/// A call of a tool: its arguments, its requester, and the consent to what it destroys.
#[derive(Debug, Clone)]
pub struct Call {
    /// The tool that is called.
    pub tool: Tool,
    /// The arguments as the requester gave them, not parsed yet.
    pub arguments: JsonObject,
    /// The principal that the call is made for, with their rights.
    pub by: Requester,
    /// Who must agree to what the call destroys, and whether they did.
    pub consent: Consent,
    /// The receiver of progress reports.
    pub progress: Progress,
    /// Remarks and the drawing that the surface shows with the answer.
    pub notes: Notes,
}

/// The outcome of a call that did not fail.
#[derive(Debug)]
pub enum Outcome {
    /// The call was made; this is its answer.
    Answer(Value),
    /// The call was made, and its answer was asked for as a table.
    Table {
        /// The answer, whose list has the rows of the table.
        answer: Value,
        /// The table, as CSV or Markdown.
        text: String,
    },
    /// The call was a dry run; this is what it would send and change.
    Preview(Box<Preview>),
    /// The call was not made, because it destroys something and consent is missing.
    Unconfirmed {
        /// The effect that needs consent.
        consequence: Box<Consequence>,
        /// The token that a second call with the same arguments must carry to prove the consent.
        token: String,
    },
}

/// Makes calls of the tools of a catalog. Clones are cheap and share all state.
#[derive(Debug, Clone)]
pub struct Caller {
    catalog: &'static Catalog,
    connection: Connection,
    secrets: Arc<Secrets>,
    conventions: Arc<Conventions>,
    composed: &'static [ComposedTool],
    services: Arc<Services>,
    /// The name under which the journal keeps the changes of the organisation that calls are made in.
    organisation: Arc<str>,
    /// The name of the profile whose key is used.
    profile: Arc<str>,
    result_tokens: ResultTokens,
}

impl Caller {
    /// Returns a caller of the tools of `catalog` that sends requests through `client`. The journal names its
    /// organisation by the base URL of `client`.
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
            profile: Arc::default(),
            result_tokens: ResultTokens::default(),
        }
    }

    /// Returns this caller with the name of the profile whose key it uses.
    #[must_use]
    pub fn with_profile(self, name: &str) -> Self {
        Self {
            profile: name.into(),
            ..self
        }
    }

    /// Returns this caller with the implementations of the workflows in its catalog.
    #[must_use]
    pub fn with_workflows(self, composed: &'static [ComposedTool]) -> Self {
        Self { composed, ..self }
    }

    /// The tokens that an answer may have unless a call asks for another number; `None` for any.
    pub fn usual_tokens(&self) -> Option<usize> {
        self.result_tokens.usual.map(std::num::NonZeroUsize::get)
    }

    /// Returns this caller with these limits on the size of answers. Without them answers have any size.
    #[must_use]
    pub fn within(self, result_tokens: ResultTokens) -> Self {
        Self {
            result_tokens,
            ..self
        }
    }

    /// Returns this caller with `name` as the name of its organisation in the journal, instead of the base URL of
    /// Portkey.
    #[must_use]
    pub fn at(self, name: impl fmt::Display) -> Self {
        Self {
            organisation: name.to_string().into(),
            ..self
        }
    }

    /// Returns this caller with `name` appended to the name of its organisation in the journal.
    #[must_use]
    pub fn of(self, name: impl fmt::Display) -> Self {
        Self {
            organisation: format!("{} {name}", self.organisation).into(),
            ..self
        }
    }

    /// Returns this caller with one API key for all requests.
    #[must_use]
    pub fn with_key(&self, key: SecretString) -> Self {
        Self {
            connection: self.connection.with_key(key),
            ..self.clone()
        }
    }

    /// Returns this caller for one of several principals, who share the request limits of the client.
    #[must_use]
    pub fn for_one(&self, principal: Arc<str>) -> Self {
        Self {
            connection: self.connection.for_one(principal),
            ..self.clone()
        }
    }

    /// Returns a client for reads of the server's own, such as health checks. It cannot change anything.
    pub fn read_only(&self) -> ReadClient {
        self.connection.read_only()
    }

    /// The connection settings: address, keys, timeouts and retries.
    pub fn settings(&self) -> &Settings {
        self.connection.settings()
    }

    /// The edition that calls go to.
    pub fn edition(&self) -> Edition {
        self.settings().edition
    }

    /// The account (address and key) that is used for operations which accept these `keys`.
    pub(crate) fn account(&self, keys: Keys) -> Account {
        Account::of(self.settings(), keys)
    }

    /// The worker tasks that run calls.
    pub fn workers(&self) -> &Workers {
        &self.services.workers
    }

    /// The sink that new secrets are written to, and the sources that secret references are resolved from.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Makes a call and writes its audit entry. The log line holds the tool, the outcome and the duration, never
    /// arguments or answers.
    pub async fn call(&self, call: Call) -> Result<Outcome, Failure> {
        let tool = call.tool.name();
        let started = Instant::now();
        let audit = CallAudit::of(&call, &self.services.audit);
        let made = Box::pin(self.in_time(call, audit.trail()));
        let outcome = audit.follow(made).await;
        let duration = started.elapsed();
        let outcome_kind = match &outcome {
            Ok(Outcome::Unconfirmed { .. }) => "unconfirmed",
            Ok(_) => metrics::OK,
            Err(failure) => failure.kind(),
        };
        metrics::called(tool, outcome_kind, duration);
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

    /// Writes the audit entry of a call that `rule` refused before it started.
    pub async fn refused(&self, tool: Tool, by: &Requester, arguments: &JsonObject, rule: String) {
        let entry = audit::refused(tool, by, arguments, rule);
        self.services.audit.write(entry).await;
    }

    /// Runs a call, where it computes for long on a worker, within the total timeout. Each request has the same limit; this one also covers calls
    /// that make several requests, or none and only compute.
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
        if may_compute(&call) {
            before_computing().await;
        }
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

/// Whether a call may compute for long whatever Portkey answers. Other calls do only if an answer is large, which the
/// client sees to.
fn may_compute(call: &Call) -> bool {
    let Tool::Operation(operation) = call.tool else {
        return true;
    };
    operation.declaration.effect != Effect::Read
        || call.arguments.contains_key(EVERY_PAGE)
        || call.arguments.contains_key(DRY_RUN.name)
        || call.arguments.values().any(is_large)
}

/// The argument that asks for all pages of a list.
const EVERY_PAGE: &str = "all";

/// The state of one call while it runs: its requester, its options, and where it reports progress, notes and requests.
#[derive(Debug, Clone, Copy)]
pub struct CallContext<'a> {
    caller: &'a Caller,
    by: &'a Requester,
    consent: &'a Consent,
    options: &'a CallOptions,
    progress: &'a Progress,
    notes: &'a Notes,
    /// The requests of the call, recorded for its audit entry.
    trail: &'a Trail,
    /// The id of the journal entry that this call undoes, if it is an undo.
    undoes: Option<&'a str>,
}
