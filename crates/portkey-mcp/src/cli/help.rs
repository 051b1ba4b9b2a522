//! What `-h` and `--help` say: a command's own arguments, examples, and where the settings are told.

mod examples;

use std::fmt::Write as _;

use clap::{
    Arg, ArgAction, Args as _, Command, CommandFactory as _,
    builder::{StyledStr, styling::Styles},
};

use portkey_engine::catalog::Tool;

use super::{Cli, colours::TerminalArguments, exit_code::Code};
use crate::{
    catalog::catalog,
    config::{FileSetting, HttpSettings, Settings},
    surface::first_sentence,
};
pub(super) use examples::{EXAMPLES, examples};

/// The line below every help.
const SETTINGS: &str = "Options of every command: portkey-mcp help options";

const SEE_ALSO: &str = "portkey-mcp tools WORDS      which tool does what you want
  portkey-mcp describe TOOL    what a tool takes, with an example
  portkey-mcp TOOL -h          the same as `portkey-mcp call TOOL -h`
  portkey-mcp help options     settings, which every command takes, and their variables
  portkey-mcp help exit-codes  how a script tells errors apart";

/// The settings of `http` that `-h` shows; `--help` shows all.
const USUAL_OF_HTTP: [&str; 12] = [
    "allowed-hosts",
    "allowed-origins",
    "auth",
    "bind",
    "config",
    "port",
    "public-url",
    "rate",
    "shared-state",
    "tls-cert",
    "tls-key",
    "tokens",
];

/// The program with the help of every command in order, and the settings hidden. Only help needs it.
pub(super) fn arranged() -> Command {
    let settings = of_every_command(Command::new("settings"));
    let is_setting = |argument: &Arg| {
        let mut settings = settings.get_arguments();
        settings.any(|setting| setting.get_id() == argument.get_id())
    };
    with_settings().mut_args(|argument| {
        let is_hidden = argument.is_hide_set() || is_setting(&argument);
        argument.hide(is_hidden)
    })
}

/// The same with the settings shown.
pub(super) fn with_settings() -> Command {
    let examples = section("Examples", &examples(""));
    let more = format!("{examples}\n\n{}", section("See also", SEE_ALSO));
    Cli::command()
        .mut_subcommands(|command| arrange(command, ""))
        .override_usage("portkey-mcp [COMMAND | TOOL] [OPTIONS]")
        .after_help(styled(&more))
}

/// Puts the help of a command and of those below it in order.
fn arrange(command: Command, parent: &str) -> Command {
    let path = format!("{parent}{}", command.get_name());
    let mut footer = examples(&path);
    if !footer.is_empty() {
        footer = section("Examples", &footer) + "\n\n";
    }
    if path == "call" {
        let count = catalog().tools().count();
        _ = writeln!(
            footer,
            "The {count} tools: portkey-mcp tools\nFind one: portkey-mcp tools WORDS"
        );
    }
    footer.push_str(SETTINGS);
    let of_http = HttpSettings::augment_args(Command::new("http"));
    let command = command.mut_args(|argument| {
        let mut settings = of_http.get_arguments();
        let is_of_http = settings.any(|setting| setting.get_id() == argument.get_id());
        let is_usual = argument
            .get_long()
            .is_some_and(|name| path == "http" && USUAL_OF_HTTP.contains(&name));
        in_a_sentence(argument).hide_short_help(is_of_http && !is_usual)
    });
    let command = command.mut_subcommands(|inner| {
        if path == "call" {
            inner.hide(true)
        } else {
            arrange(inner, &format!("{path} "))
        }
    });
    command.after_help(styled(&footer))
}

/// An argument that `-h` explains in a sentence, and `--help` in full.
fn in_a_sentence(argument: Arg) -> Arg {
    let Some(help) = argument.get_help().map(ToString::to_string) else {
        return argument;
    };
    let sentence = first_sentence(&help).to_owned();
    if argument.get_long_help().is_some() || sentence.len() == help.len() {
        return argument;
    }
    argument.help(sentence).long_help(help)
}

/// The flag `-h` itself, under this heading.
pub(super) fn flag(heading: &'static str) -> Arg {
    Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .help_heading(heading)
        .help("Print help (see more with '--help')")
        .long_help("Print help (see a summary with '-h')")
}

