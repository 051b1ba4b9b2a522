//! Puts the principal beside the request, where the server's handlers find it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tokio::sync::watch;

use crate::access::Access;

pub(super) async fn identify(
    State(access): State<watch::Receiver<Arc<Access>>>,
    mut request: Request,
    next: Next,
) -> Response {
    let current = Arc::clone(&access.borrow());
    match current.admit(request.headers()).await {
        Ok(principal) => {
            request.extensions_mut().insert(principal);
            next.run(request).await
        }
        Err(denial) => (StatusCode::UNAUTHORIZED, denial.to_string()).into_response(),
    }
}
