//! A call, from its arguments to its answer. Every surface begins one here and writes its outcome; each stage
//! is a file.
//!
//! ```text
//! arguments -> bound -> authorise -> understand -> resolve -> within -> (dry run: stop) -> confirm -> spend -> reveal
//!           -> prepare -> page -> journal -> send -> normalise -> refresh -> conceal -> tell -> show -> answer
//! ```
//!
//! A list is sent page by page; a composed tool makes its calls through `Run::ask`. Whatever sends a request needs a
//! `Permit`.

mod advice;
mod authorise;
mod before;
mod conceal;
mod consent;
mod consequence;
mod course;
mod extras;
mod failure;
mod inner;
mod large;
mod missing;
mod notes;
mod pages;
mod parts;
mod permit;
mod prepare;
mod preview;
mod progress;
mod record;
mod recording;
mod references;
mod requester;
mod resolve;
mod reveal;
mod send;
mod wording;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use portkey_api::{
    Declaration, JsonObject, Operation, Understood, bounded, understand, understand_exactly,
};
use portkey_client::Client;
use serde_json::Value;

use crate::{
    catalog::Tool,
    metrics,
    safeguards::Safeguards,
    secrets::{Carried, Secrets},
    untrusted::refuse_stand_ins,
    workers::Workers,
    workflows::{Conventions, Workflow},
};

pub use consent::Consent;
pub use consequence::Consequence;
pub use failure::Failure;
pub use missing::Missing;
pub use notes::Notes;
pub use preview::{Difference, Preview, differences};
pub use progress::{Progress, Step};
pub use requester::{Authority, Offered, Requester};
pub use wording::Audience;

pub(crate) use extras::asks_for_dry_run;
pub(crate) use inner::read;
pub(crate) use requester::Rights;

use extras::{Extras, Shown};
use permit::{Line, Permit};
use recording::Recording;
use send::told;

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
    line: Line,
    secrets: Arc<Secrets>,
    conventions: Arc<Conventions>,
    safeguards: Arc<Safeguards>,
    /// In which organisation calls are made, as the journal tells one from another.
    place: Arc<str>,
}

impl Caller {
    /// A caller that sends through `client`.
    pub fn new(
        client: Client,
        secrets: Secrets,
        conventions: Conventions,
        safeguards: Arc<Safeguards>,
    ) -> Self {
        Self {
            place: client.settings().base_url.to_string().into(),
            line: Line::new(client),
            secrets: Arc::new(secrets),
            conventions: Arc::new(conventions),
            safeguards,
        }
    }

    /// The same in a place of this name, whatever its address.
    #[must_use]
    pub fn at(self, name: impl fmt::Display) -> Self {
        Self {
            place: name.to_string().into(),
            ..self
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
            line: Line::new(client),
            ..self.clone()
        }
    }

    /// What requests are sent through; for what the server asks on its own behalf.
    pub fn client(&self) -> &Client {
        self.line.client()
    }

    /// What calls are made on.
    pub(crate) fn workers(&self) -> &Workers {
        &self.safeguards.workers
    }

    /// Where secrets go and where they come from.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Makes a call, and writes it down. What is logged of it is the tool and how it went, never what it carried.
    pub async fn call(&self, call: Call) -> Result<Outcome, Failure> {
        let tool = call.tool.name();
        let begun = Instant::now();
        let recording = Recording::of(&call, &self.safeguards.audit);
        let outcome = recording.follow(Box::pin(self.in_time(call))).await;
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
        recording.end(&outcome).await;
        outcome
    }

    /// Writes down a call that was refused before it began, and by which rule.
    pub async fn refused(&self, tool: Tool, by: &Requester, arguments: &JsonObject, rule: String) {
        let entry = recording::refused(tool, by, arguments, rule);
        self.safeguards.audit.write(entry).await;
    }

    /// A call may make several requests, each of which keeps to the limit; so does the call as a whole, even if all
    /// that it does is to compute.
    async fn in_time(&self, call: Call) -> Result<Outcome, Failure> {
        let limit = self.client().settings().total_timeout;
        let caller = self.clone();
        let run = self
            .workers()
            .run(Box::pin(async move { caller.run(call).await }));
        tokio::time::timeout(limit + GRACE, run)
            .await
            .unwrap_or(Err(Failure::OutOfTime { limit }))
    }