/// Adds the flags that every command takes.
fn of_every_command(command: Command) -> Command {
    TerminalArguments::augment_args(Settings::augment_args(FileSetting::augment_args(command)))
}

/// The page of the settings that every command takes.
pub(super) fn options() -> clap::Error {
    let command = Command::new("options").bin_name("portkey-mcp help options");
    let command = of_every_command(command)
        .disable_help_flag(true)
        .arg(flag("Help").hide(true))
        .max_term_width(100)
        .help_template("Options of every command, each with its environment variable.\n\n{all-args}\n\n{after-help}")
        .after_help(
            "A flag wins over its variable, and that over the configuration file (--config), which has the same names.\n\
             The settings of the HTTP server: portkey-mcp http --help",
        );
    asked(command, ["options", "-h"])
}

/// The page of the exit codes.
pub(super) fn exit_codes() -> clap::Error {
    let mut page = "Exit codes, for scripts.\n\n".to_owned();
    for (number, meaning) in Code::table() {
        _ = writeln!(page, "  {number:>3}  {meaning}");
    }
    clap::Error::raw(clap::error::ErrorKind::DisplayHelp, page)
}

/// What clap answers where help is asked for.
fn asked<const N: usize>(command: Command, args: [&str; N]) -> clap::Error {
    match command.try_get_matches_from(args) {
        Err(help) => help,
        Ok(_) => clap::Error::new(clap::error::ErrorKind::DisplayHelp),
    }
}

/// What stands below the help of a tool.
pub(super) fn of_tool(tool: Tool, example: &str) -> StyledStr {
    let name = tool.name();
    let more = format!("All arguments, members, scopes: portkey-mcp describe {name}");
    styled(&format!(
        "{}\n\n{more}\n{SETTINGS}",
        section("Example", example)
    ))
}

/// A section under a heading, its lines indented.
pub(super) fn section(heading: &str, lines: &str) -> String {
    let styles = Styles::styled();
    let style = styles.get_header();
    format!("{style}{heading}:{style:#}\n  {}", lines.trim_end())
}

/// Text with the escapes that [`section`] puts in, which clap leaves out where there is no terminal.
pub(super) fn styled(text: &str) -> StyledStr {
    text.to_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command_line::{Understood, understood};

    /// A screen of help.
    const MOST_LINES: usize = 60;

    fn judge(command: &Command, path: &str) {
        let help = command.clone().render_help().to_string();
        let lines = help.lines().count();
        assert!(lines < MOST_LINES, "{path}: {lines} lines\n{help}");
        assert!(help.contains("portkey-mcp help options"), "{help}");
        assert!(help.contains("Example"), "{path} has no example");
        let below = command.get_subcommands();
        for inner in below.filter(|inner| inner.get_name() != "help") {
            judge(inner, &format!("{path} {}", inner.get_name()));
        }
    }

    #[test]
    fn the_help_of_every_command_and_tool_is_a_screen() {
        let mut program = arranged().term_width(100);
        program.build();
        judge(&program, "portkey-mcp");
    }

    #[test]
    fn what_http_shows_in_short_are_its_settings() {
        let http = arranged();
        let http = http.find_subcommand("http").unwrap();
        for name in USUAL_OF_HTTP {
            let mut arguments = http.get_arguments();
            assert!(
                arguments.any(|argument| argument.get_long() == Some(name)),
                "{name}"
            );
        }
    }

    #[test]
    fn examples_are_of_commands_and_are_read() {
        for (path, examples) in EXAMPLES {
            for (line, _) in *examples {
                let line = line
                    .split(" > ")
                    .next()
                    .unwrap_or(line)
                    .split(" | ")
                    .next()
                    .unwrap_or(line);
                let words = shell_words::split(&format!("portkey-mcp {line}")).unwrap();
                let args: Vec<_> = words.into_iter().map(Into::into).collect();
                let Ok(Understood::Line(args)) = understood(&Cli::command(), &args) else {
                    panic!("{line} is not understood");
                };
                let read = Cli::command().try_get_matches_from(args);
                let is_read = read.as_ref().err().is_none_or(|error| !error.use_stderr());
                assert!(is_read, "{path}: {line}: {}", read.unwrap_err());
            }
        }
    }
}
