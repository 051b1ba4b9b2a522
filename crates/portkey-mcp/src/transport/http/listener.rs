//! Accepts connections, with or without TLS.

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use axum_server::{Handle, Server, accept::NoDelayAcceptor};
use tokio::net::TcpListener;

use super::tls::Tls;

/// How long a new connection may take until its first request.
const FIRST_REQUEST_WITHIN: Duration = Duration::from_secs(30);

/// How long a connection may be idle between requests, or take to send the head of one: longer than proxies keep idle
/// connections, or they would send requests into connections that are being closed.
const NEXT_REQUEST_WITHIN: Duration = Duration::from_secs(90);

/// Answers on a listener until `handle` ends it.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    handle: Handle<SocketAddr>,
    router: Router,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = Server::from_listener(listener)
        .handle(handle)
        .first_request_timeout(FIRST_REQUEST_WITHIN)
        .accept_error_handler(log_failed_connection);
    server
        .http_builder()
        .http1()
        .header_read_timeout(NEXT_REQUEST_WITHIN);
    let Some(tls) = tls else {
        return server.acceptor(NoDelayAcceptor::new()).serve(service).await;
    };
    let acceptor = tls.acceptor().acceptor(NoDelayAcceptor::new());
    tokio::spawn(tls.follow());
    server.acceptor(acceptor).serve(service).await
}

/// Logs a connection that failed before a request. That is common, except for a client certificate that is refused.
fn log_failed_connection(address: Option<&SocketAddr>, error: &io::Error) {
    let refused = error.get_ref().and_then(|error| error.downcast_ref());
    let Some(rustls::Error::InvalidCertificate(reason)) = refused else {
        tracing::debug!(?address, %error, "a connection came to nothing");
        return;
    };
    let mut reason = format!("{reason:?}");
    if reason.contains("UnsupportedCertVersion") {
        reason.push_str(", as it has without any extension: issue it with one");
    }
    tracing::warn!(?address, reason, "the certificate of a client is refused");
}
