//! What stands behind every call of this process, whatever the configuration of the moment.

use std::sync::Arc;

use crate::{audit::Audit, references::Crawls, state::SharedState};

/// What calls are counted, claimed and written down with.
#[derive(Debug, Clone)]
pub struct Safeguards {
    /// What replicas agree on.
    pub state: Arc<dyn SharedState>,
    /// Where every call is written down.
    pub audit: Audit,
    /// What was read of late to find references.
    pub crawls: Crawls,
}

impl Safeguards {
    /// On this state.
    pub fn new(state: Arc<dyn SharedState>, audit: Audit) -> Self {
        Self {
            state,
            audit,
            crawls: Crawls::default(),
        }
    }
}
