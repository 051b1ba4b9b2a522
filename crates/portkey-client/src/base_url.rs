//! The address of Portkey that is set, and the other addresses that follow from it.

use std::{fmt, str::FromStr};

use portkey_api_core::{Base, Edition};
use serde::Deserialize;
use url::{Host, Url};

/// The address of Portkey's API: `https://api.portkey.ai/v1`, or that of another installation.
///
/// If the last part of the path looks like a version (`/v1`), it is the version of the API. Otherwise the version is
/// `/v1`. The management address of Prisma AIRS is one with `/ai_gw` in its path, or the vendor's host for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct BaseUrl {
    /// Scheme, host and port.
    origin: String,
    /// The path between the origin and the version: empty, or beginning with a slash.
    prefix: String,
    version: String,
    is_loopback: bool,
}

/// The text is not the address of a Portkey installation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBaseUrl {
    /// It is not a URL.
    #[error("not a URL; write it in full, such as https://api.portkey.ai/v1")]
    NotUrl(#[source] url::ParseError),
    /// Its scheme is neither http nor https.
    #[error("must begin with https:// or http://, not `{found}:`")]
    Scheme {
        /// The scheme that it has.
        found: String,
    },
    /// It has no host.
    #[error("names no host")]
    NoHost,
    /// It contains a user name or a password.
    #[error("must not contain a user name or password; the API key goes into a setting of its own")]
    Credentials,
    /// It has a query.
    #[error("must not have a query (`?…`)")]
    Query,
    /// It was the management address of Prisma AIRS once.
    #[error("is an address that Prisma AIRS has given up: it is {AIRS} now")]
    AirsRetired,
    /// It has a fragment.
    #[error("must not have a fragment (`#…`)")]
    Fragment,
}

/// The vendor's hosted service, and its registry of MCP servers.
const VENDOR: &str = "https://api.portkey.ai";
const MCP_REGISTRY: &str = "https://mcp.portkey.ai";
/// The vendor's management address of Prisma AIRS, its other name, its gateway and its registry of MCP servers.
const AIRS: &str = "https://api.apps.paloaltonetworks.com/ai_gw";
const AIRS_HOSTS: [&str; 2] = [
    "api.apps.paloaltonetworks.com",
    "api.sase.paloaltonetworks.com",
];
const AIRS_GATEWAY: &str = "https://aigw.portkey.ai";
const AIRS_MCP_GATEWAY: &str = "https://mcp-aigw.portkey.ai";
/// A host that had the management of Prisma AIRS until September 2026.
const AIRS_RETIRED: &str = "mp.us.prod.airs-gw.portkey.ai";
/// What the path of a management address of Prisma AIRS begins with.
const AIRS_PATH: &str = "/ai_gw";

impl BaseUrl {
    /// Returns the address that paths of `base` are appended to, without a slash at its end.
    pub fn resolve(&self, base: Base) -> String {
        match base {
            Base::Control | Base::Gateway => self.to_string(),
            Base::V2 => format!("{}{}/v2", self.origin, self.prefix),
            Base::Public => self.origin.clone(),
            // The key is sent to the vendor's registry only if it is a key for the vendor's hosted service.
            Base::McpRegistry if self.is_vendor() => format!("{MCP_REGISTRY}/v0.1"),
            Base::McpRegistry if self.is_airs_of_vendor() => format!("{AIRS_MCP_GATEWAY}/v0.1"),
            // It is a part of the gateway, which is not below the management address.
            Base::McpRegistry if self.prefix.contains(AIRS_PATH) => {
                format!("{}/v0.1", self.origin)
            }
            Base::McpRegistry => format!("{}{}/v0.1", self.origin, self.prefix),
            Base::AirsControl => format!("{}{}/v2", self.origin, self.airs_prefix()),
            Base::AirsAdmin => format!("{}{}/admin/v2", self.origin, self.airs_prefix()),
        }
    }

    /// The vendor's management address of Prisma AIRS.
    pub fn airs() -> Self {
        Self {
            origin: AIRS.trim_end_matches(AIRS_PATH).to_owned(),
            prefix: AIRS_PATH.to_owned(),
            version: "v2".to_owned(),
            is_loopback: false,
        }
    }

