//! Tools of several calls, or of none. Each is one file; its inner calls go through the same pipeline.

mod migrate_prompt;
mod promote_prompt;
mod prompt_library;
mod validate_completion_metadata;

use std::{future::Future, pin::Pin};

use portkey_api::{Declaration, Declared, JsonObject};
use serde_json::Value;

use crate::call::{Caller, Failure, read};

pub use validate_completion_metadata::Conventions;

/// Every workflow, in the order they are listed.
pub const WORKFLOWS: &[Workflow] = &[
    Workflow::of::<migrate_prompt::MigratePrompt>("prompts"),
    Workflow::of::<promote_prompt::PromotePrompt>("prompts"),
    Workflow::of::<validate_completion_metadata::ValidateCompletionMetadata>("prompts"),
];

/// A composed tool, with its types erased.
#[derive(Debug, Clone, Copy)]
pub struct Workflow {
    /// What it is and needs.
    pub declaration: Declaration,
    /// The domain it belongs to.
    pub domain: &'static str,
    run: for<'a> fn(JsonObject, &'a Caller) -> Running<'a>,
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>>;

/// A composed tool, on the struct of its arguments.
pub(crate) trait Steps: Declared {
    /// Makes the calls.
    fn run(self, caller: &Caller) -> impl Future<Output = Result<Self::Response, Failure>> + Send;
}

impl Workflow {
    const fn of<S: Steps>(domain: &'static str) -> Self {
        Self {
            declaration: Declaration::of::<S>(),
            domain,
            run: |arguments, caller| {
                Box::pin(async move {
                    let steps = read::<S>(arguments)?;
                    let answer = steps.run(caller).await?;
                    Ok(serde_json::to_value(answer).unwrap_or_default())
                })
            },
        }
    }

    /// Runs the workflow on understood arguments.
    pub(crate) async fn run(
        &self,
        arguments: JsonObject,
        caller: &Caller,
    ) -> Result<Value, Failure> {
        (self.run)(arguments, caller).await
    }
}
