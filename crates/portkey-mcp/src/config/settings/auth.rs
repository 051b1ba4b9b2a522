//! Settings of authentication over HTTP, and the server's public address.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum, builder::BoolishValueParser};
use url::{Origin, Url};

use super::{
    heading,
    http::{AllowedHost, is_this_machine, origin},
};

/// Authentication over HTTP.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = heading::AUTHENTICATION)]
pub(crate) struct AuthSettings {
    /// How callers are authenticated. Left out: `bearer` if `--tokens` names a file, `oidc` if the configuration file
    /// has `[[issuers]]`; else `none` on loopback, and elsewhere `bearer` with one token that is generated at the
    /// start.
    #[arg(long, env = "MCP_AUTH", value_enum)]
    pub(crate) auth: Option<AuthKind>,

    /// File of tokens for `--auth bearer`; `portkey-mcp token new` adds entries. A change counts within seconds.
    #[arg(long, env = "MCP_TOKENS", value_name = "FILE")]
    pub(crate) tokens: Option<PathBuf>,

    /// Address under which clients reach this server, without `/mcp`; https, unless it is on this machine. With `/mcp`
    /// it is the audience of tokens of `--auth oidc`.
    #[arg(long, env = "MCP_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<PublicUrl>,

    /// Serve everybody who can connect, even on an address that other machines reach.
    #[arg(long, env = "MCP_ALLOW_UNAUTHENTICATED", value_parser = BoolishValueParser::new(), num_args = 0..=1,
          require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true)]
    pub(crate) allow_unauthenticated: bool,

    /// Let callers bring their own Portkey key, in the header `x-portkey-api-key`.
    #[arg(long, env = "MCP_CALLER_KEYS", value_parser = BoolishValueParser::new(), num_args = 0..=1,
          require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true)]
    pub(crate) caller_keys: bool,
}

/// How callers are authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuthKind {
    /// Not at all.
    None,
    /// By tokens of `--tokens`, or by one that the server generates.
    Bearer,
    /// By access tokens of the issuers in the configuration file.
    Oidc,
}

/// The address under which clients reach the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicUrl {
    origin: String,
    /// The path that a proxy puts in front of the server's own paths; empty, or starting with a slash.
    prefix: String,
}

/// Why an address cannot be the server's public one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPublicUrl {
    #[error("not a URL: {0}")]
    NotUrl(url::ParseError),
    /// Tokens would travel in the clear.
    #[error("must be https, unless it is an address of this machine")]
    Clear,
    #[error("must have neither a user, nor a query, nor a fragment")]
    TooMuch,
}

impl PublicUrl {
    /// The address of a server on this machine.
    pub(crate) fn local(port: u16) -> Self {
        Self {
            origin: format!("http://localhost:{port}"),
            prefix: String::new(),
        }
    }

    /// The address of a server by its IP address.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self {
            origin: format!("http://{address}"),
            prefix: String::new(),
        }
    }

    /// The origin of its pages.
    pub(crate) fn origin(&self) -> Option<Origin> {
        origin(&self.origin)
    }

    /// What requests through it name in `Host`, unless a proxy changes that.
    pub(crate) fn host(&self) -> Option<AllowedHost> {
        let (_, host) = self.origin.split_once("://")?;
        host.parse().ok()
    }

    /// The same address over TLS.
    #[must_use]
    pub(crate) fn over_tls(mut self) -> Self {
        if let Some(rest) = self.origin.strip_prefix("http://") {
            self.origin = format!("https://{rest}");
        }
        self
    }

    /// The MCP endpoint, which is the audience of tokens.
    pub(crate) fn endpoint(&self) -> String {
        format!("{self}/mcp")
    }

    /// The address of the endpoint's metadata (RFC 9728).
    pub(crate) fn metadata(&self) -> String {
        format!("{}{}", self.origin, self.metadata_path())
    }

    /// The path of the endpoint's metadata.
    pub(crate) fn metadata_path(&self) -> String {
        format!("/.well-known/oauth-protected-resource{}/mcp", self.prefix)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.prefix)
    }
}

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(InvalidPublicUrl::NotUrl)?;
        if !is_protected(&url) {
            return Err(InvalidPublicUrl::Clear);
        }
        let has_user = !url.username().is_empty() || url.password().is_some();
        if has_user || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidPublicUrl::TooMuch);
        }
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            prefix: url.path().trim_end_matches('/').to_owned(),
        })
    }
}

/// Whether a connection to this URL is safe from readers on the way: it uses TLS or stays on this machine.
pub(crate) fn is_protected(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_local(url))
}

/// Whether a URL names this machine.
pub(crate) fn is_local(url: &Url) -> bool {
    url.host().is_some_and(|host| is_this_machine(&host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_lie_between_host_and_path() {
        let url: PublicUrl = "https://mcp.example.com/portkey/".parse().unwrap();
        assert_eq!(url.endpoint(), "https://mcp.example.com/portkey/mcp");
        assert_eq!(
            url.metadata(),
            "https://mcp.example.com/.well-known/oauth-protected-resource/portkey/mcp"
        );
        let url: PublicUrl = "http://[::1]:3000".parse().unwrap();
        assert_eq!(url.endpoint(), "http://[::1]:3000/mcp");
    }

    #[test]
    fn tokens_never_travel_in_the_clear() {
        let parse = str::parse::<PublicUrl>;
        assert_eq!(
            parse("http://mcp.example.com"),
            Err(InvalidPublicUrl::Clear)
        );
        assert_eq!(parse("ftp://localhost"), Err(InvalidPublicUrl::Clear));
        let too_much = Err(InvalidPublicUrl::TooMuch);
        assert_eq!(parse("https://a@mcp.example.com"), too_much);
        assert_eq!(parse("https://mcp.example.com?a"), too_much);
        assert!(parse("mcp.example.com").is_err());
    }
}
