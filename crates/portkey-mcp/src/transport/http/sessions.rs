//! Sessions of older revisions: bound to the principal that opened them, limited in number, and closed when they are
//! idle.

mod live;
mod records;
mod request_ids;

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use portkey_engine::causes::with_causes;
use portkey_engine::state::{SharedState, Unavailable};
use rmcp::transport::streamable_http_server::session::{
    SessionManager as _, SessionStore, local::LocalSessionManager,
};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{guarded_body::guard, messages, refusal::Refusal};
use crate::{access::Principal, auth::Identity, config::ScalingSettings};
use live::{Eviction, LiveSessions, SessionUse};
use records::SessionRecords;
use request_ids::RequestIds;

pub(super) const SESSION_ID: &str = "mcp-session-id";
pub(super) const PROTOCOL_VERSION: &str = "mcp-protocol-version";
/// The first revision without sessions. Revisions are dates, so later ones compare greater.
const WITHOUT_SESSIONS: &str = "2026-07-28";
/// How long an answer is kept for a client that lost its connection before it had it. The SDK keeps the answers of each
/// session, and goes through all of them at each of its events.
const ANSWER_KEPT: Duration = Duration::from_secs(10);

/// The sessions of this replica.
#[derive(Debug)]
pub(super) struct Sessions {
    records: SessionRecords,
    live: Arc<LiveSessions>,
    request_ids: RequestIds,
    /// Locked while a session is entered or closed, so that none is closed while a request enters it.
    transition: Mutex<()>,
    sdk: Arc<LocalSessionManager>,
    most: NonZeroUsize,
    /// The most sessions of one principal.
    share: NonZeroUsize,
    idle: Duration,
}

/// Request extension: a session in use, as long as a handler or an answer keeps this.
#[derive(Debug, Clone)]
struct InUse {
    _use: Arc<SessionUse>,
}

impl Sessions {
    /// Starts the sessions, and sweeps them until `kill` is cancelled.
    pub(super) fn start(
        settings: &ScalingSettings,
        state: Arc<dyn SharedState>,
        kill: CancellationToken,
    ) -> Arc<Self> {
        let mut sdk = LocalSessionManager::default();
        // The SDK's time limit would also end sessions with a running call.
        sdk.session_config.keep_alive = None;
        sdk.session_config.completed_cache_ttl = ANSWER_KEPT;
        let idle = settings.session_idle;
        let interval = idle / 3;
        let sessions = Arc::new(Self {
            // A record outlives the sweep that renews it.
            records: SessionRecords::new(state, idle + interval, settings.max_sessions),
            live: Arc::default(),
            request_ids: RequestIds::default(),
            transition: Mutex::default(),
            sdk: Arc::new(sdk),
            most: settings.max_sessions,
            share: settings.sessions_of_one(),
            idle,
        });
        let watched = Arc::downgrade(&sessions);
        tokio::spawn(kill.run_until_cancelled_owned(async move {
            loop {
                tokio::time::sleep(interval).await;
                let Some(sessions) = watched.upgrade() else {
                    break;
                };
                sessions.sweep().await;
            }
        }));
        sessions
    }

    /// The session manager of the SDK.
    pub(super) fn sdk(&self) -> Arc<LocalSessionManager> {
        Arc::clone(&self.sdk)
    }

    /// The store in which the SDK finds sessions that another replica opened.
    pub(super) fn store(&self) -> Arc<dyn SessionStore> {
        Arc::new(self.records.clone())
    }

    /// Closes idle sessions, and renews the records of those in use.
    async fn sweep(&self) {
        for id in self.sdk.sessions.read().await.keys() {
            // The client that opened it may have left before it was counted.
            self.live.add(id, "");
        }
        loop {
            let _transition = self.transition.lock().await;
            let Some(id) = self.live.take_idle(self.idle) else {
                break;
            };
            self.close(&id).await;
        }
        for id in self.live.used() {
            if self.records.touch(&id).await.is_err() {
                break; // The next sweep tries again.
            }
        }
    }

    /// Closes a session in this replica. A shared record stays, since another replica may still have the session.
    async fn close(&self, id: &str) {
        if let Err(error) = self.sdk.close_session(&id.into()).await {
            tracing::debug!(%error, "a session did not end well");
        }
        if !self.records.are_shared() {
            _ = self.records.forget(id).await;
        }
    }

    /// The most sessions, and the most of this principal.
    fn limits(&self, principal: &Principal) -> (usize, usize) {
        let most = self.most.get();
        if principal.name() == Identity::ANONYMOUS {
            (most, most) // Without authentication this is the only principal.
        } else {
            (most, self.share.get())
        }
    }

    /// Closes sessions until there are no more than allowed, but never the newcomer.
    async fn evict_surplus(&self, newcomer: &str, principal: &Principal) -> Result<(), Refusal> {
        let (most, share) = self.limits(principal);
        loop {
            match self.live.evict_surplus(most, share, newcomer) {
                Eviction::Unneeded => return Ok(()),
                Eviction::Evicted(id) => self.close(&id).await,
                Eviction::AllBusy => {
                    let message = "all sessions that could make room have a running call";
                    return Err(Refusal::unavailable(message, Duration::from_secs(1)));
                }
            }
        }
    }

