//! `portkey-mcp completions`: the script that lets a shell complete commands, tools, arguments and words, and what it
//! asks this program at each completion.

use std::{env, ffi::OsString, io};

use clap::{Args, Command, ValueEnum};
use clap_complete::{ArgValueCandidates, CompleteEnv, CompletionCandidate, env::Shells};
use portkey_engine::catalog::Tool;

use super::{CommandFailure, call, help};
use crate::catalog::catalog;

/// The variable by which the script asks for completions.
const ASKED: &str = "PORTKEY_MCP_COMPLETE";
const PROGRAM: &str = "portkey-mcp";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

/// A shell that can ask for completions.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
}

/// Prints the script of a shell.
pub(super) fn run(arguments: &Arguments) -> Result<(), CommandFailure> {
    let name = arguments.shell.to_possible_value();
    let shells = Shells::builtins();
    if let Some(shell) = name.and_then(|name| shells.completer(name.get_name())) {
        let out = &mut io::stdout().lock();
        shell
            .write_registration(ASKED, PROGRAM, PROGRAM, PROGRAM, out)
            .map_err(CommandFailure::Output)?;
    }
    Ok(())
}

/// Answers a script that asks for completions. Returns whether one did.
pub(super) fn answered(args: &[OsString]) -> bool {
    let folder = env::current_dir().ok();
    let asked = CompleteEnv::with_factory(|| asked_of(args))
        .var(ASKED)
        .bin(PROGRAM)
        .completer(PROGRAM)
        .try_complete(args.iter().cloned(), folder.as_deref());
    asked.unwrap_or_else(|error| {
        _ = error.print();
        true
    })
}

/// The program as it is completed: tools stand where commands stand, too, and those that are named have their flags.
fn asked_of(args: &[OsString]) -> Command {
    let named: Vec<Tool> = args
        .iter()
        .filter_map(|word| catalog().find(word.to_str()?).ok())
        .collect();
    let tool = |tool: Tool| {
        let is_named = named.iter().any(|named| named.name() == tool.name());
        let command = if is_named {
            call::command(tool)
        } else {
            Command::new(tool.name()).about(tool.declaration().title)
        };
        let in_shell = tool.name().replace('_', "-");
        if in_shell == tool.name() {
            command
        } else {
            command.alias(in_shell)
        }
    };
    let call = |call: Command| {
        let plain = Command::new("call");
        plain
            .about(call.get_about().cloned().unwrap_or_default())
            .subcommands(catalog().tools().map(tool))
    };
    // The tools themselves are offered once a word is begun that no command begins with.
    help::arranged()
        .mut_subcommand("call", call)
        .subcommands(catalog().tools().map(|one| tool(one).hide(true)))
}

/// Offers the names of tools.
pub(super) fn tools() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let names = catalog().tools().flat_map(|tool| {
            let title = Some(tool.declaration().title.into());
            let named = |name: String| CompletionCandidate::new(name).help(title.clone());
            [
                named(tool.name().to_owned()),
                named(tool.name().replace('_', "-")).hide(true),
            ]
        });
        names.collect()
    })
}
