//! Watches whether a principal keeps its access and its tools while one of its streams is open.

use std::{future::pending, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{sync::watch, time::sleep};

use super::{Access, Principal};
use crate::auth::Tokens;

/// The access of a principal, followed through changes of the configuration and the token file.
#[derive(Debug, Clone)]
pub(crate) struct AccessWatch {
    principal: Principal,
    access: watch::Receiver<Arc<Access>>,
    /// The tokens of a file, which changes apart from the configuration.
    tokens: Option<watch::Receiver<Arc<Tokens>>>,
}

impl AccessWatch {
    /// Watches a principal that was just authenticated.
    pub(crate) fn new(principal: Principal, access: watch::Receiver<Arc<Access>>) -> Self {
        let mut access_watch = Self {
            principal,
            access,
            tokens: None,
        };
        access_watch.read();
        access_watch
    }

    /// Waits until the principal is offered other tools than before; returns at once if that has happened already.
    pub(crate) async fn until_tools_change(&mut self) {
        loop {
            let now = self.access.borrow().recheck(&self.principal).ok();
            // If access is lost altogether, `until_revoked` ends the stream.
            if let Some(now) = now.filter(|now| tools(now) != tools(&self.principal)) {
                self.principal = now;
                return;
            }
            self.change().await;
        }
    }

    /// Waits until the principal would no longer be authenticated.
    pub(crate) async fn until_revoked(mut self) {
        loop {
            let recheck = self.access.borrow().recheck(&self.principal);
            let Ok(now) = recheck else {
                return;
            };
            let expiry = now.valid_until().map(left);
            self.principal = now;
            tokio::select! {
                () = self.change() => {}
                () = sleep(expiry.unwrap_or(Duration::MAX)) => {}
            }
        }
    }

    /// Waits until something may have changed.
    async fn change(&mut self) {
        tokio::select! {
            () = next(&mut self.access) => self.read(),
            () = async {
                match &mut self.tokens {
                    Some(tokens) => next(tokens).await,
                    None => pending().await,
                }
            } => {}
        }
    }

    fn read(&mut self) {
        self.tokens = self.access.borrow_and_update().tokens();
    }
}

/// Waits for the next value; for ever if the sender is gone.
async fn next<T>(values: &mut watch::Receiver<T>) {
    if values.changed().await.is_err() {
        pending::<()>().await;
    }
}

fn tools(principal: &Principal) -> Vec<&'static str> {
    principal.tools().map(|tool| tool.name()).collect()
}

/// The time that is left and a little more, so that it has passed when the wait ends.
fn left(until: Timestamp) -> Duration {
    let left = Timestamp::now().duration_until(until);
    Duration::try_from(left).unwrap_or_default() + Duration::from_millis(10)
}
