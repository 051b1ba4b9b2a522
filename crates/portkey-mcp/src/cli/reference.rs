//! The page of commands in the documentation.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};

use super::{Cli, exit_code::Code};
use crate::config;

/// Every command with its own arguments, in Markdown. Settings are left out: they have a page of their own.
pub fn reference() -> String {
    let mut program = Cli::command();
    program.build();
    let mut text = String::new();
    for command in program.get_subcommands() {
        describe(command, program.get_name(), &mut text);
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
    let name = format!("{parent} {}", command.get_name());
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    _ = write!(text, "\n## `{name}`\n\n{}\n", about.trim());
    let arguments = command.get_arguments().filter(|argument| is_own(argument));
    let rows: Vec<String> = arguments.map(row).collect();
    if !rows.is_empty() {
        text.push_str("\n| argument | meaning | default |\n|---|---|---|\n");
        text.push_str(&rows.concat());
    }
    for command in command.get_subcommands() {
        describe(command, &name, text);
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
    let defaults = argument.get_default_values().iter();
    let defaults: Vec<_> = defaults.filter(|_| takes_value).collect();
    let default = match defaults.as_slice() {
        [default] if !default.is_empty() => format!("`{}`", default.to_string_lossy()),
        _ => String::new(),
    };
    config::row(&[format!("`{written}`"), help, default])
}
