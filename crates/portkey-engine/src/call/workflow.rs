//! Workflows: tools that make several API calls, or none. Inner calls go through the same checks as direct ones.

use std::{future::Future, pin::Pin};

use portkey_api_core::{Declaration, Declared, JsonObject, Operation};
use serde_json::Value;

use super::{CallContext, Failure, nested::parsed};
use crate::catalog::Workflow;

/// The metadata values that the operator expects of completions. An empty list accepts every value.
#[derive(Debug, Clone, Default)]
pub struct Conventions {
    /// Accepted values of the metadata key `app`.
    pub apps: Vec<String>,
    /// Accepted values of the metadata key `env`.
    pub envs: Vec<String>,
}

/// A workflow with its implementation, without the types of its arguments and answer.
#[derive(Debug, Clone, Copy)]
pub struct ComposedTool {
    /// The workflow's entry in the catalog.
    pub workflow: Workflow,
    run: for<'a> fn(JsonObject, CallContext<'a>) -> BoxedFuture<'a, Value>,
    destruction: Option<for<'a> fn(JsonObject, CallContext<'a>) -> BoxedFuture<'a, Destruction>>,
}

type BoxedFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// The implementation of a composed tool, on the struct of its arguments.
pub trait Steps: Declared {
    /// Makes the inner calls and returns the answer of the tool.
    fn run(
        self,
        context: CallContext<'_>,
    ) -> impl Future<Output = Result<Self::Response, Failure>> + Send;
}

/// A composed tool that destroys something.
pub trait Destroys: Steps {
    /// Returns the inner call that destroys something, as far as it is known before anything is sent. The request for
    /// consent describes it.
    fn destruction(
        &self,
        context: CallContext<'_>,
    ) -> impl Future<Output = Result<Destruction, Failure>> + Send;
}

/// The inner call with which a composed tool destroys something.
#[derive(Debug, Clone)]
pub struct Destruction {
    /// The operation that is called.
    pub operation: &'static Operation,
    /// The arguments of `operation`.
    pub arguments: JsonObject,
    /// What cannot be restored afterwards, one sentence each.
    pub lost: Vec<String>,
}

impl ComposedTool {
    /// Returns a workflow that destroys nothing.
    ///
    /// # Panics
    ///
    /// At compile time, if `S` is declared to be destructive.
    pub const fn of<S: Steps>(domain: &'static str) -> Self {
        let declaration = S::DECLARATION;
        assert!(
            !declaration.destructive,
            "a tool that destroys something says by which call: `destructive`"
        );
        Self::declared::<S>(declaration, domain)
    }

    /// Returns a workflow that destroys something.
    pub const fn destructive<S: Destroys>(domain: &'static str) -> Self {
        let workflow = Self::declared::<S>(S::DECLARATION, domain);
        Self {
            destruction: Some(|arguments, context| {
                Box::pin(async move { parsed::<S>(arguments)?.destruction(context).await })
            }),
            ..workflow
        }
    }

    const fn declared<S: Steps>(declaration: Declaration, domain: &'static str) -> Self {
        Self {
            workflow: Workflow {
                declaration,
                domain,
            },
            destruction: None,
            run: |arguments, context| {
                Box::pin(async move {
                    let steps = parsed::<S>(arguments)?;
                    let answer = steps.run(context).await?;
                    Ok(serde_json::to_value(answer).unwrap_or_default())
                })
            },
        }
    }

    /// Runs the workflow on parsed arguments.
    pub(crate) async fn run(
        &self,
        arguments: JsonObject,
        context: CallContext<'_>,
    ) -> Result<Value, Failure> {
        (self.run)(arguments, context).await
    }

    /// Returns the inner call that destroys something, or `None` if the workflow is not destructive.
    pub(crate) async fn destruction(
        &self,
        arguments: JsonObject,
        context: CallContext<'_>,
    ) -> Result<Option<Destruction>, Failure> {
        match self.destruction {
            Some(destruction) => destruction(arguments, context).await.map(Some),
            None => Ok(None),
        }
    }
}

impl<'a> CallContext<'a> {
    /// Returns the implementation of a workflow.
    pub(super) fn composed(&self, workflow: &Workflow) -> Result<&'a ComposedTool, Failure> {
        let name = workflow.declaration.name;
        let mut composed = self.caller.composed.iter();
        composed
            .find(|one| one.workflow.declaration.name == name)
            .ok_or(Failure::Unlisted(name))
    }
}
