//! Settings of the size of answers.

use std::num::NonZeroUsize;

use clap::Args;
use portkey_engine::call::ResultTokens;

use super::heading;

/// The limit on answers of a server, if the operator sets none.
const USUAL: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// How large answers may be.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::ANSWERS)]
pub(crate) struct AnswerSettings {
    /// Tokens that an answer may have, as estimated. A longer list is cut at an entry, a larger object is reduced to
    /// its small members, and the answer says how to read the rest. Left out: 10000 for a server, any number for
    /// commands.
    #[arg(long, env = "MCP_RESULT_TOKENS", global = true, value_name = "N")]
    pub(crate) result_tokens: Option<NonZeroUsize>,

    /// Tokens up to which a call may raise that limit with `result_tokens`.
    #[arg(
        long,
        env = "MCP_MAX_RESULT_TOKENS",
        global = true,
        value_name = "N",
        default_value = "100000"
    )]
    pub(crate) max_result_tokens: NonZeroUsize,
}

impl AnswerSettings {
    /// The limits for clients of a server.
    pub(crate) fn of_server(&self) -> ResultTokens {
        ResultTokens {
            usual: Some(self.result_tokens.unwrap_or(USUAL)),
            most: Some(self.max_result_tokens),
        }
    }

    /// The limits for a command, whose answers go to a screen or a program.
    pub(crate) fn of_command(&self) -> ResultTokens {
        ResultTokens {
            usual: self.result_tokens,
            most: None,
        }
    }
}
