//! A call, from its arguments to its answer. Every surface begins one here and writes its outcome; each stage
//! is a file.
//!
//! ```text
//! arguments -> understand -> authorise -> (dry run: stop) -> confirm -> prepare -> page -> send -> normalise
//!           -> refresh -> conceal -> answer
//! ```
//!
//! A list is sent page by page; a composed tool makes its calls through `Run::ask`.

mod advice;
mod before;
mod conceal;
mod consent;
mod extras;
mod failure;
mod pages;
mod prepare;
mod preview;
mod progress;
mod record;
mod requester;
mod send;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use portkey_api::{Declared, Endpoint, JsonObject, Operation, Problem, Request, understand};
use portkey_client::Client;
use serde_json::{Value, json};

use crate::{
    catalog::{DRY_RUN, Tool},
    metrics,
    safeguards::Safeguards,
    secrets::Sink,
    workflows::{Conventions, Steps, Workflow},
};

pub use consent::{Consent, Consequence};
pub use failure::Failure;
pub use preview::{Difference, Preview, differences};
pub use progress::{Progress, Step};
pub use requester::Requester;

use extras::Extras;

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
}

/// How a call ended well.
#[derive(Debug)]
pub enum Outcome {
    /// It was made; this came back.
    Answer(Value),
    /// It was a dry run; this would have been sent, and this would have come of it.
    Preview(Box<Preview>),
    /// It was not made, because somebody must agree first.
    Unconfirmed(Box<Consequence>),
}

/// Makes calls. Clones share everything.
#[derive(Debug, Clone)]
pub struct Caller {
    client: Client,
    sink: Arc<Sink>,
    conventions: Arc<Conventions>,
    safeguards: Arc<Safeguards>,
    /// In which organisation calls are made, as the journal tells one from another.
    place: Arc<str>,
}

impl Caller {
    /// A caller that sends through `client` and keeps new secrets in `sink`.
    pub fn new(
        client: Client,
        sink: Sink,
        conventions: Conventions,
        safeguards: Arc<Safeguards>,
    ) -> Self {
        Self {
            place: client.settings().base_url.to_string().into(),
            client,
            sink: Arc::new(sink),
            conventions: Arc::new(conventions),
            safeguards,
        }
    }

    /// The same in a place that has this name too.
    #[must_use]
    pub fn of(self, name: impl fmt::Display) -> Self {
        Self {
            place: format!("{} {name}", self.place).into(),
            ..self
        }
    }

    /// The same, through another client.
    #[must_use]
    pub fn through(&self, client: Client) -> Self {
        Self {
            client,
            ..self.clone()
        }
    }

    /// What requests are sent through.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Where new secrets go.
    pub fn sink(&self) -> &Sink {
        &self.sink
    }

    /// Makes a call. What is logged of it is the tool and how it went, never what it carried.
    pub async fn call(&self, call: Call) -> Result<Outcome, Failure> {
        let tool = call.tool.name();
        let begun = Instant::now();
        let outcome = self.in_time(call).await;
        let duration = begun.elapsed();
        let told = outcome.as_ref().map_or_else(Failure::kind, |_| "ok");
        metrics::called(tool, told, duration);
        match &outcome {
            Ok(_) => tracing::info!(tool, ?duration, "called"),
            Err(failure) => tracing::info!(tool, ?duration, kind = failure.kind(), "failed"),
        }
        outcome
    }

    /// A call may make several requests, each of which keeps to the limit; so does the call as a whole.
    async fn in_time(&self, call: Call) -> Result<Outcome, Failure> {
        let limit = self.client.settings().total_timeout;
        tokio::time::timeout(limit + GRACE, self.run(call))
            .await
            .unwrap_or(Err(Failure::OutOfTime { limit }))
    }

    async fn run(&self, mut call: Call) -> Result<Outcome, Failure> {
        let tool = call.tool;
        let extras = Extras::take(tool, &mut call.arguments)?;
        let run = Run {
            caller: self,
            by: &call.by,
            consent: &call.consent,
            extras: &extras,
            progress: &call.progress,
            undoes: None,
        };
        run.authorise(tool)?;
        match tool {
            Tool::Operation(operation) => run.operate(operation, call.arguments).await,
            Tool::Workflow(workflow) => run.compose(workflow, call.arguments).await,
        }
    }
}

/// One call being made: on whose behalf, who sends its requests, and who hears how far it is.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    caller: &'a Caller,
    by: &'a Requester,
    consent: &'a Consent,
    extras: &'a Extras,
    progress: &'a Progress,
    /// The change that this call takes back.
    undoes: Option<&'a str>,
}

