use std::time::Duration;

use clap::Args;

use super::duration::duration;
use crate::confirm::Confirm;

/// Who must agree before something is destroyed.
#[derive(Debug, Clone, Args)]
pub struct ConfirmSettings {
    /// When somebody must agree to a call that destroys something: `auto` asks users whose client can ask them, and wants
    /// the call twice of others over HTTP; `always` of others on standard input and output too.
    #[arg(
        long,
        env = "PORTKEY_MCP_CONFIRM",
        global = true,
        value_enum,
        default_value_t
    )]
    pub confirm: Confirm,

    /// How long a user may think who is asked in the middle of a call.
    #[arg(long, env = "PORTKEY_MCP_CONFIRM_PATIENCE", global = true, value_name = "TIME", default_value = "2min",
          value_parser = duration)]
    pub confirm_patience: Duration,
}
