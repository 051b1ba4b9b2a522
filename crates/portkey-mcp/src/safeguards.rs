//! What stands behind every call of this process, whatever the configuration of the moment.

use std::sync::Arc;

use crate::{journal::Journal, state::SharedState};

/// What calls are counted, claimed and written down with.
#[derive(Debug, Clone)]
pub struct Safeguards {
    /// What replicas agree on.
    pub state: Arc<dyn SharedState>,
    /// Where changes are written down before they are made; nowhere, where the operator wants none.
    pub journal: Option<Arc<dyn Journal>>,
}

impl Safeguards {
    /// On this state, with this journal.
    pub fn new(state: Arc<dyn SharedState>, journal: Option<Arc<dyn Journal>>) -> Self {
        Self { state, journal }
    }
}