    /// The edition that the address alone shows; `None` if it does not.
    pub fn edition(&self) -> Option<Edition> {
        if self.is_airs_of_vendor() || self.prefix.contains(AIRS_PATH) {
            Some(Edition::PrismaAirs)
        } else if self.is_vendor() {
            Some(Edition::Classic)
        } else {
            None
        }
    }

    /// Whether this is the vendor's gateway of Prisma AIRS, which manages nothing.
    pub fn is_airs_gateway(&self) -> bool {
        [AIRS_GATEWAY, AIRS_MCP_GATEWAY].contains(&self.origin.as_str())
    }

    /// The gateway that belongs to this management address of Prisma AIRS, unless another one is set.
    pub(crate) fn airs_gateway(&self) -> String {
        if self.is_airs_of_vendor() {
            format!("{AIRS_GATEWAY}/v1")
        } else {
            format!("{}/v1", self.origin)
        }
    }

    /// The path to both management planes of Prisma AIRS, whichever of them the address names.
    fn airs_prefix(&self) -> &str {
        match self.prefix.rsplit_once('/') {
            None | Some(("", "admin")) => AIRS_PATH,
            Some((prefix, "admin")) => prefix,
            Some(_) => &self.prefix,
        }
    }

    fn is_airs_of_vendor(&self) -> bool {
        let host = self.origin.strip_prefix("https://");
        host.is_some_and(|host| AIRS_HOSTS.contains(&host))
    }

    fn is_vendor(&self) -> bool {
        self.origin == VENDOR
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.origin.starts_with("https:")
    }
}

/// The vendor's hosted service.
impl Default for BaseUrl {
    fn default() -> Self {
        Self {
            origin: VENDOR.to_owned(),
            prefix: String::new(),
            version: "v1".to_owned(),
            is_loopback: false,
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}/{}", self.origin, self.prefix, self.version)
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = InvalidBaseUrl;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::EmptyHost => InvalidBaseUrl::NoHost,
            other => InvalidBaseUrl::NotUrl(other),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidBaseUrl::Scheme {
                found: url.scheme().to_owned(),
            });
        }
        let host = url.host().ok_or(InvalidBaseUrl::NoHost)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidBaseUrl::Credentials);
        }
        if url.query().is_some() {
            return Err(InvalidBaseUrl::Query);
        }
        if url.fragment().is_some() {
            return Err(InvalidBaseUrl::Fragment);
        }
        if host.to_string() == AIRS_RETIRED {
            return Err(InvalidBaseUrl::AirsRetired);
        }
        let (prefix, version) = split_version(url.path());
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            prefix: prefix.to_owned(),
            version: version.to_owned(),
            is_loopback: is_loopback(&host),
        })
    }
}

