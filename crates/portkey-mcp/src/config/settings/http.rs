//! Settings of the HTTP server.

mod names;

use std::net::{IpAddr, Ipv4Addr};

use clap::{Args, ValueEnum, builder::BoolishValueParser};

use super::{AuthSettings, TlsSettings, heading, limits::LimitSettings, scaling::ScalingSettings};

pub(super) use names::is_this_machine;
pub(crate) use names::{AllowedHost, AllowedOrigin};
pub(crate) use names::{is_address, is_loopback, is_of_this_machine, origin};

/// How the server is reached over HTTP.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::LISTENING)]
pub(crate) struct HttpSettings {
    /// Address to listen on. By default only this machine can connect.
    #[arg(long, env = "MCP_BIND", value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    pub(crate) bind: IpAddr,

    /// Port to listen on; 0 takes a free one.
    #[arg(long, env = "MCP_PORT", value_name = "PORT", default_value_t = 3000)]
    pub(crate) port: u16,

    /// Whether clients of older revisions get sessions. With `off` each of their requests stands alone, so that any
    /// replica can answer it.
    #[arg(long, env = "MCP_SESSIONS", value_enum, default_value_t)]
    pub(crate) sessions: Sessions,

    /// Hosts that requests may name in `Host`, such as `mcp.example.com` or `mcp.example.com:8443`, besides `localhost`
    /// and the public address; `*` for any. Left out: on loopback no others, elsewhere any.
    #[arg(
        long,
        env = "MCP_ALLOWED_HOSTS",
        value_name = "HOST,…",
        value_delimiter = ','
    )]
    pub(crate) allowed_hosts: Vec<AllowedHost>,

    /// Origins of web pages that may call this server, besides its own: `https://app.example.com`, or `*` for any. Left
    /// out: pages from this machine.
    #[arg(
        long,
        env = "MCP_ALLOWED_ORIGINS",
        value_name = "ORIGIN,…",
        value_delimiter = ','
    )]
    pub(crate) allowed_origins: Vec<AllowedOrigin>,

    /// Limits on requests.
    #[command(flatten)]
    pub(crate) limits: LimitSettings,

    /// Sessions and replicas.
    #[command(flatten)]
    pub(crate) scaling: ScalingSettings,

    /// Authentication.
    #[command(flatten)]
    pub(crate) auth: AuthSettings,

    /// TLS.
    #[command(flatten)]
    pub(crate) tls: TlsSettings,

    /// Take over a changed configuration even if it lacks grants, a restriction or a requirement on tokens that is in
    /// force. Otherwise that needs a restart, since a truncated file looks the same.
    #[arg(help_heading = heading::AUTHENTICATION, long, env = "MCP_ALLOW_LOOSENING", value_parser = BoolishValueParser::new(), num_args = 0..=1,
          require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true)]
    pub(crate) allow_loosening: bool,
}

/// Whether clients of older revisions get sessions. Those of 2026-07-28 never have any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sessions {
    /// They get a session.
    #[default]
    On,
    /// Each of their requests stands alone, so that any replica answers.
    Off,
}

impl Sessions {
    pub(crate) fn are_kept(self) -> bool {
        self == Self::On
    }
}
