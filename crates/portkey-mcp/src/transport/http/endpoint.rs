//! `/mcp`: the SDK's service, and the few answers that it leaves wrong.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::{Method, StatusCode},
    middleware::{self, Next},
    response::Response,
};
use portkey_engine::state::SharedState;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tokio_util::sync::CancellationToken;

use super::{
    accept, events, messages,
    sessions::{self, PROTOCOL_VERSION, Sessions},
    streams,
};
use crate::{config::HttpSettings, server::Server};

pub(super) fn router(
    server: Server,
    settings: &HttpSettings,
    state: Arc<dyn SharedState>,
    kill: CancellationToken,
) -> Router {
    let sessions = Sessions::start(&settings.scaling, state, kill.clone());
    let mut config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(settings.sessions.are_kept())
        .with_json_response(true)
        // The gate is in front of everything, not of this service alone.
        .disable_allowed_hosts()
        // A body is whole, and not too long, when it gets there.
        .with_max_request_body_bytes(usize::MAX)
        .with_cancellation_token(kill);
    config.session_store = Some(sessions.store());
    #[cfg(feature = "conformance-fixtures")]
    let server = crate::fixtures::Mounted::on(server);
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions.sdk(), config);
    let router = Router::new()
        .route_service("/mcp", service.clone())
        // Some clients put a slash behind every address.
        .route_service("/mcp/", service)
        .layer(middleware::from_fn(correct_answer));
    let router = if settings.sessions.are_kept() {
        router.layer(middleware::from_fn_with_state(sessions, sessions::bind))
    } else {
        router
    };
    router
        .layer(middleware::from_fn(messages::read))
        .layer(middleware::from_fn(accept::answer))
}

/// The first revision whose streams begin with an event that brings nothing. Revisions are dates, so later ones compare
/// greater.
const WITH_EMPTY_EVENTS: &str = "2025-11-25";

/// The SDK answers the end of a session as if it were still to come, and every revision as if it were the newest with a
/// handshake.
async fn correct_answer(request: Request, next: Next) -> Response {
    let ends = request.method() == Method::DELETE;
    let revision = request.headers().get(PROTOCOL_VERSION);
    let knows_empty =
        revision.is_some_and(|revision| revision.as_bytes() >= WITH_EMPTY_EVENTS.as_bytes());
    let mut response = next.run(request).await;
    if !knows_empty && streams::is_event_stream(&response) {
        response = events::without_empty(response);
    }
    if ends && response.status() == StatusCode::ACCEPTED {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}
