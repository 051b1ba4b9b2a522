//! The flags of `call`: a subcommand for each tool, made from its schema when it is named.

use std::{collections::BTreeSet, fmt::Write as _, path::PathBuf};

use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint, error::ErrorKind,
};
use portkey_api::{Argument, JsonObject, required};
use portkey_engine::catalog::{
    CHART, CONFIRMATION, CommonArgument, FIELDS, FORMAT, RESULT_TOKENS, Tool, common_arguments,
};
use serde_json::Value;

use super::{
    Agreement, Arguments,
    members::{Member, value},
};
use crate::{
    catalog::catalog,
    cli::{
        command_line::MEMBER, example, help, offered_words, output::OutputArguments, schema_lines,
    },
    config::{FileSetting, Settings},
};

const JSON: &str = "call.json";

const OWN: &str = "Arguments";
/// The heading of what most tools take.
pub(in crate::cli) const COMMON: &str = "Common arguments";

/// How many arguments `-h` shows; of a tool with more, those that it requires and the first [`FIRST`].
const MANY: usize = 14;
const FIRST: usize = 12;

/// How long a list of words may be in a line of help.
const FEW_WORDS: usize = 70;

/// What `--fields` is called where a list is a table, unless the tool has an argument of this name.
const COLUMNS: &str = "columns";

