//! Authenticates requests: puts the principal into their extensions and removes the headers with secrets.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{
        HeaderValue, Method, StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{not_found, streams};
use crate::{
    access::{Access, AccessWatch, InvalidWish, Wish},
    auth::Denial,
    server::Shutdown,
};

/// The layer that authenticates requests.
#[derive(Debug, Clone)]
pub(super) struct AuthLayer {
    pub(super) access: watch::Receiver<Arc<Access>>,
    /// Ends subscriptions before other requests when the server ends.
    pub(super) closing: Shutdown,
}

pub(super) async fn identify(
    State(auth): State<AuthLayer>,
    mut request: Request,
    next: Next,
) -> Response {
    let access = Arc::clone(&auth.access.borrow());
    let is_listening = request.method() == Method::GET;
    let principal = match access.admit(request.headers()).await {
        Ok(principal) => principal,
        Err(denial) => return refuse(&access, &denial),
    };
    let principal = match request.uri().query().map(Wish::of) {
        None => principal,
        Some(Ok(wish)) => principal.wishing(Arc::new(wish)),
        Some(Err(invalid)) => return refuse_wish(&invalid),
    };
    for name in access.secret_headers() {
        request.headers_mut().remove(name);
    }
    let (mut parts, body) = request.into_parts();
    let access_watch = AccessWatch::new(principal.clone(), auth.access);
    parts.extensions.insert(principal);
    parts.extensions.insert(access_watch.clone());
    parts.extensions.insert(auth.closing);
    let response = next.run(Request::from_parts(parts, body)).await;
    if streams::is_event_stream(&response) {
        streams::watch(response, access_watch, is_listening)
    } else {
        response
    }
}

/// The answer to a request whose address asks for what there is not.
fn refuse_wish(invalid: &InvalidWish) -> Response {
    let body = json!({ "error": "invalid_request", "error_description": invalid.to_string() });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// Answers with the protected resource metadata of RFC 9728.
pub(super) async fn metadata(State(access): State<watch::Receiver<Arc<Access>>>) -> Response {
    let metadata: Option<Value> = access.borrow().metadata();
    match metadata {
        Some(metadata) => Json(metadata).into_response(),
        None => not_found::answer(State(access)).await,
    }
}

/// The answer to a request that is not authenticated or lacks a scope.
pub(super) fn refuse(access: &Access, denial: &Denial) -> Response {
    let (status, error) = match denial {
        Denial::NoToken => (StatusCode::UNAUTHORIZED, "unauthorized"),
        Denial::InvalidToken(_) => (StatusCode::UNAUTHORIZED, "invalid_token"),
        Denial::InsufficientScope { .. } => (StatusCode::FORBIDDEN, "insufficient_scope"),
        Denial::NoGrant { .. } => (StatusCode::FORBIDDEN, "access_denied"),
        Denial::CallerKey => (StatusCode::BAD_REQUEST, "invalid_request"),
        Denial::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
    };
    tracing::info!(%denial, "refused");
    let mut text = denial.to_string();
    if status == StatusCode::UNAUTHORIZED
        && let Some(advice) = access.credential().advice()
    {
        text = format!("{text}; {advice}");
    }
    let body = json!({ "error": error, "error_description": text });
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    let challenge = access.challenge().header(denial);
    if let Some(challenge) = challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    if *denial == Denial::Unavailable {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("10"));
    }
    response
}
