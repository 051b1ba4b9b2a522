//! Settings of sessions, and of what replicas share.

use std::{num::NonZeroUsize, time::Duration};

use clap::Args;
use portkey_engine::state::SharedStateAddress;

use super::duration::duration;
use crate::config::{KeyReference, NoReference};

/// What the server remembers of its clients, and with whom it shares that.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScalingSettings {
    /// Redis or Valkey for what replicas must agree on: `redis://HOST:PORT`, `rediss://…`, or `file:PATH` of a file that
    /// holds such an address. An address with a password belongs into the environment or a file.
    #[arg(
        long,
        env = "MCP_SHARED_STATE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) shared_state: Option<SharedStateAddress>,

    /// Where a secret is that replicas make confirmations with, `env:NAME` or `file:PATH`; give all the same. Without it they
    /// agree on a key in the shared state, where whoever can read that could confirm calls.
    #[arg(long, env = "MCP_CONFIRM_KEY", value_name = "REFERENCE", value_parser = reference)]
    pub(crate) confirm_key: Option<KeyReference>,

    /// Sessions kept at once, on each replica; the idlest of whoever has the most makes room.
    #[arg(
        long,
        env = "MCP_MAX_SESSIONS",
        value_name = "N",
        default_value = "1000"
    )]
    pub(crate) max_sessions: NonZeroUsize,

    /// Sessions of one principal kept at once, on each replica; its own idlest makes room. Left out: a quarter of
    /// `--max-sessions`, and all of them where nobody is told apart.
    #[arg(long, env = "MCP_MAX_SESSIONS_PER_PRINCIPAL", value_name = "N")]
    pub(crate) max_sessions_per_principal: Option<NonZeroUsize>,

    /// How long a session is kept that nobody uses. One with a running call or an open stream is in use.
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
