//! Cross-origin resource sharing: what browsers ask before they let a web page call the server.

use std::time::Duration;

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::host_policy::HostPolicy;

/// The headers of an answer that a page may read.
const EXPOSED: [HeaderName; 5] = [
    HeaderName::from_static("mcp-session-id"),
    HeaderName::from_static("mcp-protocol-version"),
    header::WWW_AUTHENTICATE,
    header::RETRY_AFTER,
    header::ALLOW,
];

/// How long a browser may cache the answer; no browser caches it longer than two hours.
const REMEMBERED: Duration = Duration::from_hours(2);

pub(super) fn layer(hosts: &HostPolicy) -> CorsLayer {
    let hosts = hosts.clone();
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| {
            hosts.allows_origin(origin)
        }))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        // `Mcp-Param-…` has as many names as tools have parameters, so no list is complete. Nothing is given away:
        // cookies are never allowed, and the origin is one that the operator trusts.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .allow_private_network(true)
        .max_age(REMEMBERED)
}
