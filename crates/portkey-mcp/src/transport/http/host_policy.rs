//! Checks which host a request names and which web page sends it. Both protect a server on a user's machine or network
//! from web pages that the user visits (DNS rebinding).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderValue, StatusCode, Uri,
        header::{HOST, HeaderMap, ORIGIN},
        uri::Authority,
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use rmcp::model::ErrorCode;

use super::refusal::Refusal;
use crate::config::{
    AllowedHost, AllowedOrigin, HttpSettings, PublicUrl, is_address, is_loopback,
    is_of_this_machine, origin,
};

/// The hosts by which requests may address the server, and the origins whose pages may call it.
#[derive(Debug, Clone)]
pub(super) struct HostPolicy {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// The allowed hosts besides loopback; `None` for any.
    hosts: Option<Vec<AllowedHost>>,
    /// The allowed origins; those of this machine if it is empty.
    origins: Vec<AllowedOrigin>,
    public: Option<PublicUrl>,
}

impl HostPolicy {
    /// A server on loopback is only addressed by a few names. One that listens elsewhere is addressed by whatever name
    /// a container, a cluster or a proxy has for it, so any host is allowed unless the operator names some.
    pub(super) fn new(settings: &HttpSettings) -> Self {
        let open = !settings.bind.is_loopback() && settings.allowed_hosts.is_empty();
        let public = settings.auth.public_url.as_ref().and_then(PublicUrl::host);
        let request_host = settings.allowed_hosts.iter().cloned();
        let inner = Inner {
            hosts: (!open).then(|| request_host.chain(public).collect()),
            origins: settings.allowed_origins.clone(),
            public: settings.auth.public_url.clone(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    fn allows_host(&self, host: &Authority) -> bool {
        match &self.inner.hosts {
            None => true,
            Some(hosts) => is_loopback(host) || hosts.iter().any(|allowed| allowed.allows(host)),
        }
    }

    /// Whether pages of this origin may call the server.
    pub(super) fn allows_origin(&self, header: &HeaderValue) -> bool {
        let Some(origin) = header.to_str().ok().and_then(origin) else {
            return self.inner.origins.contains(&AllowedOrigin::Any);
        };
        let own = self.inner.public.as_ref().and_then(PublicUrl::origin);
        if own.as_ref() == Some(&origin) {
            return true;
        }
        match self.inner.origins.as_slice() {
            [] => is_of_this_machine(&origin),
            allowed => allowed.iter().any(|allowed| allowed.allows(&origin)),
        }
    }

    fn check(&self, host: Option<&Authority>, headers: &HeaderMap) -> Result<(), HostRejection> {
        let host = host.ok_or(HostRejection::NoHost)?;
        if !self.allows_host(host) {
            return Err(HostRejection::Host(host.clone()));
        }
        self.check_origin(headers)
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<(), HostRejection> {
        match headers.get(ORIGIN) {
            Some(origin) if !self.allows_origin(origin) => Err(HostRejection::Origin),
            _ => Ok(()),
        }
    }
}

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
enum HostRejection {
    #[error("the request names no host")]
    NoHost,
    #[error("the request must name one host, once, as `NAME` or `NAME:PORT`")]
    Hosts,
    #[error(
        "this server does not answer to the host `{0}`; its operator can allow it with --allowed-hosts \
         (MCP_ALLOWED_HOSTS) or --public-url (MCP_PUBLIC_URL)"
    )]
    Host(Authority),
    #[error(
        "this server takes no requests from web pages of this origin; its operator can allow it with --allowed-origins \
         (MCP_ALLOWED_ORIGINS)"
    )]
    Origin,
}

/// The host that a request names, if it names one.
pub(super) fn host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    request_host(uri, headers).ok().flatten()
}

/// The host in `Host`, in the request's URI, or the same in both. Two different ones are refused, since a proxy might
/// have read the other.
fn request_host(uri: &Uri, headers: &HeaderMap) -> Result<Option<Authority>, HostRejection> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().map(|host| parse_host(host.as_bytes()));
    let host = host.transpose()?;
    let address = uri
        .authority()
        .map(|host| parse_host(host.as_str().as_bytes()));
    let address = address.transpose()?;
    match (host, address) {
        _ if hosts.next().is_some() => Err(HostRejection::Hosts),
        (Some(host), Some(address)) if host != address => Err(HostRejection::Hosts),
        (host, address) => Ok(address.or(host)),
    }
}

