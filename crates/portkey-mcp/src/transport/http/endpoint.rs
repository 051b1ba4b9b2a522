//! `/mcp`: the SDK's service, and the few answers that it leaves wrong.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::{Method, StatusCode},
    middleware::{self, Next},
    response::Response,
};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
};
use tokio_util::sync::CancellationToken;

use super::messages;
use crate::{config::HttpSettings, server::Server};

pub(super) fn router(server: Server, settings: &HttpSettings, kill: CancellationToken) -> Router {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(settings.sessions.are_kept())
        .with_json_response(true)
        // The gate is in front of everything, not of this service alone.
        .disable_allowed_hosts()
        .with_cancellation_token(kill);
    let mut sessions = LocalSessionManager::default();
    sessions.session_config.keep_alive = Some(Duration::from_hours(1));
    #[cfg(feature = "conformance-fixtures")]
    let server = crate::fixtures::Mounted::on(server);
    let service =
        StreamableHttpService::new(move || Ok(server.clone()), Arc::new(sessions), config);
    Router::new()
        .route_service("/mcp", service)
        .layer(middleware::from_fn(mend))
        .layer(middleware::from_fn(messages::read))
}

/// The SDK answers the end of a session as if it were still to come.
async fn mend(request: Request, next: Next) -> Response {
    let ends = request.method() == Method::DELETE;
    let mut response = next.run(request).await;
    if ends && response.status() == StatusCode::ACCEPTED {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}
