//! The terminal: how wide it is, whether it takes colours, and how text is printed on it.

use std::io::{self, IsTerminal as _, Write as _};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use clap::{Args, ValueEnum};
use terminal_size::{Width, terminal_size_of};

use super::CommandFailure;

/// The width of a terminal that does not say how wide it is.
const USUAL_WIDTH: u16 = 80;

const BOLD: Style = Style::new().bold();
const FAILURE: Style = AnsiColor::Red.on_default().bold();

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

/// How many characters fit on a line of standard output; any number if that is no terminal.
pub(super) fn width() -> u16 {
    if !io::stdout().is_terminal() {
        return u16::MAX;
    }
    match terminal_size_of(io::stdout()) {
        Some((Width(width), _)) if width > 0 => width,
        _ => USUAL_WIDTH,
    }
}

/// Whether somebody can be asked: they see standard error and type on standard input.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Text that stands out where there are colours.
pub(super) fn bold(text: &str) -> String {
    format!("{BOLD}{text}{BOLD:#}")
}

/// Prints text whose styles are dropped where there are no colours.
pub(super) fn print(text: impl std::fmt::Display) -> Result<(), CommandFailure> {
    let mut output = AutoStream::auto(io::stdout().lock());
    writeln!(output, "{text}").map_err(CommandFailure::Output)
}

/// Writes on standard error why the command failed.
pub(super) fn print_failure(text: impl std::fmt::Display) {
    let mut errors = AutoStream::auto(io::stderr().lock());
    _ = writeln!(errors, "{FAILURE}portkey-mcp:{FAILURE:#} {text}");
}

/// Writes a question on standard error, and waits behind it.
pub(super) fn ask(question: &str) {
    let mut errors = AutoStream::auto(io::stderr().lock());
    _ = write!(errors, "{} ", bold(question));
    _ = errors.flush();
}
