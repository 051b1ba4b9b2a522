//! The services that all calls of a process share, whatever the current configuration is.

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

/// The services for counting, confirming and recording calls.
#[derive(Debug, Clone)]
pub struct Services {
    /// The state that replicas share.
    pub state: Arc<dyn SharedState>,
    /// The used part of quotas.
    pub(crate) quotas: UsedQuotas,
    /// The owners of API keys.
    pub owners: Owners,
    /// The workspaces that policies name.
    pub(crate) workspaces: WorkspaceCache,
    /// Issues and checks the tokens that confirm destructive calls.
    pub seal: Seal,
    /// The audit log.
    pub audit: Audit,
    /// Recent answers of listings that were searched for references.
    pub(crate) crawls: Crawls,
    /// The journal, in which changes are stored before they are made. `None` if the operator wants none.
    pub journal: Option<Arc<dyn Journal>>,
    /// The threads that run calls.
    pub(crate) workers: Arc<Workers>,
}

impl Services {
    /// Returns services with this state, this audit log and this journal.
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

    /// Stores the use of quotas in a file next to the journal's file, if the journal is in a file.
    #[must_use]
    pub fn with_quotas_beside(mut self, journal: Option<PathBuf>) -> Self {
        if let Some(path) = journal {
            self.quotas = self.quotas.beside(path);
        }
        self
    }

    /// Runs calls on these threads, which their owner shuts down.
    #[must_use]
    pub fn on(self, workers: Arc<Workers>) -> Self {
        Self { workers, ..self }
    }

    /// Adds a secret of the operator, if there is one, to the key that signs confirmation tokens.
    #[must_use]
    pub fn sealed_with(mut self, secret: Option<SecretString>) -> Self {
        self.seal = Seal::new(Arc::clone(&self.state), secret);
        self
    }
}
