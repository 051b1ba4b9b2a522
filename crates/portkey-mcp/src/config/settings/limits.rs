//! Settings of how much each principal and address may ask over HTTP.

use std::{num::NonZeroUsize, time::Duration};

use bytesize::ByteSize;
use clap::{Args, ValueEnum};
use ipnet::IpNet;
use portkey_client::Rate;

use super::duration::duration;

/// How much somebody may ask over HTTP.
#[derive(Debug, Clone, Args)]
pub(crate) struct LimitSettings {
    /// Requests of one principal in a time, such as `600/min`, each message of a batch being one; any number when left
    /// out.
    #[arg(long, env = "MCP_RATE", value_name = "N/PERIOD")]
    pub(crate) rate: Option<Rate>,

    /// Requests from one address in a time; any number when left out.
    #[arg(long, env = "MCP_RATE_PER_ADDRESS", value_name = "N/PERIOD")]
    pub(crate) rate_per_address: Option<Rate>,

    /// Requests of one principal at once, on each replica.
    #[arg(
        long,
        env = "MCP_MAX_CONCURRENT",
        value_name = "N",
        default_value = "256"
    )]
    pub(crate) max_concurrent: NonZeroUsize,

    /// Requests from one address at once, on each replica.
    #[arg(
        long,
        env = "MCP_MAX_CONCURRENT_PER_ADDRESS",
        value_name = "N",
        default_value = "1024"
    )]
    pub(crate) max_concurrent_per_address: NonZeroUsize,

    /// The largest body of a request.
    #[arg(
        long,
        env = "MCP_MAX_BODY",
        value_name = "SIZE",
        default_value = "4MiB"
    )]
    pub(crate) max_body: ByteSize,

    /// How long a request's body may take to come.
    #[arg(long, env = "MCP_BODY_TIMEOUT", value_name = "TIME", default_value = "30s", value_parser = duration)]
    pub(crate) body_timeout: Duration,

    /// What bodies of requests may hold in memory at once, on each replica; one principal a quarter of it, but always as
    /// much as one body.
    #[arg(
        long,
        env = "MCP_BODY_MEMORY",
        value_name = "SIZE",
        default_value = "64MiB"
    )]
    pub(crate) body_memory: ByteSize,

    /// The most that a request's headers may hold together.
    #[arg(
        long,
        env = "MCP_MAX_HEADERS",
        value_name = "SIZE",
        default_value = "32KiB"
    )]
    pub(crate) max_headers: ByteSize,

    /// Proxies that say truly whom they forward for; the address of anybody else is that of the connection.
    #[arg(
        long,
        env = "MCP_TRUSTED_PROXIES",
        value_name = "CIDR,…",
        value_delimiter = ',',
        value_parser = network
    )]
    pub(crate) trusted_proxies: Vec<IpNet>,

    /// The header in which they say it. The other one is not looked at: a proxy may pass it on as its client made it up.
    #[arg(long, env = "MCP_PROXY_HEADER", value_enum, default_value_t)]
    pub(crate) proxy_header: ProxyHeader,
}

impl LimitSettings {
    /// The largest body of a request, in bytes.
    pub(crate) fn longest_body(&self) -> usize {
        bytes(self.max_body)
    }

    /// The memory for all bodies, in bytes.
    pub(crate) fn body_memory(&self) -> usize {
        bytes(self.body_memory)
    }
}

/// Where proxies name those they forward for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProxyHeader {
    /// What nearly all send.
    #[default]
    XForwardedFor,
    /// The one of RFC 7239.
    Forwarded,
}

fn bytes(size: ByteSize) -> usize {
    usize::try_from(size.as_u64()).unwrap_or(usize::MAX)
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| "expected an address or a network such as `10.0.0.0/8`".to_owned())
}