/// Parses a host with an optional port, and nothing else.
fn parse_host(text: &[u8]) -> Result<Authority, HostRejection> {
    let host = Authority::try_from(text).map_err(|_| HostRejection::Hosts)?;
    let rest = host.as_str().strip_prefix(host.host());
    let rest = rest.ok_or(HostRejection::Hosts)?;
    let port = rest.strip_prefix(':').unwrap_or(rest);
    let is_number = port.bytes().all(|digit| digit.is_ascii_digit());
    let is_port = port.is_empty() || port.parse::<u16>().is_ok();
    if host.host().is_empty() || !is_number || !is_port {
        return Err(HostRejection::Hosts);
    }
    Ok(host)
}

/// Refuses requests to any route that name their host in two ways.
pub(super) async fn require_one_host(request: Request, next: Next) -> Response {
    match request_host(request.uri(), request.headers()) {
        Ok(_) => next.run(request).await,
        Err(rejection) => refuse(&rejection),
    }
}

/// Refuses requests to a host, or from an origin, that is not allowed.
pub(super) async fn check(
    State(hosts): State<HostPolicy>,
    request: Request,
    next: Next,
) -> Response {
    let host = request_host(request.uri(), request.headers());
    match host.and_then(|host| hosts.check(host.as_ref(), request.headers())) {
        Ok(()) => next.run(request).await,
        Err(rejection) => refuse(&rejection),
    }
}

/// The same, but any IP address is allowed as host, by which scrapers address a pod: DNS rebinding needs a name.
pub(super) async fn check_allowing_addresses(
    State(hosts): State<HostPolicy>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let checked = request_host(request.uri(), headers).and_then(|host| match &host {
        Some(host) if is_address(host) => hosts.check_origin(headers),
        host => hosts.check(host.as_ref(), headers),
    });
    match checked {
        Ok(()) => next.run(request).await,
        Err(rejection) => refuse(&rejection),
    }
}

fn refuse(rejection: &HostRejection) -> Response {
    tracing::warn!(reason = %rejection, "refused");
    let status = match rejection {
        HostRejection::NoHost | HostRejection::Hosts => StatusCode::BAD_REQUEST,
        HostRejection::Host(_) | HostRejection::Origin => StatusCode::FORBIDDEN,
    };
    let invalid = ErrorCode::INVALID_REQUEST;
    Refusal::malformed(status, invalid, rejection.to_string(), None).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str, hosts: &[&'static str]) -> Result<String, HostRejection> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_static(host));
        }
        let host = request_host(&uri.parse().unwrap(), &headers)?;
        Ok(host.map(|host| host.to_string()).unwrap_or_default())
    }

    #[test]
    fn a_host_is_named_once_or_twice_the_same() {
        for (uri, hosts, expected) in [
            ("/mcp", &[][..], ""),
            ("/mcp", &["a:1"], "a:1"),
            ("/mcp", &["a:"], "a:"),
            ("/mcp", &["[::1]:1"], "[::1]:1"),
            ("http://a/mcp", &[], "a"),
            ("http://A/mcp", &["a"], "A"),
        ] {
            assert_eq!(read(uri, hosts).unwrap(), expected, "{uri} {hosts:?}");
        }
        for (uri, hosts) in [
            ("/mcp", &["a", "a"][..]),
            ("/mcp", &["a", "b"]),
            ("/mcp", &[""]),
            ("/mcp", &[":80"]),
            ("/mcp", &["a, b"]),
            ("/mcp", &["a@b"]),
            ("/mcp", &["a:b"]),
            ("/mcp", &["a:+1"]),
            ("/mcp", &["a:65536"]),
            ("/mcp", &["a/b"]),
            ("http://a/mcp", &["b"]),
            ("http://a/mcp", &["a:80"]),
            ("http://user@a/mcp", &["a"]),
        ] {
            let refused = read(uri, hosts).unwrap_err();
            assert!(matches!(refused, HostRejection::Hosts), "{uri} {hosts:?}");
        }
    }
}
