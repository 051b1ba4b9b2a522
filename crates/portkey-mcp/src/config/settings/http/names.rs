//! Host names and origins in settings and in requests.

use std::{net::IpAddr, str::FromStr};

use http::uri::Authority;
use url::{Host, Origin, Url};

/// Why a text is no host or origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidName {
    #[error("expected a host such as mcp.example.com or mcp.example.com:8443, or `*`")]
    Host,
    #[error("expected an origin such as https://app.example.com, without a path, or `*`")]
    Origin,
}

/// A value of `Host` by which requests may address this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AllowedHost {
    Any,
    Named {
        /// In lower case, without brackets.
        name: String,
        /// `None` for any port.
        port: Option<u16>,
    },
}

impl AllowedHost {
    /// Whether it allows this `Host`.
    pub(crate) fn allows(&self, host: &Authority) -> bool {
        match self {
            Self::Any => true,
            Self::Named { name, port } => {
                bare(host).eq_ignore_ascii_case(name)
                    && port.is_none_or(|port| host.port_u16() == Some(port))
            }
        }
    }
}

impl FromStr for AllowedHost {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let host: Authority = text.parse().map_err(|_| InvalidName::Host)?;
        if host.as_str().contains('@') {
            return Err(InvalidName::Host);
        }
        Ok(Self::Named {
            name: bare(&host).to_ascii_lowercase(),
            port: host.port_u16(),
        })
    }
}

/// Whether a `Host` is `localhost` or a loopback address.
pub(crate) fn is_loopback(host: &Authority) -> bool {
    let name = bare(host);
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Whether a `Host` is an IP address.
pub(crate) fn is_address(host: &Authority) -> bool {
    bare(host).parse::<IpAddr>().is_ok()
}

/// The host without the brackets of an IPv6 address.
fn bare(host: &Authority) -> &str {
    host.host().trim_matches(['[', ']'])
}

/// A web page's origin that may call this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AllowedOrigin {
    Any,
    Exactly(Origin),
}

impl AllowedOrigin {
    /// Whether pages of this origin may call.
    pub(crate) fn allows(&self, origin: &Origin) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(allowed) => allowed == origin,
        }
    }
}

impl FromStr for AllowedOrigin {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            return Ok(Self::Any);
        }
        origin(text).map(Self::Exactly).ok_or(InvalidName::Origin)
    }
}

/// Parses the origin of a web page: a scheme, a host and perhaps a port, and nothing else.
pub(crate) fn origin(text: &str) -> Option<Origin> {
    let url: Url = text.parse().ok()?;
    let origin = url.origin();
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    (bare && origin.is_tuple() && url.username().is_empty()).then_some(origin)
}

/// Whether an origin is on this machine.
pub(crate) fn is_of_this_machine(origin: &Origin) -> bool {
    matches!(origin, Origin::Tuple(_, host, _) if is_this_machine(host))
}

/// Whether a host is `localhost` or a loopback address.
pub(in crate::config::settings) fn is_this_machine<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Authority {
        text.parse().unwrap()
    }

    #[test]
    fn a_host_fits_by_name_and_by_port_where_one_is_given() {
        let named: AllowedHost = "MCP.example.com".parse().unwrap();
        assert!(named.allows(&host("mcp.EXAMPLE.com:8443")));
        assert!(!named.allows(&host("evil.example")));
        let at_port: AllowedHost = "mcp.example.com:8443".parse().unwrap();
        assert!(at_port.allows(&host("mcp.example.com:8443")));
        assert!(!at_port.allows(&host("mcp.example.com")));
        assert!(AllowedHost::Any.allows(&host("[::1]:1")));
        for wrong in ["", "a b", "https://a.example", "user@a.example"] {
            assert_eq!(
                wrong.parse::<AllowedHost>(),
                Err(InvalidName::Host),
                "{wrong}"
            );
        }
    }

    #[test]
    fn loopback_has_several_names() {
        for name in ["localhost:3000", "127.0.0.1", "127.8.0.1:1", "[::1]:3000"] {
            assert!(is_loopback(&host(name)), "{name}");
        }
        for name in ["localhost.evil.example", "10.0.0.1", "0.0.0.0"] {
            assert!(!is_loopback(&host(name)), "{name}");
        }
    }

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        let allowed: AllowedOrigin = "https://app.example.com".parse().unwrap();
        assert!(allowed.allows(&origin("https://app.example.com:443").unwrap()));
        assert!(!allowed.allows(&origin("http://app.example.com").unwrap()));
        assert!(!allowed.allows(&origin("https://app.example.com:8443").unwrap()));
        for wrong in [
            "null",
            "",
            "app.example.com",
            "https://a.example/path",
            "file:///x",
        ] {
            assert_eq!(origin(wrong), None, "{wrong}");
        }
        assert!(is_of_this_machine(
            &origin("http://localhost:6274").unwrap()
        ));
        assert!(is_of_this_machine(&origin("http://[::1]:1").unwrap()));
        assert!(!is_of_this_machine(
            &origin("http://localhost.evil.example").unwrap()
        ));
    }
}
