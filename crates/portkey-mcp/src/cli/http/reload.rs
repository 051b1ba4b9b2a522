//! Takes over a changed configuration while the server runs.

use std::{ffi::OsString, sync::Arc};

use tokio::sync::watch;

use portkey_engine::causes::with_causes;

use super::Admission;
use crate::{
    access::Access,
    cli::{CommandFailure, Invocation, invocation::InvalidInvocation},
    config::{EffectiveSettings, FileWatcher, Loosening, Restrictions},
    upstream::Upstream,
};

/// Everything that is needed to read the configuration again.
#[derive(Debug)]
pub(super) struct Reload {
    pub(super) args: Vec<OsString>,
    /// The settings with which the server was started.
    pub(super) effective: EffectiveSettings,
    /// The restrictions of the configuration that was last taken over.
    pub(super) restrictions: Restrictions,
    pub(super) upstream: Arc<Upstream>,
    pub(super) access: watch::Sender<Arc<Access>>,
    pub(super) changes: FileWatcher,
    pub(super) admission: Admission,
}

/// Why a configuration is not taken over.
#[derive(Debug, thiserror::Error)]
enum ReloadFailure {
    #[error(transparent)]
    InvalidInvocation(#[from] InvalidInvocation),
    #[error(transparent)]
    Unusable(#[from] CommandFailure),
    #[error(transparent)]
    Loosening(#[from] Loosening),
}

impl Reload {
    /// Reloads after each change of a file and each SIGHUP.
    pub(super) async fn run(mut self) {
        while self.changes.next().await.is_some() {
            match self.reload() {
                Ok(()) => tracing::info!("the configuration is reloaded"),
                Err(failure) => {
                    let failure = with_causes(&failure);
                    tracing::error!("the configuration stays as it was: {failure}");
                }
            }
        }
    }

    /// Takes over the whole configuration or nothing of it. Calls in flight keep the one that they began with.
    fn reload(&mut self) -> Result<(), ReloadFailure> {
        let invocation = Invocation::of(&self.args)?;
        // Watch the files even if the rest fails: one that is missing may appear later.
        self.changes.watch(&invocation.files());
        let configuration = invocation.configuration();
        let restrictions = Restrictions::of(&configuration, invocation.effective.clone());
        self.restrictions.check(&restrictions)?;
        let access = self.admission.access(&configuration, &self.upstream)?;
        for name in self.effective.waiting_for_restart(&invocation.effective) {
            tracing::warn!(
                "`{name}` has changed; that takes effect when the server is started again"
            );
        }
        self.restrictions = restrictions;
        self.access.send_replace(Arc::new(access));
        Ok(())
    }
}
