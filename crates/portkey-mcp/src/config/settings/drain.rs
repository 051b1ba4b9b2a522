//! Settings of how the server ends.

use std::time::Duration;

use clap::Args;

use super::duration::duration;

/// How the server ends.
#[derive(Debug, Clone, Args)]
pub(crate) struct DrainSettings {
    /// How long calls may still take once the server is to end; then they are cut.
    #[arg(long, env = "MCP_DRAIN", global = true, value_name = "TIME", default_value = "20s", value_parser = duration)]
    pub(crate) drain: Duration,

    /// How long before that a server over HTTP goes on as usual while `/ready` already says no, so that balancers turn
    /// away before connections are refused; not at all when left out.
    #[arg(long, env = "MCP_DRAIN_NOTICE", global = true, value_name = "TIME", value_parser = duration)]
    pub(crate) drain_notice: Option<Duration>,
}
