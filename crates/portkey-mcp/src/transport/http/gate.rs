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
    AllowedHost, AllowedOrigin, HttpSettings, PublicUrl, is_loopback, is_of_this_machine, origin,
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

    fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Stranger> {
        let host = host(uri, headers).ok_or(Stranger::NoHost)?;
        if !self.knows(&host) {
            return Err(Stranger::Host(host));
        }
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

/// The name the request calls the server by.
pub(super) fn host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    match headers.get(HOST) {
        Some(host) => host.to_str().ok()?.parse().ok(),
        // HTTP/2 puts it into the address.
        None => uri.authority().cloned(),
    }
}

pub(super) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    match gate.check(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(stranger) => {
            tracing::warn!(reason = %stranger, "refused");
            let status = match stranger {
                Stranger::NoHost => StatusCode::BAD_REQUEST,
                Stranger::Host(_) | Stranger::Origin => StatusCode::FORBIDDEN,
            };
            Refusal::malformed(
                status,
                ErrorCode::INVALID_REQUEST,
                stranger.to_string(),
                None,
            )
            .into_response()
        }
    }
}
