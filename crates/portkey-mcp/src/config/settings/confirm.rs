//! Settings of confirmation.

use std::time::Duration;

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use portkey_engine::confirm::Confirm;

use super::{duration::duration, heading};

/// Consent to destructive calls.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::SAFETY)]
pub(crate) struct ConfirmSettings {
    /// When a call that destroys something needs consent: `auto` asks users whose client can ask them, and otherwise
    /// wants the call twice over HTTP; `always` wants it twice on standard input and output too.
    #[arg(
        long,
        env = "PORTKEY_MCP_CONFIRM",
        global = true,
        value_name = "CONFIRM",
        value_parser = confirm(),
        default_value_t
    )]
    pub(crate) confirm: Confirm,

    /// How long a user who is asked for consent may take to answer.
    #[arg(long, env = "PORTKEY_MCP_CONFIRM_PATIENCE", global = true, value_name = "TIME", default_value = "2min",
          value_parser = duration)]
    pub(crate) confirm_patience: Duration,
}

/// Parses the words of [`Confirm`] and describes each in the help.
fn confirm() -> impl TypedValueParser<Value = Confirm> {
    let words = Confirm::ALL.map(|one| PossibleValue::new(one.as_str()).help(meaning(one)));
    PossibleValuesParser::from(words).try_map(|word| word.parse::<Confirm>())
}

fn meaning(confirm: Confirm) -> &'static str {
    match confirm {
        Confirm::Never => "No confirmation is needed",
        Confirm::Auto => {
            "Users are asked if their client can do that. If it cannot, over HTTP the call must be made twice, the second \
             time with a token; on standard input and output the client's own approval of tools is the guard"
        }
        Confirm::Always => {
            "Like `auto`, and a client on standard input and output must make the call twice too"
        }
    }
}
