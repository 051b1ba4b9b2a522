//! `/mcp`: the SDK's service, and the few answers that it leaves wrong.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::Request,
    http::{Method, StatusCode, header::CONTENT_TYPE},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    refusal::Refusal,
    sessions::{self, Sessions},
};
use crate::{config::HttpSettings, server::Server, state::SharedState};

pub(super) fn router(
    server: Server,
    settings: &HttpSettings,
    state: Arc<dyn SharedState>,
    kill: CancellationToken,
) -> Router {
    let most = usize::try_from(settings.limits.max_body.as_u64()).unwrap_or(usize::MAX);
    let sessions = Sessions::start(&settings.scaling, state, kill.clone());
    let mut config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(settings.sessions.are_kept())
        .with_json_response(true)
        .with_max_request_body_bytes(most)
        .with_cancellation_token(kill);
    config.session_store = Some(sessions.store());
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions.sdk(), config);
    let router = Router::new()
        .route_service("/mcp", service)
        .layer(middleware::from_fn(mend));
    if settings.sessions.are_kept() {
        router.layer(middleware::from_fn_with_state(sessions, sessions::bind))
    } else {
        router
    }
}

/// The SDK answers malformed JSON with 415 and the end of a session with 202.
async fn mend(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let is_json = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"));
    let mut response = next.run(request).await;
    match (method, response.status()) {
        (Method::DELETE, StatusCode::ACCEPTED) => {
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        (Method::POST, StatusCode::UNSUPPORTED_MEDIA_TYPE) if is_json => {
            let error =
                json!({ "code": -32700, "message": "the body is not one JSON-RPC message" });
            let body = json!({ "jsonrpc": "2.0", "id": null, "error": error });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
        (_, status @ StatusCode::PAYLOAD_TOO_LARGE) => {
            Refusal::new(status, "the body is larger than this server takes").into_response()
        }
        _ => response,
    }
}
