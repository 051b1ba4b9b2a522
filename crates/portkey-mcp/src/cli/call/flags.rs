//! The flags of `call`: a subcommand for each tool, made from its schema when it is named.

use std::{fmt::Write as _, path::PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, error::ErrorKind};
use portkey_api::{Argument, JsonObject, required};
use portkey_engine::catalog::{CHART, CommonArgument, RESULT_TOKENS, Tool, common_arguments};
use serde_json::Value;

use super::Arguments;
use crate::{
    catalog::catalog,
    config::{FileSetting, Settings},
};

const JSON: &str = "call.json";

impl Args for Arguments {
    fn augment_args(command: Command) -> Command {
        command
            .subcommand_required(true)
            .subcommand_value_name("TOOL")
            .subcommand_help_heading("Tools")
            .disable_help_subcommand(true)
            .subcommands(catalog().tools().map(|tool| {
                let title = tool.declaration().title;
                Command::new(tool.name()).about(title).defer(flags)
            }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let (name, matches) = matches
            .subcommand()
            .ok_or_else(|| clap::Error::new(ErrorKind::MissingSubcommand))?;
        let tool = catalog()
            .find(name)
            .map_err(|unknown| clap::Error::raw(ErrorKind::InvalidSubcommand, unknown))?;
        let given = tool.declaration().arguments.iter().filter_map(|argument| {
            let texts = matches.try_get_many::<String>(argument.name).ok()??;
            Some((argument.name.to_owned(), value(texts.cloned().collect())?))
        });
        let common = common_flags(tool).filter_map(|common| {
            let text = matches.try_get_one::<String>(common.name).ok()??;
            Some((common.name.to_owned(), Value::from(text.as_str())))
        });
        Ok(Self {
            tool,
            json: matches.get_one::<PathBuf>(JSON).cloned(),
            named: given.chain(common).collect::<JsonObject>(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The common arguments that are flags of their own. The setting `--result-tokens` does what the argument does.
fn common_flags(tool: Tool) -> impl Iterator<Item = &'static CommonArgument> {
    common_arguments(tool).filter(|common| common.name != RESULT_TOKENS.name)
}

/// The value of a flag: a list of all its values if it was given more than once.
fn value(mut texts: Vec<String>) -> Option<Value> {
    if texts.len() < 2 {
        return texts.pop().map(Value::from);
    }
    let lists = texts
        .into_iter()
        .flat_map(|text| match serde_json::from_str(&text) {
            Ok(Value::Array(list)) => list,
            Ok(object @ Value::Object(_)) => vec![object],
            _ => text.split(',').map(|part| part.trim().into()).collect(),
        });
    Some(lists.collect())
}

fn flags(command: Command) -> Command {
    let Ok(tool) = catalog().find(command.get_name()) else {
        return command;
    };
    command
        .about(None)
        .override_usage(usage(tool))
        .long_about(format!("{}\n\n{}", tool.declaration().title, tool.description()))
        .arg(
            Arg::new(JSON)
                .long("json")
                .value_name("FILE|-")
                .value_parser(clap::value_parser!(PathBuf))
                .help("All arguments as one JSON object, from a file or from standard input (`-`). Flags win over it"),
        )
        .args(common_flags(tool).map(common))
        .args(arguments(tool))
}

/// The usage line, with the required arguments. Clap requires none of them, since `--json` may bring them.
fn usage(tool: Tool) -> String {
    let name = tool.name();
    let mut usage = format!("portkey-mcp call {name}");
    for argument in required(tool.declaration().input()) {
        _ = write!(usage, " --{} <VALUE>", argument.replace('_', "-")); // Writing into text never fails.
    }
    usage + " [OPTIONS]"
}

fn arguments(tool: Tool) -> Vec<Arg> {
    let declaration = tool.declaration();
    let synonyms = declaration.synonyms();
    let taken = taken(tool);
    let flags = declaration.arguments.iter().map(|argument| {
        let meant = synonyms.iter().filter(|(name, means)| {
            let is_taken = taken.contains(&name.replace('_', "-"));
            means.name == argument.name && !name.contains('.') && !is_taken
        });
        let spellings = meant.flat_map(|(name, _)| [name.clone(), name.replace('_', "-")]);
        let mut spellings: Vec<String> = spellings.collect();
        spellings.dedup();
        let schema = declaration.input_of(argument.name);
        let flag = flag(argument, schema).aliases(spellings);
        if schema.is_some_and(comes_again) {
            flag.action(ArgAction::Append)
        } else {
            flag
        }
    });
    flags.collect()
}

/// The flags that an alias must not hide: those of settings, which every command takes, and those of every tool.
fn taken(tool: Tool) -> Vec<String> {
    let command = Settings::augment_args(FileSetting::augment_args(Command::new("settings")));
    let settings = command.get_arguments().filter_map(Arg::get_long);
    let common = common_arguments(tool).map(|common| common.name.replace('_', "-"));
    settings
        .map(str::to_owned)
        .chain(common)
        .chain(["json", "help"].map(str::to_owned))
        .collect()
}

fn common(common: &CommonArgument) -> Arg {
    let flag = Arg::new(common.name)
        .long(common.name.replace('_', "-"))
        .alias(common.name)
        .help(common.help);
    if common.name == CHART.name {
        // A file is only taken for one after `=`.
        let flag = switch(flag).require_equals(true);
        flag.value_name("FILE.png|FILE.svg")
    } else if common.is_switch() {
        switch(flag)
    } else {
        flag.value_name("VALUE")
    }
}

/// A flag that is true without a value.
fn switch(flag: Arg) -> Arg {
    flag.num_args(0..=1)
        .default_missing_value("true")
        .value_name("true|false")
}

/// A flag for an argument. Its value stays text here; the engine parses it, as it does for every caller.
fn flag(argument: &Argument, property: Option<&Value>) -> Arg {
    let text = |name| property.and_then(|p| p.get(name)?.as_str());
    let dashed = argument.name.replace('_', "-");
    let spellings = argument.aliases.iter().map(|alias| (*alias).to_owned());
    let spellings = spellings.chain((dashed != argument.name).then(|| argument.name.to_owned()));
    let flag = Arg::new(argument.name)
        .long(dashed)
        .aliases(spellings.map(clap::builder::Str::from))
        .help(text("description").unwrap_or_default().to_owned())
        // Accepted, but not shown in the help.
        .hide(property.is_none_or(|property| property.get("x-hidden").is_some()))
        .allow_negative_numbers(true);
    match text("type") {
        Some("boolean") => switch(flag),
        Some("array") => flag.value_name("JSON|a,b|@FILE"),
        Some("object") => flag.value_name("JSON|@FILE"),
        _ => flag.value_name("VALUE"),
    }
}

/// Whether the flag may be repeated: its argument takes a list, or text that stands for one.
fn comes_again(schema: &Value) -> bool {
    let takes_list = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "array"),
        kind => kind.is_some_and(|kind| kind == "array"),
    };
    takes_list || schema.get("x-comma-separated").is_some()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    /// Settings are flags too, and hold after every command.
    #[test]
    fn no_argument_of_a_tool_takes_the_name_of_a_setting() {
        for tool in catalog().tools() {
            // Parsing builds the command, which asserts that no two flags share a name.
            let help = Cli::try_parse_from(["portkey-mcp", "call", tool.name(), "--help"]);
            assert_eq!(
                help.unwrap_err().kind(),
                ErrorKind::DisplayHelp,
                "{}",
                tool.name()
            );
        }
    }

    #[test]
    fn flags_are_the_arguments_of_a_call() {
        let line = "portkey-mcp call delete_workspace --workspace-id ws-1 --force-delete --sandbox --dry-run";
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        let text = format!("{cli:?}");
        assert!(text.contains(r#""workspace_id": String("ws-1")"#), "{text}");
        assert!(text.contains(r#""force_delete": String("true")"#), "{text}");
        assert!(text.contains(r#""dry_run": String("true")"#), "{text}");
        assert!(text.contains("sandbox: InMemory"), "{text}");
    }
}
