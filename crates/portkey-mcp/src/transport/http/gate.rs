//! Which names this server answers to, and which web pages may call it. Both stop a page that a user happens to visit
//! from reaching a server on the user's machine or network through the user's browser.

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

/// What a request may call the server, and which pages may send one.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Only these, besides loopback; any, when there are none.
    hosts: Option<Vec<AllowedHost>>,
    /// Those of this machine, when there are none.
    origins: Vec<AllowedOrigin>,
    public: Option<PublicUrl>,
}

impl Gate {
    /// A server that only this machine reaches goes by few names. One that listens elsewhere is reached by whatever
    /// name a container, a cluster or a proxy has for it, so any will do unless the operator names some.
    pub(super) fn new(settings: &HttpSettings) -> Self {
        let open = !settings.bind.is_loopback() && settings.allowed_hosts.is_empty();
        let public = settings.auth.public_url.as_ref().and_then(PublicUrl::host);
        let named = settings.allowed_hosts.iter().cloned();
        let inner = Inner {
            hosts: (!open).then(|| named.chain(public).collect()),
            origins: settings.allowed_origins.clone(),
            public: settings.auth.public_url.clone(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    fn knows(&self, host: &Authority) -> bool {
        match &self.inner.hosts {
            None => true,
            Some(hosts) => is_loopback(host) || hosts.iter().any(|allowed| allowed.fits(host)),
        }
    }

    /// Whether a page of this origin may call.
    pub(super) fn trusts(&self, header: &HeaderValue) -> bool {
        let Some(origin) = header.to_str().ok().and_then(origin) else {
            return self.inner.origins.contains(&AllowedOrigin::Any);
        };
        let own = self.inner.public.as_ref().and_then(PublicUrl::origin);
        if own.as_ref() == Some(&origin) {
            return true;
        }
        match self.inner.origins.as_slice() {
            [] => is_of_this_machine(&origin),
            allowed => allowed.iter().any(|allowed| allowed.fits(&origin)),
        }
    }

    fn check(&self, host: Option<&Authority>, headers: &HeaderMap) -> Result<(), Stranger> {
        let host = host.ok_or(Stranger::NoHost)?;
        if !self.knows(host) {
            return Err(Stranger::Host(host.clone()));
        }
        self.check_origin(headers)
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<(), Stranger> {
        match headers.get(ORIGIN) {
            Some(origin) if !self.trusts(origin) => Err(Stranger::Origin),
            _ => Ok(()),
        }
    }
}

/// Why a request is not let in.
#[derive(Debug, thiserror::Error)]
enum Stranger {
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

/// The name a request calls the server by.
pub(super) fn host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    named(uri, headers).ok().flatten()
}

/// The same: in `Host`, in the request's address, or the same in both. Nothing in front of this server must be able to
/// read another one.
fn named(uri: &Uri, headers: &HeaderMap) -> Result<Option<Authority>, Stranger> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().map(|host| one(host.as_bytes()));
    let host = host.transpose()?;
    let address = uri.authority().map(|host| one(host.as_str().as_bytes()));
    let address = address.transpose()?;
    match (host, address) {
        _ if hosts.next().is_some() => Err(Stranger::Hosts),
        (Some(host), Some(address)) if host != address => Err(Stranger::Hosts),
        (host, address) => Ok(address.or(host)),
    }
}

/// A host and perhaps a port, and nothing else.
fn one(text: &[u8]) -> Result<Authority, Stranger> {
    let host = Authority::try_from(text).map_err(|_| Stranger::Hosts)?;
    let rest = host.as_str().strip_prefix(host.host());
    let rest = rest.ok_or(Stranger::Hosts)?;
    let port = rest.strip_prefix(':').unwrap_or(rest);
    let is_number = port.bytes().all(|digit| digit.is_ascii_digit());
    let is_port = port.is_empty() || port.parse::<u16>().is_ok();
    if host.host().is_empty() || !is_number || !is_port {
        return Err(Stranger::Hosts);
    }
    Ok(host)
}

/// Refuses what names its host in two ways, wherever it is meant to go.
pub(super) async fn one_host(request: Request, next: Next) -> Response {
    match named(request.uri(), request.headers()) {
        Ok(_) => next.run(request).await,
        Err(stranger) => refuse(&stranger),
    }
}

/// Lets requests through that call the server by a name of its own.
pub(super) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let host = named(request.uri(), request.headers());
    match host.and_then(|host| gate.check(host.as_ref(), request.headers())) {
        Ok(()) => next.run(request).await,
        Err(stranger) => refuse(&stranger),
    }
}

/// The same for those who ask by the address of a machine or a pod, which is no name that a page could be given.
pub(super) async fn pass_addresses(
    State(gate): State<Gate>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let checked = named(request.uri(), headers).and_then(|host| match &host {
        Some(host) if is_address(host) => gate.check_origin(headers),
        host => gate.check(host.as_ref(), headers),
    });
    match checked {
        Ok(()) => next.run(request).await,
        Err(stranger) => refuse(&stranger),
    }
}

fn refuse(stranger: &Stranger) -> Response {
    tracing::warn!(reason = %stranger, "refused");
    let status = match stranger {
        Stranger::NoHost | Stranger::Hosts => StatusCode::BAD_REQUEST,
        Stranger::Host(_) | Stranger::Origin => StatusCode::FORBIDDEN,
    };
    let invalid = ErrorCode::INVALID_REQUEST;
    Refusal::malformed(status, invalid, stranger.to_string(), None).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str, hosts: &[&'static str]) -> Result<String, Stranger> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_static(host));
        }
        let host = named(&uri.parse().unwrap(), &headers)?;
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
            assert!(matches!(refused, Stranger::Hosts), "{uri} {hosts:?}");
        }
    }
}
