//! Settings of the server's graceful end.

use std::time::Duration;

use clap::Args;

use super::duration::duration;

/// The server's graceful end.
#[derive(Debug, Clone, Args)]
pub(crate) struct DrainSettings {
    /// How long calls in flight may still take once the server is told to end. Then they are cut.
    #[arg(long, env = "MCP_DRAIN", global = true, value_name = "TIME", default_value = "20s", value_parser = duration)]
    pub(crate) drain: Duration,

    /// How long a server over HTTP first goes on as usual while `/ready` already says no, so that load balancers turn
    /// away before connections are refused. Left out: not at all.
    #[arg(long, env = "MCP_DRAIN_NOTICE", global = true, value_name = "TIME", value_parser = duration)]
    pub(crate) drain_notice: Option<Duration>,
}
