//! Settings of the limits on requests to Portkey.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    time::Duration,
};

use clap::Args;
use portkey_client::{BreakerSettings, Ceilings, Rate};

use super::{duration::duration, heading};

/// Limits on requests to Portkey, for all principals together.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::REQUESTS)]
pub(crate) struct UpstreamSettings {
    /// Requests to Portkey at once, at most half of them for one principal; others wait for their turn. On each
    /// replica.
    #[arg(
        long,
        env = "PORTKEY_UPSTREAM_CONCURRENCY",
        global = true,
        value_name = "N",
        default_value = "64"
    )]
    pub(crate) upstream_concurrency: NonZeroUsize,

    /// Requests to Portkey in a period, such as `600/min`, a tenth of them at once; on each replica. Left out: any
    /// number.
    #[arg(
        long,
        env = "PORTKEY_UPSTREAM_RATE",
        global = true,
        value_name = "N/PERIOD"
    )]
    pub(crate) upstream_rate: Option<Rate>,

    /// How long a request to Portkey waits for its turn before the call fails.
    #[arg(long, env = "PORTKEY_UPSTREAM_PATIENCE", global = true, value_name = "TIME", default_value = "10s",
          value_parser = duration)]
    pub(crate) upstream_patience: Duration,

    /// Failures of Portkey in a row (5xx, no connection, no answer) after which no requests are sent for a while; 0 for
    /// never.
    #[arg(
        long,
        env = "PORTKEY_BREAKER_FAILURES",
        global = true,
        value_name = "N",
        default_value_t = 20
    )]
    pub(crate) breaker_failures: u32,

    /// How long no requests are sent then, before a single one tries again.
    #[arg(long, env = "PORTKEY_BREAKER_PAUSE", global = true, value_name = "TIME", default_value = "15s",
          value_parser = duration)]
    pub(crate) breaker_pause: Duration,
}

impl UpstreamSettings {
    /// The same limits as the client takes them.
    pub(crate) fn ceilings(&self) -> Ceilings {
        let breaker = NonZeroU32::new(self.breaker_failures).map(|failures| BreakerSettings {
            failures,
            pause: self.breaker_pause,
        });
        Ceilings {
            concurrency: Some(self.upstream_concurrency),
            rate: self.upstream_rate,
            patience: self.upstream_patience,
            breaker,
        }
    }
}
