use clap::{Args, Subcommand};
use secrecy::ExposeSecret as _;

use super::{CommandFailure, note, print};
use crate::auth::{AuthFailure, NewToken};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a token: it is told once, on standard error; its entry for the file goes to standard output.
    ///
    /// `portkey-mcp token new ci >> tokens.toml` adds one. An entry may also have `groups`, `toolsets`, `profile` and
    /// `expires`.
    New {
        /// Whose token it is.
        name: String,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CommandFailure> {
    let Command::New { name } = &arguments.command;
    let token = NewToken::make(name).map_err(AuthFailure::from)?;
    print(token.entry())?;
    let secret = token.secret().expose_secret();
    note(format_args!(
        "the token of `{name}`, told only now: {secret}"
    ));
    Ok(())
}
