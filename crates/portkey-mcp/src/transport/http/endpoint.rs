//! `/mcp`: the service of the SDK, and corrections of its answers.

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
    shared_layer::LayerShared as _,
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
        // The host policy is in front of every route, not only of this service.
        .disable_allowed_hosts()
        // The body was read and checked in `bodies`.
        .with_max_request_body_bytes(usize::MAX)
        .with_cancellation_token(kill);
    config.session_store = Some(sessions.store());
    #[cfg(feature = "conformance-fixtures")]
    let server = crate::fixtures::Mounted::on(server);
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions.sdk(), config);
    let router = Router::new()
        .route_service("/mcp", service.clone())
        // Some clients append a slash to every address.
        .route_service("/mcp/", service)
        .layer_shared(middleware::from_fn(correct_answer));
    let router = if settings.sessions.are_kept() {
        router.layer_shared(middleware::from_fn_with_state(sessions, sessions::bind))
    } else {
        router
    };
    router
        .layer_shared(middleware::from_fn(messages::read))
        .layer_shared(middleware::from_fn(accept::answer))
}

/// The first revision whose streams begin with an event without data. Revisions are dates, so later ones compare
/// greater.
const WITH_EMPTY_EVENTS: &str = "2025-11-25";

/// Corrects two answers of the SDK: it ends a session with 202 instead of 204, and sends events without data to
/// revisions that do not know them.
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