fn split_version(path: &str) -> (&str, &str) {
    let path = path.trim_end_matches('/');
    match path.rsplit_once('/') {
        Some((prefix, last)) if is_version(last) => (prefix, last),
        _ if path.contains(AIRS_PATH) => (path, "v2"),
        _ => (path, "v1"),
    }
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_the_planes_of_prisma_airs() {
        let vendor = "https://api.apps.paloaltonetworks.com";
        for (text, control, gateway, registry) in [
            (
                vendor,
                vendor,
                "https://aigw.portkey.ai/v1",
                "https://mcp-aigw.portkey.ai/v0.1",
            ),
            (
                "https://api.apps.paloaltonetworks.com/ai_gw/admin/v2/",
                vendor,
                "https://aigw.portkey.ai/v1",
                "https://mcp-aigw.portkey.ai/v0.1",
            ),
            (
                "http://127.0.0.1:8787/ai_gw/v2",
                "http://127.0.0.1:8787",
                "http://127.0.0.1:8787/v1",
                "http://127.0.0.1:8787/v0.1",
            ),
        ] {
            let base: BaseUrl = text.parse().unwrap();
            assert_eq!(base.edition(), Some(Edition::PrismaAirs), "{text}");
            assert_eq!(
                base.resolve(Base::AirsControl),
                format!("{control}/ai_gw/v2")
            );
            assert_eq!(
                base.resolve(Base::AirsAdmin),
                format!("{control}/ai_gw/admin/v2")
            );
            assert_eq!(base.airs_gateway(), gateway);
            assert_eq!(base.resolve(Base::McpRegistry), registry);
        }
        assert_eq!(
            BaseUrl::airs().to_string(),
            "https://api.apps.paloaltonetworks.com/ai_gw/v2"
        );
        assert_eq!(BaseUrl::airs().to_string().parse(), Ok(BaseUrl::airs()));
    }

    #[test]
    fn the_address_shows_the_edition_where_it_can() {
        for (text, edition) in [
            ("https://api.portkey.ai/v1", Some(Edition::Classic)),
            (
                "https://api.sase.paloaltonetworks.com/ai_gw",
                Some(Edition::PrismaAirs),
            ),
            ("https://portkey.example/v1", None),
        ] {
            assert_eq!(
                text.parse::<BaseUrl>().unwrap().edition(),
                edition,
                "{text}"
            );
        }
        let gateway: BaseUrl = "https://aigw.portkey.ai/v1".parse().unwrap();
        assert!(gateway.is_airs_gateway());
        let retired = "https://mp.us.prod.airs-gw.portkey.ai/api/v1".parse::<BaseUrl>();
        assert_eq!(retired, Err(InvalidBaseUrl::AirsRetired));
    }

    #[test]
    fn resolves_every_base() {
        for (text, control, second, public) in [
            (
                "https://api.portkey.ai/v1",
                "https://api.portkey.ai/v1",
                "https://api.portkey.ai/v2",
                "https://api.portkey.ai",
            ),
            (
                "https://api.portkey.ai",
                "https://api.portkey.ai/v1",
                "https://api.portkey.ai/v2",
                "https://api.portkey.ai",
            ),
            (
                "HTTP://LocalHost:8787/",
                "http://localhost:8787/v1",
                "http://localhost:8787/v2",
                "http://localhost:8787",
            ),
            (
                "https://tools.example/portkey/v3//",
                "https://tools.example/portkey/v3",
                "https://tools.example/portkey/v2",
                "https://tools.example",
            ),
            (
                "https://tools.example:443/portkey/api",
                "https://tools.example/portkey/api/v1",
                "https://tools.example/portkey/api/v2",
                "https://tools.example",
            ),
            (
                "http://[::1]:9/vault",
                "http://[::1]:9/vault/v1",
                "http://[::1]:9/vault/v2",
                "http://[::1]:9",
            ),
        ] {
            let base: BaseUrl = text.parse().unwrap();
            assert_eq!(base.to_string(), control, "{text}");
            assert_eq!(base.resolve(Base::Control), control, "{text}");
            assert_eq!(base.resolve(Base::Gateway), control, "{text}");
            assert_eq!(base.resolve(Base::V2), second, "{text}");
            assert_eq!(base.resolve(Base::Public), public, "{text}");
            assert_eq!(base.to_string().parse(), Ok(base), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let refused = |text: &str| text.parse::<BaseUrl>().unwrap_err();
        assert!(matches!(refused(""), InvalidBaseUrl::NotUrl(_)));
        assert!(matches!(
            refused("api.portkey.ai/v1"),
            InvalidBaseUrl::NotUrl(_)
        ));
        assert!(matches!(refused("http://a b/"), InvalidBaseUrl::NotUrl(_)));
        assert_eq!(refused("https://"), InvalidBaseUrl::NoHost);
        assert_eq!(
            refused("localhost:8787"),
            InvalidBaseUrl::Scheme {
                found: "localhost".to_owned()
            }
        );
        assert!(matches!(
            refused("file:///v1"),
            InvalidBaseUrl::Scheme { .. }
        ));
        assert_eq!(refused("https://me:pw@host/"), InvalidBaseUrl::Credentials);
        assert_eq!(refused("https://me@host/"), InvalidBaseUrl::Credentials);
        assert_eq!(refused("https://host/v1?x"), InvalidBaseUrl::Query);
        assert_eq!(refused("https://host/v1#x"), InvalidBaseUrl::Fragment);
    }

    #[test]
    fn knows_this_machine() {
        for (text, local) in [
            ("http://127.0.0.1:1", true),
            ("http://[::1]", true),
            ("http://localhost", true),
            ("http://localhost.example", false),
            ("https://10.0.0.1", false),
        ] {
            assert_eq!(text.parse::<BaseUrl>().unwrap().is_loopback(), local);
        }
    }

    #[test]
    fn default_is_the_vendor() {
        assert_eq!("https://api.portkey.ai/v1".parse(), Ok(BaseUrl::default()));
    }
}