    async fn run(&self, mut call: Call) -> Result<Outcome, Failure> {
        let tool = call.tool;
        bounded(tool.name(), &call.arguments)?;
        let extras = Extras::take(tool, &mut call.arguments)?;
        let run = Run {
            caller: self,
            by: &call.by,
            consent: &call.consent,
            extras: &extras,
            progress: &call.progress,
            notes: &call.notes,
            undoes: None,
        };
        run.authorise(tool)?;
        refuse_stand_ins(tool, &call.arguments)?;
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
    notes: &'a Notes,
    /// The change that this call takes back.
    undoes: Option<&'a str>,
}

impl Run<'_> {
    async fn operate(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Outcome, Failure> {
        let tool = Tool::Operation(operation);
        let arguments = self.understand(&operation.declaration, arguments)?;
        let arguments = self.resolve(tool, arguments).await?;
        match self.carry_out(operation, arguments.clone()).await {
            Err(failure) => match self.resolve_unfound(tool, &arguments, &failure).await? {
                Some(resolved) => self.carry_out(operation, resolved).await,
                None => Err(failure),
            },
            outcome => outcome,
        }
    }

    /// Makes the call with arguments that are understood.
    async fn carry_out(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Outcome, Failure> {
        operation.check_ids(&arguments)?;
        let arguments = self.of_own_organisation(operation, arguments).await?;
        let permit = self.permit(operation, arguments).await?;
        let arguments = &permit.arguments;
        let own = asks_for_dry_run(arguments).then_some(Shown::Changes);
        if let Some(shown) = self.extras.dry_run.or(own) {
            // What the call itself would be refused for.
            self.reveal(&operation.declaration, arguments).await?;
            let preview = self.preview(operation, arguments.clone(), shown).await?;
            return Ok(Outcome::Preview(Box::new(preview)));
        }
        let tool = Tool::Operation(operation);
        if let Some(unconfirmed) = self.confirm(tool, arguments).await? {
            return Ok(unconfirmed);
        }
        self.spend(operation).await?;
        let answer = self.make(&permit).await?;
        let answer = permit.let_through(answer).await?;
        self.answer(&operation.declaration, arguments, answer).await
    }

    /// Carries a call out. Only here the secrets are known that its arguments refer to.
    async fn make(&self, permit: &Permit<'_>) -> Result<Value, Failure> {
        let declaration = &permit.operation.declaration;
        if conceal::mints(declaration) {
            self.caller.secrets.sink.prepare().await?;
        }
        let (revealed, carried) = self.reveal(declaration, &permit.arguments).await?;
        match self.exchange(permit, revealed, &carried).await {
            Ok(mut answer) => {
                carried.hide_in(&mut answer);
                Ok(answer)
            }
            Err(failure) => {
                let failure = self.name_missing(&permit.arguments, failure).await;
                Err(failure.without(&carried, self.by.audience))
            }
        }
    }

    /// Sends `revealed`, of which the journal only sees what the caller gave.
    async fn exchange(
        &self,
        permit: &Permit<'_>,
        revealed: JsonObject,
        carried: &Carried,
    ) -> Result<Value, Failure> {
        let operation = permit.operation;
        let answer = if pages::is_paged(operation) {
            permit.list(revealed).await?
        } else if course::is_course(operation) {
            permit.course(revealed).await?
        } else {
            let revealed = self.look_up(operation, revealed).await?;
            permit
                .carry_out(&operation.request(revealed)?, carried)
                .await?
        };
        Ok(if self.extras.return_object {
            permit.refresh(answer).await
        } else {
            told(answer)
        })
    }

    /// Reads arguments as they were meant, and notes what whoever calls should know of it.
    fn understand(
        &self,
        declaration: &Declaration,
        arguments: JsonObject,
    ) -> Result<JsonObject, Failure> {
        let read = match self.undoes {
            // What restores an object says what it means by null.
            Some(_) => understand_exactly,
            None => understand,
        };
        let Understood { arguments, notes } = read(declaration, arguments)?;
        self.notes.extend(notes);
        Ok(arguments)
    }

    async fn compose(
        &self,
        workflow: &'static Workflow,
        arguments: JsonObject,
    ) -> Result<Outcome, Failure> {
        let tool = Tool::Workflow(workflow);
        let arguments = self.understand(&workflow.declaration, arguments)?;
        let arguments = self.resolve(tool, arguments).await?;
        if !asks_for_dry_run(&arguments)
            && let Some(unconfirmed) = self.confirm(tool, &arguments).await?
        {
            return Ok(unconfirmed);
        }
        let (arguments, carried) = self.reveal(&workflow.declaration, &arguments).await?;
        let answer = workflow.run(arguments.clone(), *self).await;
        let mut answer = answer.map_err(|failure| failure.without(&carried, self.by.audience))?;
        carried.hide_in(&mut answer);
        self.answer(&workflow.declaration, &arguments, answer).await
    }

    /// What of an answer may be shown.
    async fn answer(
        &self,
        declaration: &'static Declaration,
        arguments: &JsonObject,
        answer: Value,
    ) -> Result<Outcome, Failure> {
        let mut answer = self.conceal(declaration, arguments, answer).await?;
        if !self.extras.include_bodies {
            declaration.withhold_bodies(&mut answer);
        }
        declaration.tell_units(&mut answer);
        if let Some(note) = large::how_to_narrow(declaration, arguments, &answer) {
            self.notes.add(note);
        }
        Ok(Outcome::Answer(answer))
    }
}
