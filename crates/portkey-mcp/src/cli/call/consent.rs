//! Asks at the terminal before a call that destroys something.

use std::io;

use clap::Args;
use portkey_engine::{
    call::{Consent, Consequence, Failure},
    confirm::Confirm,
    untrusted::visible,
};

use crate::cli::{CommandFailure, note, stop, terminal};

/// What was agreed to beforehand.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(in crate::cli) struct Agreement {
    /// Do not ask before something is destroyed
    #[arg(long, short)]
    pub(in crate::cli) yes: bool,
}

/// Who must agree to what a call destroys. A user who can be asked is asked, unless the operator wants no questions.
/// Otherwise typing the command is consent, unless the operator wants it confirmed always.
pub(super) fn needed(confirm: Confirm, agreed: bool) -> Consent {
    let asks = match confirm {
        Confirm::Never => false,
        Confirm::Auto => terminal::can_ask(),
        Confirm::Always => true,
    };
    if asks && !agreed {
        Consent::OfUser { agreed: None }
    } else {
        Consent::Unneeded
    }
}

/// Asks for consent at the terminal; refused where nobody can be asked.
pub(super) async fn ask(consequence: &Consequence) -> Result<(), CommandFailure> {
    if !terminal::can_ask() {
        return Err(CommandFailure::Unconfirmed(format!("{consequence}\n")));
    }
    note(visible(&consequence.to_string()));
    terminal::ask("Do this? [y/N]");
    let interrupted = stop::received().map_err(CommandFailure::Runtime)?;
    let answer = tokio::task::spawn_blocking(|| io::stdin().lines().next());
    let answer = tokio::select! {
        answer = answer => answer,
        () = interrupted => return Err(Failure::Cancelled.into()),
    };
    match answer {
        Ok(Some(Ok(answer))) if is_yes(&answer) => Ok(()),
        _ => Err(CommandFailure::Declined),
    }
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        assert!(is_yes("y\n") && is_yes(" YES "));
        assert!(!is_yes("") && !is_yes("no") && !is_yes("yeah"));
    }

    #[test]
    fn who_agreed_beforehand_is_not_asked() {
        assert_eq!(needed(Confirm::Always, true), Consent::Unneeded);
        assert_eq!(needed(Confirm::Never, false), Consent::Unneeded);
        assert_eq!(
            needed(Confirm::Always, false),
            Consent::OfUser { agreed: None }
        );
    }
}
