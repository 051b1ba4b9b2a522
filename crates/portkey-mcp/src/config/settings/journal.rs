//! Settings of the journal.

use std::time::Duration;

use clap::Args;
use portkey_engine::{database::DatabaseUrl, journal::Address};

use super::heading;

/// The journal of changes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::RECORDS)]
pub(crate) struct JournalSettings {
    /// Where changes are recorded before they are made, so that they can be undone: `sqlite:PATH`, `postgres://…`,
    /// `off`, or `file:PATH` of a file that holds such an address. Left out: `journal.sqlite` in your data directory,
    /// if that can be written; with `--shared-state` none; on the sandbox memory. Put an address with a password into
    /// the environment or a file.
    #[arg(
        long,
        env = "PORTKEY_MCP_JOURNAL",
        global = true,
        value_name = "off|sqlite:PATH|postgres://…",
        hide_env_values = true
    )]
    pub(crate) journal: Option<Address>,

    /// How long changes can be undone, in days.
    #[arg(long, env = "PORTKEY_MCP_JOURNAL_KEEP", global = true, value_name = "DAYS", default_value = "30d",
          value_parser = days)]
    pub(crate) journal_keep: Duration,
}

impl JournalSettings {
    /// The database of the journal, if it is in one.
    pub(crate) fn database(&self) -> Option<&DatabaseUrl> {
        self.journal.as_ref()?.database()
    }
}

fn days(text: &str) -> Result<Duration, String> {
    match text.trim_end_matches('d').parse::<u64>() {
        Ok(days @ 1..=3650) => Ok(Duration::from_hours(days * 24)),
        _ => Err("expected days from `1d` to `3650d`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_with_and_without_their_letter() {
        assert_eq!(days("30d"), Ok(Duration::from_hours(720)));
        assert_eq!(days("7"), Ok(Duration::from_hours(168)));
        for text in ["", "0", "d", "4000d", "1h"] {
            assert!(days(text).is_err(), "{text}");
        }
    }
}
