//! `find_references`: what uses an object.

use std::time::Duration;

use portkey_api::{ObjectKind, workflow};
use portkey_engine::{
    call::{CallContext, Failure, Steps},
    references::References,
};

/// Find out what uses something
///
/// Says what still uses something: which prompts (include a snippet), keys and configs depend on it and break without
/// it. For a config, provider, integration, virtual key or guardrail that you want to change or delete. Reads
/// everything that can refer to it, which takes a while; `unread` names what the key may not see.
#[workflow(-> References, effect(read), extended, scopes(), essential)]
pub(crate) struct FindReferences {
    /// What can be referred to.
    pub kind: ObjectKind,
    /// Id or slug.
    #[schemars(length(min = 1))]
    pub id: String,
}

/// The longest time to search, below the timeout of a call.
const PATIENCE: Duration = Duration::from_secs(45);

impl Steps for FindReferences {
    async fn run(self, context: CallContext<'_>) -> Result<References, Failure> {
        Ok(context.references(self.kind, &self.id, PATIENCE).await)
    }
}
