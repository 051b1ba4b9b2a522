//! Ends a server in steps: `/ready` says no, then connections are refused, then requests in flight are awaited, then
//! cut.

use std::{net::SocketAddr, time::Duration};

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use axum_server::Handle;
use tokio::time::{sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{guarded_body::guard, refusal::Refusal};
use crate::{config::DrainSettings, server::Shutdown};

/// How long requests that are cut have to send their answer.
const CUT_GRACE: Duration = Duration::from_secs(1);

/// Whether the server was told to end. Clones share the state.
#[derive(Debug, Clone, Default)]
pub(super) struct Draining(CancellationToken);

impl Draining {
    pub(super) fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    fn begin(&self) {
        self.0.cancel();
    }
}

/// The requests in flight. Clones share the count.
#[derive(Debug, Clone)]
pub(super) struct InFlight {
    requests: TaskTracker,
    /// Cuts requests that take too long.
    kill: CancellationToken,
}

/// Ends a server.
#[derive(Debug)]
pub(super) struct Drain {
    settings: DrainSettings,
    draining: Draining,
    closing: Shutdown,
    in_flight: InFlight,
}

impl Drain {
    pub(super) fn new(settings: &DrainSettings, kill: CancellationToken) -> Self {
        Self {
            settings: settings.clone(),
            draining: Draining::default(),
            closing: Shutdown::default(),
            in_flight: InFlight {
                requests: TaskTracker::new(),
                kill,
            },
        }
    }

    pub(super) fn draining(&self) -> Draining {
        self.draining.clone()
    }

    /// Ends subscriptions, which last until the client leaves.
    pub(super) fn closing(&self) -> Shutdown {
        self.closing.clone()
    }

    pub(super) fn in_flight(&self) -> InFlight {
        self.in_flight.clone()
    }

    /// Ends the server behind `handle` once `stop` resolves.
    pub(super) async fn run(self, stop: impl Future<Output = ()>, handle: Handle<SocketAddr>) {
        stop.await;
        self.draining.begin();
        if let Some(notice) = self.settings.drain_notice {
            tracing::info!("ending: not ready any more, but serving for another {notice:?}");
            sleep(notice).await;
        }
        let patience: Duration = self.settings.drain;
        let InFlight { requests, kill } = &self.in_flight;
        tracing::info!("ending: {} requests in flight", requests.len());
        // Refuses connections from now on, and closes those that are left when the time is over.
        handle.graceful_shutdown(Some(patience + CUT_GRACE));
        self.closing.begin();
        requests.close();
        if timeout(patience, requests.wait()).await.is_err() {
            let left = requests.len();
            tracing::warn!("{left} requests took longer than {patience:?} and are cut");
        }
        kill.cancel();
    }
}

/// Counts a request as in flight until the last byte of its answer. GET opens a stream without an end, so it is not
/// counted.
pub(super) async fn count(
    State(in_flight): State<InFlight>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() == Method::GET {
        return next.run(request).await;
    }
    let place = in_flight.requests.token();
    tokio::select! {
        // The SDK is cut at the same time, and its answer would say less.
        biased;
        () = in_flight.kill.cancelled() => {
            let message = "the server ended before this was done; what it was to change may be changed";
            Refusal::unavailable(message, CUT_GRACE).into_response()
        }
        response = next.run(request) => guard(response, place),
    }
}

/// Answers `/ready` with no from the moment that the server is told to end.
pub(super) async fn retract_ready(
    State(draining): State<Draining>,
    request: Request,
    next: Next,
) -> Response {
    if draining.has_begun() && request.uri().path() == "/ready" {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return Refusal::new(status, "this server is about to end").into_response();
    }
    next.run(request).await
}
