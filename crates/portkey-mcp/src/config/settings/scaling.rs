//! Settings of sessions, and of what replicas share.

use std::{num::NonZeroUsize, time::Duration};

use clap::Args;
use portkey_engine::state::SharedStateAddress;

use super::{duration::duration, heading};
use crate::config::{KeyReference, NoReference};

/// Sessions, and the state that replicas share.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::SCALING)]
pub(crate) struct ScalingSettings {
    /// Redis or Valkey that replicas share: `redis://HOST:PORT`, `rediss://…`, or `file:PATH` of a file that holds such
    /// an address. Put an address with a password into the environment or a file.
    #[arg(
        long,
        env = "MCP_SHARED_STATE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) shared_state: Option<SharedStateAddress>,

    /// Secret that confirmations are sealed with, as `env:NAME` or `file:PATH`; give all replicas the same. Left out:
    /// they agree on a key in the shared state, and whoever can read that could confirm calls.
    #[arg(long, env = "MCP_CONFIRM_KEY", value_name = "REFERENCE", value_parser = reference)]
    pub(crate) confirm_key: Option<KeyReference>,

    /// Sessions kept at once, on each replica. Beyond that, the idlest session of the principal with the most is
    /// closed.
    #[arg(
        long,
        env = "MCP_MAX_SESSIONS",
        value_name = "N",
        default_value = "1000"
    )]
    pub(crate) max_sessions: NonZeroUsize,

    /// Sessions of one principal kept at once, on each replica. Beyond that, its own idlest is closed. Left out: a
    /// quarter of `--max-sessions`, but at least 16; with `--auth none` all of them.
    #[arg(long, env = "MCP_MAX_SESSIONS_PER_PRINCIPAL", value_name = "N")]
    pub(crate) max_sessions_per_principal: Option<NonZeroUsize>,

    /// How long an unused session is kept. A session with a running call or an open stream is in use.
    #[arg(long, env = "MCP_SESSION_IDLE", value_name = "TIME", default_value = "1h", value_parser = duration)]
    pub(crate) session_idle: Duration,
}

impl ScalingSettings {
    /// The most sessions that one of several principals may have.
    pub(crate) fn sessions_of_one(&self) -> NonZeroUsize {
        let quarter = NonZeroUsize::new(self.max_sessions.get() / 4);
        // A quarter of a small limit would be too few.
        let share = quarter.map_or(FEW, |quarter| quarter.max(FEW));
        self.max_sessions_per_principal
            .unwrap_or(share)
            .min(self.max_sessions)
    }
}

/// The least share of a principal in `--max-sessions`.
const FEW: NonZeroUsize = NonZeroUsize::MIN.saturating_add(15);

fn reference(text: &str) -> Result<KeyReference, NoReference> {
    text.to_owned().try_into()
}
