//! Workflows: tools of several calls, or of none, whose inner calls go through the same stages.

use std::{future::Future, pin::Pin};

use portkey_api_core::{Declaration, Declared, JsonObject, Operation};
use serde_json::Value;

use super::{CallContext, Failure, nested::parsed};
use crate::catalog::Workflow;

/// What an operator expects of the metadata of completions; an empty list knows every value.
#[derive(Debug, Clone, Default)]
pub struct Conventions {
    /// Values of `app`.
    pub apps: Vec<String>,
    /// Values of `env`.
    pub envs: Vec<String>,
}

/// A workflow with what it does; its types are erased.
#[derive(Debug, Clone, Copy)]
pub struct ComposedTool {
    /// How a catalog lists it.
    pub workflow: Workflow,
    run: for<'a> fn(JsonObject, CallContext<'a>) -> Eventually<'a, Value>,
    destruction: Option<for<'a> fn(JsonObject, CallContext<'a>) -> Eventually<'a, Destruction>>,
}

type Eventually<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// A composed tool, on the struct of its arguments.
pub trait Steps: Declared {
    /// Makes the calls.
    fn run(
        self,
        context: CallContext<'_>,
    ) -> impl Future<Output = Result<Self::Response, Failure>> + Send;
}

/// A composed tool that destroys something.
pub trait Destroys: Steps {
    /// The call by which it will, as far as that is known before anything is sent. Whoever must agree is told of it.
    fn destruction(
        &self,
        context: CallContext<'_>,
    ) -> impl Future<Output = Result<Destruction, Failure>> + Send;
}

/// The call by which a composed tool destroys something.
#[derive(Debug, Clone)]
pub struct Destruction {
    /// What is called.
    pub operation: &'static Operation,
    /// With what.
    pub arguments: JsonObject,
    /// What does not come back, a sentence each.
    pub lost: Vec<String>,
}

impl ComposedTool {
    /// A workflow that destroys nothing.
    ///
    /// # Panics
    ///
    /// While a constant is compiled, if `S` is declared to destroy something.
    pub const fn of<S: Steps>(domain: &'static str) -> Self {
        let declaration = S::DECLARATION;
        assert!(
            !declaration.destructive,
            "a tool that destroys something says by which call: `destructive`"
        );
        Self::declared::<S>(declaration, domain)
    }

    /// A workflow that destroys something.
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

    /// Runs the workflow on understood arguments.
    pub(crate) async fn run(
        &self,
        arguments: JsonObject,
        context: CallContext<'_>,
    ) -> Result<Value, Failure> {
        (self.run)(arguments, context).await
    }

    /// The call by which it destroys something, if it does.
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
    /// What a workflow does.
    pub(super) fn composed(&self, workflow: &Workflow) -> Result<&'a ComposedTool, Failure> {
        let name = workflow.declaration.name;
        let mut composed = self.caller.composed.iter();
        composed
            .find(|one| one.workflow.declaration.name == name)
            .ok_or(Failure::Unlisted(name))
    }
}