impl Run<'_> {
    async fn operate(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Outcome, Failure> {
        let arguments = understand(&operation.declaration, arguments)?;
        if self.extras.dry_run || asks_for_dry_run(&arguments) {
            let preview = self.preview(operation, arguments).await?;
            return Ok(Outcome::Preview(Box::new(preview)));
        }
        if operation.declaration.destructive && *self.consent == Consent::Missing {
            let consequence = self.consequence(operation, &arguments).await?;
            return Ok(Outcome::Unconfirmed(Box::new(consequence)));
        }
        let answer = self.make(operation, &arguments).await?;
        let answer = self
            .caller
            .conceal(&operation.declaration, &arguments, answer)?;
        Ok(Outcome::Answer(answer))
    }

    /// Carries a call out.
    async fn make(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
    ) -> Result<Value, Failure> {
        let caller = self.caller;
        if conceal::mints(operation) {
            caller.sink.prepare()?;
        }
        let answer = if pages::is_paged(operation) {
            self.list(operation, arguments.clone()).await?
        } else {
            let arguments = caller.look_up(operation, arguments.clone()).await?;
            let request = operation.request(arguments.clone())?;
            self.send(operation, &arguments, &request).await?
        };
        Ok(if self.extras.return_object {
            caller.refresh(operation, arguments, answer).await
        } else {
            told(answer)
        })
    }

    /// Whether the policy allows this tool to whoever calls it.
    fn authorise(&self, tool: Tool) -> Result<(), Failure> {
        Ok(self.by.policy.permits(tool)?)
    }

    async fn compose(
        &self,
        workflow: &'static Workflow,
        arguments: JsonObject,
    ) -> Result<Outcome, Failure> {
        let arguments = understand(&workflow.declaration, arguments)?;
        let answer = workflow.run(arguments.clone(), *self).await?;
        let answer = self
            .caller
            .conceal(&workflow.declaration, &arguments, answer)?;
        Ok(Outcome::Answer(answer))
    }

    /// Makes one call on behalf of a workflow.
    pub(crate) async fn ask<E: Endpoint>(&self, endpoint: &E) -> Result<E::Response, Failure> {
        let operation = portkey_api::operation(E::NAME).ok_or(Failure::Unlisted(E::NAME))?;
        self.authorise(Tool::Operation(operation))?;
        let request = Request::to(endpoint);
        let arguments = match serde_json::to_value(endpoint) {
            Ok(Value::Object(arguments)) => arguments,
            _ => JsonObject::new(),
        };
        let answer = self.send(operation, &arguments, &request).await?;
        serde_json::from_value(answer).map_err(|source| Failure::Unreadable { operation, source })
    }

    /// Makes the call of an operation on behalf of a workflow, as if it had been called itself, or only previews it.
    /// `undoes` is the change that it takes back.
    pub(crate) async fn perform(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
        undoes: &str,
        dry_run: bool,
    ) -> Result<Value, Failure> {
        self.authorise(Tool::Operation(operation))?;
        let extras = Extras {
            dry_run,
            return_object: true,
            confirmation: None,
        };
        let run = Run {
            extras: &extras,
            // Whoever agreed to the workflow agreed to what it does.
            consent: &Consent::Unneeded,
            undoes: Some(undoes),
            ..*self
        };
        Ok(match run.operate(operation, arguments).await? {
            Outcome::Answer(answer) => answer,
            Outcome::Preview(preview) => preview.told(),
            Outcome::Unconfirmed(consequence) => consequence.to_string().into(),
        })
    }

    /// Fetches the file at an address that an answer brought.
    pub(crate) async fn download(&self, url: &str) -> Result<Vec<u8>, Failure> {
        let file = self.caller.client.download(url).await;
        file.map_err(|error| Failure::Download(Box::new(error)))
    }

    /// Says how far the call is.
    pub(crate) fn report(&self, done: u64, total: Option<u64>, message: &str) {
        self.progress.report(done, total, message);
    }

    /// What the operator expects of metadata.
    pub(crate) fn conventions(&self) -> &Conventions {
        &self.caller.conventions
    }
}

/// Whether a tool's own argument asks that nothing be done.
pub(crate) fn asks_for_dry_run(arguments: &JsonObject) -> bool {
    match arguments.get(DRY_RUN.name) {
        Some(Value::String(text)) => text == "true",
        asked => asked == Some(&Value::Bool(true)),
    }
}

/// An answer that says nothing but that it worked: `{}` after most updates and deletes, or no body at all.
fn says_nothing(answer: &Value) -> bool {
    answer.is_null() || answer.as_object().is_some_and(serde_json::Map::is_empty)
}

/// What such an answer reads as.
fn done() -> Value {
    json!({ "success": true })
}

fn told(answer: Value) -> Value {
    if says_nothing(&answer) {
        done()
    } else {
        answer
    }
}

/// Reads understood arguments as a workflow's own struct.
pub(crate) fn read<S: Steps>(arguments: JsonObject) -> Result<S, Failure> {
    let invalid = |problem| Failure::invalid(<S as Declared>::NAME, problem);
    let steps: S = serde_json::from_value(Value::Object(arguments))
        .map_err(|error| invalid(Problem::rule("", error.to_string())))?;
    steps.validate().map_err(invalid)?;
    Ok(steps)
}
