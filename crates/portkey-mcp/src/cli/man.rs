//! `portkey-mcp man`: the manual, made from the same declarations as the help.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Args, Command};
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

use super::{CommandFailure, example, help};
use crate::catalog::catalog;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder to write a page for each command and tool to. Left out: print the page of the program.
    #[arg(value_hint = clap::ValueHint::DirPath)]
    folder: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CommandFailure> {
    let mut program = help::with_settings();
    program.build();
    let Some(folder) = &arguments.folder else {
        return page(&program, "", &mut io::stdout().lock()).map_err(CommandFailure::Output);
    };
    fs::create_dir_all(folder).map_err(|source| CommandFailure::Manual {
        path: folder.clone(),
        source,
    })?;
    write(&program, "", folder)?;
    // Below the program, settings are hidden.
    let mut program = help::arranged();
    program.build();
    write_below(&program, "", folder)
}

/// Writes the pages of the commands below one, but for those of `help`.
fn write_below(parent: &Command, path: &str, folder: &Path) -> Result<(), CommandFailure> {
    for command in parent.get_subcommands() {
        let name = command.get_name();
        if name != "help" {
            let path = format!("{path} {name}");
            write(command, &path, folder)?;
            write_below(command, &path, folder)?;
        }
    }
    Ok(())
}

fn write(command: &Command, path: &str, folder: &Path) -> Result<(), CommandFailure> {
    let file = folder.join(format!("portkey-mcp{}.1", path.replace(' ', "-")));
    let written = File::create(&file).and_then(|mut out| page(command, path, &mut out));
    written.map_err(|source| CommandFailure::Manual { path: file, source })
}

/// Writes the page of a command.
fn page(command: &Command, path: &str, out: &mut dyn Write) -> io::Result<()> {
    let path = path.trim_start();
    let tool = path
        .strip_prefix("call ")
        .and_then(|name| catalog().find(name).ok());
    let examples = match tool {
        Some(tool) => example::shell(tool),
        None => help::examples(path),
    };
    let has_commands = command.get_subcommands().any(|one| !one.is_hide_set());
    let man = Man::new(command.clone());
    let name = format!("portkey-mcp {path}").trim_end().replace(' ', "-");
    // The library leaves out an empty date, and the next word would stand for it.
    let version = env!("CARGO_PKG_VERSION");
    writeln!(out, ".TH \"{name}\" 1 \"\" \"portkey-mcp {version}\" \"\"")?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    if has_commands {
        man.render_subcommands_section(out)?;
    }
    let mut last = Roff::new();
    if !examples.is_empty() {
        last.control("SH", ["EXAMPLES"]).control("nf", []);
        for line in examples.lines() {
            last.text([roman(line.trim_start())]);
        }
        last.control("fi", []);
    }
    last.control("SH", ["SEE ALSO"]);
    last.text([roman(if path.is_empty() {
        SETTINGS_HERE
    } else {
        SETTINGS_THERE
    })]);
    last.to_writer(out)
}

const SETTINGS_HERE: &str = "portkey-mcp-call(1), portkey-mcp-http(1), portkey-mcp-tools(1)";
const SETTINGS_THERE: &str = "portkey-mcp(1) for the options of every command";
