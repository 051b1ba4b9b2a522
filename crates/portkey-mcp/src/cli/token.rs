//! `portkey-mcp token`: creates, lists and revokes tokens for `http --auth bearer`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use super::{CommandFailure, note, print};
use crate::auth::{AuthFailure, NewToken, TokenList, TokenSummary, expiry};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a token. It is shown once, on standard error; only its hash is kept.
    ///
    /// With `--file` its entry is added to that file, which is created readable by you alone if it is missing. Without
    /// it the entry goes to standard output. You can add `toolsets`, `profile` and restrictions to an entry.
    New {
        /// Name of its holder.
        name: String,
        /// File of tokens to add it to.
        #[arg(long, value_name = "PATH")]
        file: Option<PathBuf>,
        /// When it expires: `90d` from now, a day such as `2027-01-31` (its beginning, UTC), or a time with a zone.
        #[arg(long, value_name = "TIME", value_parser = expiry, allow_hyphen_values = true)]
        expires: Option<Timestamp>,
        /// Groups of its holder, for grants, separated by commas.
        #[arg(long, value_name = "GROUPS", value_delimiter = ',')]
        groups: Vec<String>,
    },
    /// List the tokens of a file: names, groups, when they expire.
    List {
        /// File of tokens.
        #[arg(long, value_name = "PATH")]
        file: PathBuf,
    },
    /// Revoke a token. A running server stops accepting it within a few seconds.
    Revoke {
        /// Name of its holder.
        name: String,
        /// File of tokens.
        #[arg(long, value_name = "PATH")]
        file: PathBuf,
    },
}

pub(super) fn run(arguments: Arguments) -> Result<(), CommandFailure> {
    match arguments.command {
        Command::New {
            name,
            file,
            expires,
            groups,
        } => make(&name, expires, groups, file.as_deref()),
        Command::List { file } => {
            let tokens = TokenList::open_to_read(&file)?.tokens()?;
            let lines: Vec<_> = tokens.iter().map(line).collect();
            print(lines.join("\n"))
        }
        Command::Revoke { name, file } => {
            TokenList::open_to_write(&file)?.remove(&name)?;
            note(format_args!("the token of `{name}` is revoked"));
            Ok(())
        }
    }
}

fn make(
    name: &str,
    expires: Option<Timestamp>,
    groups: Vec<String>,
    file: Option<&Path>,
) -> Result<(), CommandFailure> {
    let token = NewToken::make(name).map_err(AuthFailure::from)?;
    let token = token.limited(expires, groups);
    match file {
        Some(path) => TokenList::open(path)?.append(&token)?,
        None => print(token.entry())?,
    }
    let secret = token.secret().expose_secret();
    note(format_args!(
        "the token of `{name}`, shown only now: {secret}"
    ));
    Ok(())
}

fn line(token: &TokenSummary) -> String {
    let mut line = token.name.clone();
    if !token.groups.is_empty() {
        line = format!("{line}  groups {}", token.groups.join(","));
    }
    match token.expires {
        Some(time) if time <= Timestamp::now() => format!("{line}  expired {time}"),
        Some(time) => format!("{line}  expires {time}"),
        None => line,
    }
}
