//! What stands behind every call of this process, whatever the configuration of the moment.

use std::sync::Arc;

use crate::{policy::Directory, profile::Owners, state::SharedState};

/// What calls are counted, claimed and written down with.
#[derive(Debug, Clone)]
pub struct Safeguards {
    /// What replicas agree on.
    pub state: Arc<dyn SharedState>,
    /// Whose keys are.
    pub(crate) owners: Owners,
    /// Which workspaces policies name.
    pub(crate) workspaces: Directory,
}

impl Safeguards {
    /// On this state.
    pub fn new(state: Arc<dyn SharedState>) -> Self {
        Self {
            state,
            owners: Owners::default(),
            workspaces: Directory::default(),
        }
    }
}
