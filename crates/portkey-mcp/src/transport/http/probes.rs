//! What orchestrators ask.

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
use portkey_api::{PageSize, workspaces::ListWorkspaces};
use portkey_client::{Error, Kind, ReadClient};
use serde_json::{Value, json};
use tokio::sync::{Mutex, watch};

use portkey_engine::causes::with_causes;

use crate::access::Access;

/// How long one look at Portkey counts: long enough to cost it nothing, short enough to notice.
const GOOD_FOR: Duration = Duration::from_secs(10);
const BAD_FOR: Duration = Duration::from_secs(3);
/// How long Portkey may take to answer a look.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the process answers at all.
pub(super) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Whether calls have a chance, and nothing of why not: that is in the log.
pub(super) async fn ready(State(readiness): State<Arc<Readiness>>) -> Response {
    if readiness.is_ready().await {
        return Json(json!({ "status": "ready" })).into_response();
    }
    let wait = [(RETRY_AFTER, BAD_FOR.as_secs())];
    let body = Json(json!({ "status": "not ready" }));
    (StatusCode::SERVICE_UNAVAILABLE, wait, body).into_response()
}

/// What is known of Portkey.
#[derive(Debug)]
pub(super) struct Readiness {
    access: watch::Receiver<Arc<Access>>,
    /// When it was last looked at, and how that went. Held while somebody looks, so that the others wait for the same.
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

    /// Asks Portkey for as little as possible, as the server itself. Without a key of its own it has nothing to ask
    /// with, and is ready to serve those who bring theirs.
    async fn look(&self) -> bool {
        let client = {
            let access = self.access.borrow();
            access.everybody().profile().caller().read_only()
        };
        if client.settings().api_key.is_none() {
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
    let least = ListWorkspaces {
        page_size: Some(PageSize(1)),
        current_page: None,
        all: None,
        name: None,
        exact_name: None,
        status: None,
    };
    match client.call(&least).await {
        Ok(_) => Ok(()),
        // Portkey is there and knows the key, which may just not do this, or not now.
        Err(error) if is_answer(error.kind()) => Ok(()),
        Err(error) => Err(error),
    }
}

fn is_answer(kind: Kind) -> bool {
    match kind {
        Kind::Forbidden
        | Kind::NotFound
        | Kind::Conflict
        | Kind::Invalid
        | Kind::RateLimited
        | Kind::Exhausted => true,
        Kind::Unauthenticated | Kind::TimedOut | Kind::Unreachable | Kind::Unexpected => false,
    }
}
