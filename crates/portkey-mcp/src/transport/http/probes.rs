//! The probes of orchestrators: `/health` and `/ready`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse as _, Response},
};
use portkey_api::{Edition, Keys, Paging, configs::ListConfigs, workspaces::ListWorkspaces};
use portkey_client::{Error, ErrorKind, ReadClient};
use serde_json::{Value, json};
use tokio::sync::{Mutex, watch};

use portkey_engine::causes::with_causes;

use crate::access::Access;

/// How long the result of a check of Portkey is kept.
const GOOD_FOR: Duration = Duration::from_secs(10);
const BAD_FOR: Duration = Duration::from_secs(3);
/// How long Portkey may take to answer a check.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the process answers at all.
pub(super) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Whether calls can succeed. Why not is in the log, not in the answer.
pub(super) async fn ready(State(readiness): State<Arc<Readiness>>) -> Response {
    if readiness.is_ready().await {
        return Json(json!({ "status": "ready" })).into_response();
    }
    let wait = [(RETRY_AFTER, BAD_FOR.as_secs())];
    let body = Json(json!({ "status": "not ready" }));
    (StatusCode::SERVICE_UNAVAILABLE, wait, body).into_response()
}

/// Whether Portkey can be reached, as last checked.
#[derive(Debug)]
pub(super) struct Readiness {
    access: watch::Receiver<Arc<Access>>,
    /// When Portkey was last checked, and the result. Locked during a check, so that concurrent probes share it.
    seen: Mutex<Option<(Instant, bool)>>,
}

impl Readiness {
    pub(super) fn new(access: watch::Receiver<Arc<Access>>) -> Self {
        Self {
            access,
            seen: Mutex::new(None),
        }
    }

    pub(super) async fn is_ready(&self) -> bool {
        let mut seen = self.seen.lock().await;
        if let Some((at, ready)) = *seen {
            let fresh = if ready { GOOD_FOR } else { BAD_FOR };
            if at.elapsed() < fresh {
                return ready;
            }
        }
        let ready = self.look().await;
        *seen = Some((Instant::now(), ready));
        ready
    }

    /// Checks Portkey with a minimal request by the server's own key. A server without a key is ready for callers that
    /// bring theirs.
    async fn look(&self) -> bool {
        let client = {
            let access = self.access.borrow();
            access.everybody().profile().caller().read_only()
        };
        if client.settings().credential_for(Keys::Any).is_none() {
            return true;
        }
        let outcome = tokio::time::timeout(PATIENCE, ask(&client)).await;
        match outcome {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(error = %with_causes(&error), "not ready");
                false
            }
            Err(_) => {
                tracing::warn!("not ready: Portkey does not answer within {PATIENCE:?}");
                false
            }
        }
    }
}

async fn ask(client: &ReadClient) -> Result<(), Error> {
    let answered = match client.settings().edition {
        Edition::Classic => {
            let least = ListWorkspaces {
                paging: Paging::first(1),
                name: None,
                exact_name: None,
                status: None,
            };
            client.call(&least).await
        }
        // It has no list of workspaces.
        Edition::PrismaAirs => {
            let least = ListConfigs {
                workspace_id: None,
                paging: Paging::first(1),
            };
            client.call(&least).await
        }
    };
    match answered {
        Ok(_) => Ok(()),
        // Portkey answers and knows the key, even if the key lacks a scope or the rate limit is reached.
        Err(error) if is_answer(error.kind()) => Ok(()),
        Err(error) => Err(error),
    }
}

fn is_answer(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Invalid
        | ErrorKind::RateLimited
        | ErrorKind::Exhausted => true,
        ErrorKind::Unauthenticated
        | ErrorKind::TimedOut
        | ErrorKind::Unreachable
        | ErrorKind::Unexpected => false,
    }
}