impl Args for Arguments {
    fn augment_args(command: Command) -> Command {
        command
            .subcommand_value_name("TOOL")
            .subcommand_help_heading("Tools")
            .disable_help_subcommand(true)
            .subcommands(catalog().tools().map(|tool| named(tool).defer(flags)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let (name, matches) = matches
            .subcommand()
            .ok_or_else(|| clap::Error::raw(ErrorKind::MissingSubcommand, NO_TOOL))?;
        let tool = catalog()
            .find(name)
            .map_err(|unknown| clap::Error::raw(ErrorKind::InvalidSubcommand, unknown))?;
        let mut members = texts(matches, MEMBER);
        let mut members: Vec<Member> = members
            .drain(..)
            .filter_map(|text| Member::dotted(&text))
            .collect();
        let given = tool.declaration().arguments.iter().filter_map(|argument| {
            let mut texts = texts(matches, argument.name);
            if takes_object(tool.declaration().input_of(argument.name)) {
                texts.retain(|text| {
                    let pair = Member::pair(argument.name, text);
                    let is_whole = pair.is_none();
                    members.extend(pair);
                    is_whole
                });
            }
            Some((argument.name.to_owned(), value(texts)?))
        });
        let mut named: JsonObject = given.collect();
        let common = common_flags(tool).filter_map(|common| {
            let text = matches.try_get_one::<String>(common.name).ok()??;
            Some((common.name.to_owned(), Value::from(text.as_str())))
        });
        named.extend(common);
        Ok(Self {
            tool,
            json: matches.get_one::<PathBuf>(JSON).cloned(),
            named,
            members: Member::joined(members),
            agreement: Agreement::from_arg_matches(matches)?,
            output: OutputArguments::from_arg_matches(matches)?,
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

/// What is said to `call` alone.
const NO_TOOL: &str = "name a tool: portkey-mcp call TOOL [--ARGUMENT VALUE]...

  portkey-mcp tools            lists the tools
  portkey-mcp tools WORDS      finds those for what you want to do
  portkey-mcp describe TOOL    shows what a tool takes, with an example
";

fn texts(matches: &ArgMatches, id: &str) -> Vec<String> {
    let texts = matches.try_get_many::<String>(id).ok().flatten();
    texts.into_iter().flatten().cloned().collect()
}

fn named(tool: Tool) -> Command {
    Command::new(tool.name()).about(tool.declaration().title)
}

/// The command that calls a tool, with its flags.
pub(in crate::cli) fn command(tool: Tool) -> Command {
    flags(named(tool))
}

fn flags(command: Command) -> Command {
    let Ok(tool) = catalog().find(command.get_name()) else {
        return command;
    };
    let title = tool.declaration().title;
    let destroys = common_arguments(tool).any(|common| common.name == CONFIRMATION.name);
    let command = command
        .override_usage(usage(tool))
        .disable_help_flag(true)
        .after_help(help::of_tool(tool, &example::shell(tool)))
        .next_help_heading(OWN)
        .args(arguments(tool))
        .next_help_heading(COMMON);
    Agreement::augment_args(OutputArguments::augment_args(command))
        .mut_arg("output", |output| output.conflicts_with(FORMAT.name))
        .mut_arg("yes", |yes| yes.hide(!destroys))
        // The comments of the structs above would stand for it.
        .about(title)
        .long_about(format!("{title}\n\n{}", tool.description()))
        .args(common_flags(tool).map(|flag| common(tool, flag)))
        .arg(
            Arg::new(JSON)
                .long("json")
                .value_name("FILE|-")
                .value_hint(ValueHint::FilePath)
                .value_parser(clap::value_parser!(PathBuf))
                .help("All arguments as one JSON object, from a file or standard input")
                .long_help("All arguments as one JSON object, from a file or from standard input (`-`). Flags win over it"),
        )
        .arg(Arg::new(MEMBER).long(MEMBER).action(ArgAction::Append).hide(true))
        .arg(help::flag(COMMON))
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
        let flag = flag(tool, argument).aliases(spellings);
        if schema.is_some_and(comes_again) || takes_object(schema) {
            flag.action(ArgAction::Append)
        } else {
            flag
        }
    });
    first(tool, flags.collect())
}

/// The flags, of which `-h` shows no more than fit on a screen.
fn first(tool: Tool, flags: Vec<Arg>) -> Vec<Arg> {
    let is_shown = |flag: &Arg| !flag.is_hide_set() && !flag.is_hide_short_help_set();
    if flags.iter().filter(|flag| is_shown(flag)).count() <= MANY {
        return flags;
    }
    let mut room = FIRST;
    let flags = flags.into_iter().map(|flag| {
        if !is_shown(&flag) || tool.declaration().requires(flag.get_id().as_str()) {
            return flag;
        }
        let fits = room > 0;
        room = room.saturating_sub(1);
        flag.hide_short_help(!fits)
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
        .chain(["json", "help", "output", "query", "yes", "color"].map(str::to_owned))
        .collect()
}

fn common(tool: Tool, common: &CommonArgument) -> Arg {
    // `-h` has room for what comes first.
    let (short, _) = common.help.split_once("; ").unwrap_or((common.help, ""));
    let flag = Arg::new(common.name)
        .long(common.name.replace('_', "-"))
        .alias(common.name)
        .help(short)
        .long_help(common.help);
    let flag = if common.name == FIELDS.name && tool.declaration().argument(COLUMNS).is_none() {
        flag.visible_alias(COLUMNS)
    } else {
        flag
    };
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
fn flag(tool: Tool, argument: &Argument) -> Arg {
    let schema = tool
        .declaration()
        .input_of(argument.name)
        .unwrap_or(&Value::Null);
    let dashed = argument.name.replace('_', "-");
    let spellings = argument.aliases.iter().chain([&argument.name]);
    let spellings = spellings.flat_map(|name| [(*name).to_owned(), name.replace('_', "-")]);
    let spellings: BTreeSet<String> = spellings.filter(|spelling| *spelling != dashed).collect();
    let flag = Arg::new(argument.name)
        .long(dashed)
        .aliases(spellings.into_iter().map(clap::builder::Str::from))
        .hide_short_help(schema.get("x-hidden").is_some())
        // Accepted, but of no use.
        .hide(schema.is_null() || schema.get("x-ignored").is_some())
        .allow_negative_numbers(true);
    let flag = told(flag, schema, tool.declaration().requires(argument.name));
    let flag = offered_words::offering(flag, schema);
    match schema.get("type").and_then(Value::as_str) {
        Some("boolean") => switch(flag),
        Some("array") if holds_objects(schema) => flag.value_name("JSON|@FILE"),
        Some("array") => flag.value_name("JSON|a,b|@FILE"),
        Some("object") => flag.value_name("JSON|k=v|@FILE"),
        _ => flag.value_name("VALUE"),
    }
}

/// The help of a flag: in short what it is and the words that it takes, in full its members too.
fn told(flag: Arg, schema: &Value, is_required: bool) -> Arg {
    let meaning = schema.get("description").and_then(Value::as_str);
    let meaning = meaning.unwrap_or_default().trim_end_matches('.');
    let words = schema_lines::words(schema).map(|words| words.join(", "));
    let is_short = |words: &String| words.len() <= FEW_WORDS;
    let few = words.as_ref().filter(|words| is_short(words));
    let text = |words: Option<&String>| {
        let words = words.map(|words| format!("[{words}]"));
        let parts = [
            Some(meaning.to_owned()).filter(|meaning| !meaning.is_empty()),
            words,
            is_required.then(|| "(required)".to_owned()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let members = schema_lines::members(schema, "");
    let mut long = text(words.as_ref());
    for member in &members {
        _ = write!(long, "\n  {member}"); // Writing into text never fails.
    }
    let short = text(few);
    if long == short {
        flag.help(short)
    } else {
        flag.help(short).long_help(long)
    }
}

/// Whether the flag may be repeated: its argument takes a list, or text that stands for one.
fn comes_again(schema: &Value) -> bool {
    takes(schema, "array") || schema.get("x-comma-separated").is_some()
}

/// Whether a list holds objects, which cannot be written with commas between them.
fn holds_objects(schema: &Value) -> bool {
    schema
        .get("items")
        .is_some_and(|items| takes(items, "object"))
}

/// Whether the argument takes an object and no text, so that `NAME=VALUE` can only be a member.
fn takes_object(schema: Option<&Value>) -> bool {
    schema.is_some_and(|schema| takes(schema, "object") && !takes(schema, "string"))
}

fn takes(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|taken| taken == kind),
        taken => taken.is_some_and(|taken| taken == kind),
    }
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
