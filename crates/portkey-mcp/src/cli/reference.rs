//! The page of commands in the documentation.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};

use super::{Cli, call::COMMON, exit_code::Code, help};
use crate::config;

/// Every command with its own arguments and examples, in Markdown. Settings are left out: they have a page of their own.
/// What most tools take is told once, under `call`.
pub fn reference() -> String {
    let mut program = Cli::command();
    program.build();
    let mut text = String::new();
    for command in program.get_subcommands() {
        describe(command, "", &mut text);
    }
    text
}

/// What each exit code means, as a table in Markdown.
pub fn exit_codes() -> String {
    let rows = Code::table()
        .map(|(number, meaning)| config::row(&[number.to_string(), meaning.to_owned()]));
    format!(
        "| exit code | meaning |\n|---|---|\n{}",
        rows.collect::<String>()
    )
}

fn describe(command: &Command, parent: &str, text: &mut String) {
    if command.is_hide_set() || command.get_name() == "help" {
        return;
    }
    let path = format!("{parent}{}", command.get_name());
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    _ = write!(text, "\n## `portkey-mcp {path}`\n\n{}\n", about.trim());
    let is_common = |argument: &&Arg| argument.get_help_heading() == Some(COMMON);
    let own = command.get_arguments().filter(|argument| is_own(argument));
    table(own.filter(|argument| !is_common(argument)), text);
    let tools = command.get_subcommands();
    let mut common: Vec<&Arg> = Vec::new();
    for argument in tools
        .flat_map(Command::get_arguments)
        .filter(is_common)
        .filter(|one| is_own(one))
    {
        if common.iter().all(|one| one.get_id() != argument.get_id()) {
            common.push(argument);
        }
    }
    if !common.is_empty() {
        text.push_str("\nTools take these besides their own arguments, where they make sense:\n");
        table(common.into_iter(), text);
    }
    let examples = help::EXAMPLES.iter().find(|(command, _)| *command == path);
    if let Some((_, examples)) = examples {
        text.push_str("\nExamples:\n\n");
        for (line, what) in *examples {
            _ = writeln!(text, "- `portkey-mcp {line}`: {what}");
        }
    }
    for command in command.get_subcommands() {
        describe(command, &format!("{path} "), text);
    }
}

fn table<'a>(arguments: impl Iterator<Item = &'a Arg>, text: &mut String) {
    let rows: Vec<String> = arguments.map(row).collect();
    if !rows.is_empty() {
        text.push_str("\n| argument | meaning | default |\n|---|---|---|\n");
        text.push_str(&rows.concat());
    }
}

/// Whether an argument is the command's own, not a setting or `--help`.
fn is_own(argument: &Arg) -> bool {
    let is_help = ["help", "version"].contains(&argument.get_id().as_str());
    let is_setting =
        argument.is_global_set() || argument.get_env().is_some() && !argument.is_positional();
    !argument.is_hide_set() && !is_help && !is_setting
}

fn row(argument: &Arg) -> String {
    let values = argument.get_value_names().unwrap_or_default().join(" ");
    let takes_value = argument.get_action().takes_values();
    let written = match argument.get_long() {
        Some(long) if takes_value => format!("--{long} {values}"),
        Some(long) => format!("--{long}"),
        None => values,
    };
    let help = argument.get_long_help().or(argument.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    // What follows in lines of their own are members, which `describe` tells better than a cell can.
    let help = help.lines().next().unwrap_or_default().to_owned();
    let defaults = argument.get_default_values().iter();
    let defaults: Vec<_> = defaults.filter(|_| takes_value).collect();
    let default = match defaults.as_slice() {
        [default] if !default.is_empty() => format!("`{}`", default.to_string_lossy()),
        _ => String::new(),
    };
    config::row(&[format!("`{written}`"), help, default])
}