    /// Answers a request that may open a session. One that does is completed even if its sender leaves, or there would
    /// be a session that is not counted.
    async fn open(self: Arc<Self>, principal: Principal, request: Request, next: Next) -> Response {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let opens_none = messages::method(&body).is_some_and(|method| method != "initialize");
        let request = Request::from_parts(parts, Body::from(body));
        if opens_none {
            return next.run(request).await;
        }
        let opening = async move { self.opened(&principal, next.run(request).await).await };
        let opening = tokio::spawn(opening.in_current_span()).await;
        opening.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }

    /// The same answer, if the session that it opens is within the limits.
    async fn opened(&self, principal: &Principal, response: Response) -> Response {
        let Some(id) = session_id(response.headers()) else {
            return response;
        };
        match self.register(&id, principal).await {
            Ok(()) => response,
            Err(refusal) => {
                self.live.remove(&id);
                self.close(&id).await;
                _ = self.records.forget(&id).await;
                refusal.into_response()
            }
        }
    }

    async fn register(&self, id: &str, principal: &Principal) -> Result<(), Refusal> {
        let bound = self.records.bind(id, principal).await;
        bound.map_err(|error| unavailable(&error))?;
        let _transition = self.transition.lock().await;
        self.live.add(id, principal.name());
        self.evict_surplus(id, principal).await
    }

    /// Answers a request within a session.
    async fn use_one(
        &self,
        id: &str,
        principal: &Principal,
        mut request: Request,
        next: Next,
    ) -> Result<Response, Refusal> {
        let is_theirs = self.records.is_of(id, principal).await;
        if !is_theirs.map_err(|error| unavailable(&error))? {
            return Err(Refusal::no_session());
        }
        let method = request.method().clone();
        let in_use = self.enter(id, principal, &method).await;
        if method == Method::POST {
            request = self.reserve_id(id, request).await?;
            // The handler keeps it as long as it runs, which may be longer than its client listens.
            request.extensions_mut().insert(in_use.clone());
        }
        let response = next.run(request).await;
        let ended = method == Method::DELETE && response.status().is_success();
        if ended {
            let forgotten = self.records.forget(id).await;
            forgotten.map_err(|error| unavailable(&error))?;
        }
        if ended || response.status() == StatusCode::NOT_FOUND {
            self.live.remove(id);
        }
        Ok(guard(response, in_use))
    }

    /// The same request, with its id reserved; refused if a request of the session with that id is still being
    /// answered.
    async fn reserve_id(&self, session: &str, request: Request) -> Result<Request, Refusal> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let id = messages::request_id(&body);
        let mut request = Request::from_parts(parts, Body::from(body));
        if let Some(id) = id {
            let guard_of_id = self.request_ids.reserve(session, id.clone());
            let guard_of_id = guard_of_id.ok_or_else(|| Refusal::id_in_use(&id))?;
            request.extensions_mut().insert(guard_of_id);
        }
        Ok(request)
    }

    async fn enter(&self, id: &str, principal: &Principal, method: &Method) -> InUse {
        let (most, share) = self.limits(principal);
        if let Some(known) = self.live.enter_known(id, method, most, share) {
            return InUse {
                _use: Arc::new(known),
            };
        }
        let _transition = self.transition.lock().await;
        let in_use = self.live.enter(id, principal.name(), method);
        // If all others are busy, there is one too many for a while.
        _ = self.evict_surplus(id, principal).await;
        InUse {
            _use: Arc::new(in_use),
        }
    }
}

/// Lets principals use their own sessions only.
pub(super) async fn bind(
    State(sessions): State<Arc<Sessions>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(principal) = request.extensions().get::<Principal>().cloned() else {
        return next.run(request).await;
    };
    if is_modern(request.headers()) {
        // This revision has no sessions, and the SDK must not treat the header as one.
        request.headers_mut().remove(SESSION_ID);
    }
    if !request.headers().contains_key(SESSION_ID) {
        return sessions.open(principal, request, next).await;
    }
    let answer = match session_id(request.headers()) {
        Some(id) => sessions.use_one(&id, &principal, request, next).await,
        None => Err(Refusal::no_session()),
    };
    answer.unwrap_or_else(IntoResponse::into_response)
}

fn session_id(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(SESSION_ID)?.to_str().ok()?.to_owned())
}

fn is_modern(headers: &HeaderMap) -> bool {
    let version = headers.get(PROTOCOL_VERSION);
    version.is_some_and(|version| version.as_bytes() >= WITHOUT_SESSIONS.as_bytes())
}

/// Without the shared state the owner of a session is unknown, so the request is refused.
fn unavailable(error: &Unavailable) -> Refusal {
    tracing::debug!(error = %with_causes(error), "no session without the shared state");
    Refusal::unavailable(
        "sessions cannot be looked up right now",
        Duration::from_secs(2),
    )
}
