//! When to use colours.

use clap::{Args, ValueEnum};

/// How every command writes on a terminal.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct TerminalArguments {
    /// When to use colours: `auto` (on terminals, and as `NO_COLOR` and `CLICOLOR_FORCE` say), `always` or `never`
    #[arg(
        help_heading = "Terminal",
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true
    )]
    pub(super) color: Colours,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Colours {
    /// On terminals, as far as `NO_COLOR` and `CLICOLOR_FORCE` allow
    #[default]
    Auto,
    Always,
    Never,
}

impl Colours {
    /// Holds for the whole process from now on.
    pub(super) fn apply(self) {
        let choice = match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}
