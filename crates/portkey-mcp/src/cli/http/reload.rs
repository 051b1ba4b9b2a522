//! Takes over a changed configuration while the server runs.

use std::{ffi::OsString, sync::Arc};

use tokio::sync::watch;

use portkey_engine::causes::with_causes;

use super::Admission;
use crate::{
    access::Access,
    cli::{CommandFailure, Reading, reading::Unclear},
    config::{Changes, InForce, Loosening, Restrictions},
    upstream::Upstream,
};

/// What is needed to read the configuration once more, as at the start.
#[derive(Debug)]
pub(super) struct Reload {
    pub(super) words: Vec<OsString>,
    /// As the server was started.
    pub(super) in_force: InForce,
    /// Those of the configuration that was last taken over.
    pub(super) restrictions: Restrictions,
    pub(super) upstream: Arc<Upstream>,
    pub(super) access: watch::Sender<Arc<Access>>,
    pub(super) changes: Changes,
    pub(super) admission: Admission,
}

/// A configuration that cannot be taken over.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Unclear(#[from] Unclear),
    #[error(transparent)]
    Unusable(#[from] CommandFailure),
    #[error(transparent)]
    Loosening(#[from] Loosening),
}

impl Reload {
    /// Reloads whenever something changes or somebody asks for it; ends with its task.
    pub(super) async fn run(mut self) {
        while self.changes.next().await.is_some() {
            match self.reload() {
                Ok(()) => tracing::info!("the configuration is reloaded"),
                Err(refused) => {
                    let refused = with_causes(&refused);
                    tracing::error!("the configuration stays as it was: {refused}");
                }
            }
        }
    }

    /// Everything or nothing. Calls in flight keep what they began with.
    fn reload(&mut self) -> Result<(), Refused> {
        let reading = Reading::of(&self.words)?;
        // Also where what follows fails: it may be one of these files that is missing.
        self.changes.watch(&reading.files());
        let configuration = reading.configuration();
        let restrictions = Restrictions::of(&configuration, reading.in_force.clone());
        self.restrictions.check(&restrictions)?;
        let access = self.admission.access(&configuration, &self.upstream)?;
        for name in self.in_force.waiting_for_restart(&reading.in_force) {
            tracing::warn!(
                "`{name}` has changed; that takes effect when the server is started again"
            );
        }
        self.restrictions = restrictions;
        self.access.send_replace(Arc::new(access));
        Ok(())
    }
}
