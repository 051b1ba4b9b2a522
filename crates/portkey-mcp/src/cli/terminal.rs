//! The terminal: how wide it is, whether it takes colours, and how text is printed on it.

use std::io::{self, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use terminal_size::{Width, terminal_size_of};

use super::CommandFailure;

/// The width of a terminal that does not say how wide it is.
const USUAL_WIDTH: u16 = 80;

const BOLD: Style = Style::new().bold();
const FAILURE: Style = AnsiColor::Red.on_default().bold();

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

/// Whether standard output takes colours.
pub(super) fn has_colours() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
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
