//! Settings of the server's graceful end.

use std::time::Duration;

use clap::Args;

use super::{duration::duration, heading};

/// The server's graceful end.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::SERVER)]
pub(crate) struct DrainSettings {
    /// How long calls in flight may still take at shutdown. Then they are cut off.
    #[arg(long, env = "MCP_DRAIN", global = true, value_name = "TIME", default_value = "20s", value_parser = duration)]
    pub(crate) drain: Duration,

    /// How long an HTTP server works as before at shutdown while `/ready` already answers 503, so that load balancers
    /// stop sending requests before connections are refused. Left out: no time.
    #[arg(long, env = "MCP_DRAIN_NOTICE", global = true, value_name = "TIME", value_parser = duration)]
    pub(crate) drain_notice: Option<Duration>,
}
