//! A call, from its arguments to its answer. Every surface begins one here and writes its outcome; each stage
//! is a file.
//!
//! ```text
//! arguments -> understand -> prepare -> (dry run: stop) -> send -> normalise -> refresh -> conceal -> answer
//! ```

mod advice;
mod conceal;
mod failure;
mod prepare;
mod send;

use std::time::Instant;

use portkey_api::{Declared, Endpoint, JsonObject, Operation, Request, understand};
use portkey_client::Client;
use serde_json::{Value, json};

use crate::{
    catalog::Tool,
    secrets::Sink,
    workflows::{Conventions, Steps, Workflow},
};

pub use failure::Failure;

/// The argument by which a call asks for a preview.
const DRY_RUN: &str = "dry_run";

/// A tool, what it is called with, and whether anything may happen.
#[derive(Debug, Clone)]
pub struct Call {
    /// What is called.
    pub tool: Tool,
    /// With what, as it came.
    pub arguments: JsonObject,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// How a call ended well.
#[derive(Debug)]
pub enum Outcome {
    /// It was made; this came back.
    Answer(Value),
    /// It was a dry run; this would have been sent. Secrets are masked.
    Preview(Request),
}

/// Makes calls.
#[derive(Debug)]
pub struct Caller {
    client: Client,
    sink: Sink,
    conventions: Conventions,
}

impl Caller {
    /// A caller that sends through `client` and keeps new secrets in `sink`.
    pub fn new(client: Client, sink: Sink, conventions: Conventions) -> Self {
        Self {
            client,
            sink,
            conventions,
        }
    }

    /// What the operator expects of metadata.
    pub(crate) fn conventions(&self) -> &Conventions {
        &self.conventions
    }

    /// Where new secrets go.
    pub fn sink(&self) -> &Sink {
        &self.sink
    }

    /// Makes a call. What is logged of it is the tool and how it went, never what it carried.
    pub async fn call(&self, call: Call) -> Result<Outcome, Failure> {
        let tool = call.tool.name();
        let begun = Instant::now();
        let outcome = self.run(call).await;
        let took = begun.elapsed();
        match &outcome {
            Ok(_) => tracing::info!(tool, ?took, "called"),
            Err(failure) => tracing::info!(tool, ?took, kind = failure.kind(), "failed"),
        }
        outcome
    }

    async fn run(&self, call: Call) -> Result<Outcome, Failure> {
        let declaration = call.tool.declaration();
        let arguments = understand(declaration, call.arguments)?;
        let dry_run = call.dry_run || arguments.get(DRY_RUN) == Some(&Value::Bool(true));
        match call.tool {
            Tool::Operation(operation) => self.operate(operation, arguments, dry_run).await,
            Tool::Workflow(workflow) => self.compose(workflow, arguments, dry_run).await,
        }
    }

    async fn operate(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
        dry_run: bool,
    ) -> Result<Outcome, Failure> {
        if dry_run {
            return Ok(Outcome::Preview(operation.preview(arguments)?));
        }
        let arguments = self.look_up(operation, arguments).await?;
        let request = operation.request(arguments.clone())?;
        if conceal::mints(operation) {
            self.sink.prepare()?;
        }
        let answer = self.send(operation, &request).await?;
        let answer = self.refresh(operation, &arguments, answer).await;
        let answer = self.conceal(&operation.declaration, &arguments, answer)?;
        Ok(Outcome::Answer(answer))
    }

    async fn compose(
        &self,
        workflow: &'static Workflow,
        mut arguments: JsonObject,
        dry_run: bool,
    ) -> Result<Outcome, Failure> {
        // Every workflow that changes something has the argument: a test over the catalog sees to it.
        if dry_run && workflow.declaration.argument(DRY_RUN).is_some() {
            arguments.insert(DRY_RUN.to_owned(), true.into());
        }
        let answer = workflow.run(arguments.clone(), self).await?;
        let answer = self.conceal(&workflow.declaration, &arguments, answer)?;
        Ok(Outcome::Answer(answer))
    }

    /// Makes one call on behalf of a workflow.
    pub(crate) async fn ask<E: Endpoint>(&self, endpoint: &E) -> Result<E::Response, Failure> {
        let operation = portkey_api::operation(E::NAME).ok_or(Failure::Unlisted(E::NAME))?;
        let answer = self.send(operation, &Request::to(endpoint)).await?;
        serde_json::from_value(answer).map_err(|source| Failure::Unreadable { operation, source })
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

/// Reads understood arguments as a workflow's own struct.
pub(crate) fn read<S: Steps>(arguments: JsonObject) -> Result<S, Failure> {
    let invalid = |problem| Failure::invalid(<S as Declared>::NAME, problem);
    let steps: S = serde_json::from_value(Value::Object(arguments))
        .map_err(|error| invalid(portkey_api::Problem::rule("", error.to_string())))?;
    steps.validate().map_err(invalid)?;
    Ok(steps)
}
