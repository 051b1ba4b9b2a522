//! A proxy without any protocol: what it costs to take a request and make one.

use std::io;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::post,
};
use tokio::net::TcpListener;

use super::{Upstream, serve};

/// Answers every message with what the upstream answers.
pub async fn http(listener: TcpListener) -> io::Result<()> {
    let router = Router::new().route("/mcp", post(forward));
    serve(listener, router.with_state(Upstream::from_environment())).await
}

async fn forward(State(upstream): State<Upstream>, _: Bytes) -> Response {
    let answer = async { upstream.workspaces().await?.bytes().await };
    match answer.await {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}
