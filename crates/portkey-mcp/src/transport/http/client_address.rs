//! Finds the address that a request comes from: that of the connection, or what trusted proxies forward.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, header::FORWARDED},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

use crate::config::{LimitSettings, ProxyHeader};

/// The address of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The network that counts as one address: a customer of a provider has a whole /64 of IPv6 addresses to choose
    /// from.
    pub(super) fn network(self) -> IpNet {
        let length = if self.0.is_ipv4() { 32 } else { 64 };
        IpNet::new(self.0, length).map_or_else(|_| self.0.into(), |net| net.trunc())
    }
}

/// The proxies whose header is believed.
#[derive(Debug)]
pub(super) struct Proxies {
    trusted: Vec<IpNet>,
    header: ProxyHeader,
}

impl Proxies {
    pub(super) fn new(settings: &LimitSettings) -> Arc<Self> {
        Arc::new(Self {
            trusted: settings.trusted_proxies.clone(),
            header: settings.proxy_header,
        })
    }

    /// Each proxy appends the address that it forwards for, so the list is read from its end as long as trusted proxies
    /// wrote it. Clients can make up everything before that.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let name = match self.header {
            ProxyHeader::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            ProxyHeader::Forwarded => FORWARDED,
        };
        let lines: Vec<&str> = headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !self.trusts(client) {
                break;
            }
            let Some(address) = self.address(hop) else {
                break;
            };
            client = address;
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address))
    }

    fn address(&self, hop: &str) -> Option<IpAddr> {
        let node = match self.header {
            ProxyHeader::XForwardedFor => hop,
            ProxyHeader::Forwarded => hop.split(';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                name.trim().eq_ignore_ascii_case("for").then_some(value)
            })?,
        };
        let node = node.trim().trim_matches('"');
        let bare = node
            .strip_prefix('[')
            .and_then(|node| node.strip_suffix(']'));
        let address = bare.unwrap_or(node).parse::<IpAddr>();
        let address = address.or_else(|_| node.parse::<SocketAddr>().map(|address| address.ip()));
        address.ok().map(|address| address.to_canonical())
    }
}

/// Puts the address into the extensions of the request.
pub(super) async fn locate(
    State(proxies): State<Arc<Proxies>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let address = proxies.client(peer.ip(), request.headers());
    request.extensions_mut().insert(ClientAddress(address));
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn proxies(header: ProxyHeader) -> Proxies {
        Proxies {
            trusted: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
            header,
        }
    }

    fn client(header: ProxyHeader, peer: &str, lines: &[&str]) -> String {
        let name = match header {
            ProxyHeader::XForwardedFor => "x-forwarded-for",
            ProxyHeader::Forwarded => "forwarded",
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().unwrap());
        }
        proxies(header)
            .client(peer.parse().unwrap(), &headers)
            .to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        use ProxyHeader::{Forwarded, XForwardedFor};
        for (header, peer, lines, expected) in [
            (
                XForwardedFor,
                "192.0.2.1",
                &["198.51.100.1"][..],
                "192.0.2.1",
            ),
            (XForwardedFor, "10.0.0.1", &[], "10.0.0.1"),
            (XForwardedFor, "10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            (
                XForwardedFor,
                "10.0.0.1",
                &["203.0.113.9, 198.51.100.1, 10.2.3.4"],
                "198.51.100.1",
            ),
            (
                XForwardedFor,
                "10.0.0.1",
                &["203.0.113.9", "198.51.100.1"],
                "198.51.100.1",
            ),
            (
                XForwardedFor,
                "10.0.0.1",
                &["198.51.100.1:4711"],
                "198.51.100.1",
            ),
            (
                XForwardedFor,
                "::ffff:10.0.0.1",
                &["2001:db8::7"],
                "2001:db8::7",
            ),
            (
                XForwardedFor,
                "10.0.0.1",
                &["198.51.100.1, unknown"],
                "10.0.0.1",
            ),
            (
                Forwarded,
                "10.0.0.1",
                &["for=192.0.2.60;proto=http;by=10.0.0.1"],
                "192.0.2.60",
            ),
            (
                Forwarded,
                "10.0.0.1",
                &["for=203.0.113.9, For=\"[2001:db8::7]:4711\""],
                "2001:db8::7",
            ),
            (
                Forwarded,
                "fd00::1",
                &["for=\"[2001:db8::7]\""],
                "2001:db8::7",
            ),
            (Forwarded, "10.0.0.1", &["for=_hidden"], "10.0.0.1"),
        ] {
            assert_eq!(client(header, peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn a_customer_of_a_provider_is_one() {
        let address = |text: &str| ClientAddress(text.parse().unwrap()).network();
        assert_eq!(address("2001:db8::1"), address("2001:db8::2"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }

    proptest! {
        #[test]
        fn nobody_chooses_their_own_address(made_up in "[ -~]{0,60}") {
            for header in [ProxyHeader::XForwardedFor, ProxyHeader::Forwarded] {
                let added = match header {
                    ProxyHeader::XForwardedFor => "192.0.2.7",
                    ProxyHeader::Forwarded => "for=192.0.2.7",
                };
                let appended = format!("{made_up}, {added}");
                prop_assert_eq!(client(header, "10.0.0.1", &[&appended]), "192.0.2.7");
                prop_assert_eq!(client(header, "10.0.0.1", &[&made_up, added]), "192.0.2.7");
            }
        }
    }
}
