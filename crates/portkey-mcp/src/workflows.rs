//! Tools of several calls, or of none. Each is one file; its inner calls go through the same pipeline.

mod find_references;
mod get_analytics_summary;
mod get_trace;
mod known_names;
mod list_changes;
mod list_traces;
mod log_export;
mod migrate_prompt;
mod promote_prompt;
mod prompt_library;
mod undo_change;
mod validate_completion_metadata;

use std::{future::Future, pin::Pin};

use portkey_api::{Declaration, Declared, JsonObject, Operation};
use serde_json::Value;

use crate::call::{Failure, Run, read};

pub use validate_completion_metadata::Conventions;

/// Every workflow, in the order they are listed.
pub const WORKFLOWS: &[Workflow] = &[
    Workflow::of::<migrate_prompt::MigratePrompt>("prompts"),
    Workflow::of::<promote_prompt::PromotePrompt>("prompts"),
    Workflow::of::<validate_completion_metadata::ValidateCompletionMetadata>("prompts"),
    Workflow::of::<find_references::FindReferences>("configs"),
    Workflow::of::<known_names::ListKeyScopes>("api_keys"),
    Workflow::of::<known_names::ListAiProviders>("integrations"),
    Workflow::of::<known_names::ListGuardrailChecks>("guardrails"),
    Workflow::of::<get_analytics_summary::GetAnalyticsSummary>("analytics"),
    Workflow::of::<list_traces::ListTraces>("logging"),
    Workflow::of::<get_trace::GetTrace>("logging"),
    Workflow::of::<list_changes::ListChanges>("organisation"),
    Workflow::destructive::<undo_change::UndoChange>("organisation"),
];

/// A composed tool, with its types erased.
#[derive(Debug, Clone, Copy)]
pub struct Workflow {
    /// What it is and needs.
    pub declaration: Declaration,
    /// The domain it belongs to.
    pub domain: &'static str,
    run: for<'a> fn(JsonObject, Run<'a>) -> Eventually<'a, Value>,
    destruction: Option<for<'a> fn(JsonObject, Run<'a>) -> Eventually<'a, Destruction>>,
}

type Eventually<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// A composed tool, on the struct of its arguments.
pub(crate) trait Steps: Declared {
    /// Makes the calls.
    fn run(self, run: Run<'_>) -> impl Future<Output = Result<Self::Response, Failure>> + Send;
}

/// A composed tool that destroys something.
pub(crate) trait Destroys: Steps {
    /// The call by which it will, as far as that is known before anything is sent. Whoever must agree is told of it.
    fn destruction(
        &self,
        run: Run<'_>,
    ) -> impl Future<Output = Result<Destruction, Failure>> + Send;
}

/// The call by which a composed tool destroys something.
#[derive(Debug, Clone)]
pub(crate) struct Destruction {
    /// What is called.
    pub(crate) operation: &'static Operation,
    /// With what.
    pub(crate) arguments: JsonObject,
    /// What does not come back, a sentence each.
    pub(crate) lost: Vec<String>,
}

impl Workflow {
    const fn of<S: Steps>(domain: &'static str) -> Self {
        let declaration = Declaration::of::<S>();
        assert!(
            !declaration.destructive,
            "a tool that destroys something says by which call: `destructive`"
        );
        Self::declared::<S>(declaration, domain)
    }

    const fn destructive<S: Destroys>(domain: &'static str) -> Self {
        let workflow = Self::declared::<S>(Declaration::of::<S>(), domain);
        Self {
            destruction: Some(|arguments, run| {
                Box::pin(async move { read::<S>(arguments)?.destruction(run).await })
            }),
            ..workflow
        }
    }

    const fn declared<S: Steps>(declaration: Declaration, domain: &'static str) -> Self {
        Self {
            declaration,
            domain,
            destruction: None,
            run: |arguments, run| {
                Box::pin(async move {
                    let steps = read::<S>(arguments)?;
                    let answer = steps.run(run).await?;
                    Ok(serde_json::to_value(answer).unwrap_or_default())
                })
            },
        }
    }

    /// Runs the workflow on understood arguments.
    pub(crate) async fn run(&self, arguments: JsonObject, run: Run<'_>) -> Result<Value, Failure> {
        (self.run)(arguments, run).await
    }

    /// The call by which it destroys something, if it does.
    pub(crate) async fn destruction(
        &self,
        arguments: JsonObject,
        run: Run<'_>,
    ) -> Result<Option<Destruction>, Failure> {
        match self.destruction {
            Some(destruction) => destruction(arguments, run).await.map(Some),
            None => Ok(None),
        }
    }
}
