//! Settings of the limits on HTTP requests.

use std::{num::NonZeroUsize, time::Duration};

use bytesize::ByteSize;
use clap::{Args, ValueEnum};
use ipnet::IpNet;
use portkey_client::Rate;

use super::{duration::duration, heading};

/// Limits on HTTP requests.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::LIMITS)]
pub(crate) struct LimitSettings {
    /// Requests of one principal in a period, such as `10/s`, `600/min` or `5000/h`; each message of a batch counts.
    /// Left out: any number.
    #[arg(long, env = "MCP_RATE", value_name = "N/PERIOD")]
    pub(crate) rate: Option<Rate>,

    /// Requests from one address in a period; an IPv6 /64 counts as one address. Left out: any number.
    #[arg(long, env = "MCP_RATE_PER_ADDRESS", value_name = "N/PERIOD")]
    pub(crate) rate_per_address: Option<Rate>,

    /// Calls of one principal at once, each message of a batch being one, and as many open streams; on each replica.
    #[arg(
        long,
        env = "MCP_MAX_CONCURRENT",
        value_name = "N",
        default_value = "256"
    )]
    pub(crate) max_concurrent: NonZeroUsize,

    /// Calls from one address at once, and as many open streams; on each replica.
    #[arg(
        long,
        env = "MCP_MAX_CONCURRENT_PER_ADDRESS",
        value_name = "N",
        default_value = "1024"
    )]
    pub(crate) max_concurrent_per_address: NonZeroUsize,

    /// Largest body of a request. The answer to a larger one is 413.
    #[arg(
        long,
        env = "MCP_MAX_BODY",
        value_name = "SIZE",
        default_value = "4MiB"
    )]
    pub(crate) max_body: ByteSize,

    /// How long the body of a request may take to arrive. Then the answer is 408.
    #[arg(long, env = "MCP_BODY_TIMEOUT", value_name = "TIME", default_value = "30s", value_parser = duration)]
    pub(crate) body_timeout: Duration,

    /// Memory that bodies of requests may use at once, on each replica. One principal may use a quarter of it, but
    /// always as much as the largest body.
    #[arg(
        long,
        env = "MCP_BODY_MEMORY",
        value_name = "SIZE",
        default_value = "64MiB"
    )]
    pub(crate) body_memory: ByteSize,

    /// Largest size of all headers of a request together. The answer to larger ones is 431.
    #[arg(
        long,
        env = "MCP_MAX_HEADERS",
        value_name = "SIZE",
        default_value = "32KiB"
    )]
    pub(crate) max_headers: ByteSize,

    /// Proxies that are believed when they name the client's address. Left out: the client's address is that of the
    /// connection.
    #[arg(
        long,
        env = "MCP_TRUSTED_PROXIES",
        value_name = "CIDR,…",
        value_delimiter = ',',
        value_parser = network
    )]
    pub(crate) trusted_proxies: Vec<IpNet>,

    /// Header in which trusted proxies name the client's address. The other one is ignored, since a proxy may pass it
    /// on as the client made it up.
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
