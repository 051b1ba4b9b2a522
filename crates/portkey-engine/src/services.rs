//! What stands behind every call of this process, whatever the configuration of the moment.

use std::{path::PathBuf, sync::Arc};

use portkey_client::SecretString;

use crate::{
    audit::Audit,
    confirm::Seal,
    journal::Journal,
    keys::Owners,
    policy::WorkspaceCache,
    references::Crawls,
    state::{SharedState, UsedQuotas},
    workers::Workers,
};

/// What calls are counted, claimed and written down with.
#[derive(Debug, Clone)]
pub struct Services {
    /// What replicas agree on.
    pub state: Arc<dyn SharedState>,
    /// What was used of quotas.
    pub(crate) quotas: UsedQuotas,
    /// Whose keys are.
    pub owners: Owners,
    /// Which workspaces policies name.
    pub(crate) workspaces: WorkspaceCache,
    /// What proves that somebody agreed to what is destroyed.
    pub seal: Seal,
    /// Where every call is written down.
    pub audit: Audit,
    /// What was read of late to find references.
    pub(crate) crawls: Crawls,
    /// Where changes are written down before they are made; nowhere, where the operator wants none.
    pub journal: Option<Arc<dyn Journal>>,
    /// What calls are made on.
    pub(crate) workers: Arc<Workers>,
}

impl Services {
    /// On this state, with this audit log and this journal.
    pub fn new(
        state: Arc<dyn SharedState>,
        audit: Audit,
        journal: Option<Arc<dyn Journal>>,
    ) -> Self {
        Self {
            seal: Seal::new(Arc::clone(&state), None),
            quotas: UsedQuotas::of(Arc::clone(&state)),
            state,
            audit,
            journal,
            crawls: Crawls::default(),
            owners: Owners::default(),
            workspaces: WorkspaceCache::default(),
            workers: Arc::default(),
        }
    }

    /// The same, with quotas counted beside the file of the journal, if it is in one.
    #[must_use]
    pub fn with_quotas_beside(mut self, journal: Option<PathBuf>) -> Self {
        if let Some(path) = journal {
            self.quotas = self.quotas.beside(path);
        }
        self
    }

    /// The same, with calls made on threads that somebody else ends.
    #[must_use]
    pub fn on(self, workers: Arc<Workers>) -> Self {
        Self { workers, ..self }
    }

    /// The same, where the operator has a secret to make confirmations with.
    #[must_use]
    pub fn sealed_with(mut self, secret: Option<SecretString>) -> Self {
        self.seal = Seal::new(Arc::clone(&self.state), secret);
        self
    }
}
