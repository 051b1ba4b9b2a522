mod names;

use std::net::{IpAddr, Ipv4Addr};

use clap::{Args, ValueEnum};

pub use names::{AllowedHost, AllowedOrigin, InvalidName, PublicUrl};
pub(crate) use names::{is_local, is_loopback, origin};

/// How the server is reached over HTTP.
#[derive(Debug, Clone, Args)]
pub struct HttpSettings {
    /// Address to listen on: this machine alone, unless told otherwise.
    #[arg(long, env = "MCP_BIND", value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    pub bind: IpAddr,

    /// Port to listen on; 0 takes a free one.
    #[arg(long, env = "MCP_PORT", value_name = "PORT", default_value_t = 3000)]
    pub port: u16,

    /// Whether clients of older revisions get sessions, or every request stands alone.
    #[arg(long, env = "MCP_SESSIONS", value_enum, default_value_t)]
    pub sessions: Sessions,

    /// The address that clients know this server by, where a proxy or a name stands before it; without `/mcp`.
    #[arg(long, env = "MCP_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,

    /// Names that requests may call this server by in `Host`, besides `localhost` and the public address; `*` for any.
    /// Left out: on loopback no others, elsewhere any.
    #[arg(
        long,
        env = "MCP_ALLOWED_HOSTS",
        value_name = "HOST,…",
        value_delimiter = ','
    )]
    pub allowed_hosts: Vec<AllowedHost>,

    /// Web pages that may call this server, besides its own: `https://app.example.com`, or `*` for any.
    /// Left out: pages from this machine.
    #[arg(
        long,
        env = "MCP_ALLOWED_ORIGINS",
        value_name = "ORIGIN,…",
        value_delimiter = ','
    )]
    pub allowed_origins: Vec<AllowedOrigin>,
}

/// What becomes of clients of older revisions. Those of 2026-07-28 never have sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Sessions {
    /// They get a session.
    #[default]
    On,
    /// Each of their requests stands alone, so that any replica answers.
    Off,
}

impl Sessions {
    /// Whether there are any.
    pub fn are_kept(self) -> bool {
        self == Self::On
    }
}
