//! A word that is neither a command nor a tool, and what may have been meant.

use std::fmt;

use clap::Command;
use portkey_api::{nearest, shortened};
use portkey_engine::{catalog::Tool, untrusted::visible};
use portkey_search::Filter;

use crate::{catalog::catalog, surface::found};

/// How many tools a wrong word is told.
const SUGGESTED: usize = 3;

/// A word that is neither a command nor a tool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) struct UnknownWord {
    word: String,
    /// Whether a command could have stood here, and not only a tool.
    is_command: bool,
    command: Option<String>,
    tools: Vec<&'static str>,
}

impl UnknownWord {
    pub(super) fn command(program: &Command, word: &str) -> Self {
        let commands = program
            .get_subcommands()
            .filter(|command| !command.is_hide_set());
        let commands = commands.map(Command::get_name).chain(["help"]);
        Self {
            is_command: true,
            command: nearest(word, commands).map(str::to_owned),
            ..Self::tool(word)
        }
    }

    pub(super) fn tool(word: &str) -> Self {
        let names = catalog().tools().map(|tool| tool.name());
        let spelt = nearest(&word.replace('-', "_"), names);
        let said = word.replace(['_', '-', '.'], " ");
        // A search finds something for any word; a suggestion has to have to do with it.
        let tells = |tool: &Tool| {
            let declaration = tool.declaration();
            let told = [declaration.name, declaration.title, declaration.description].concat();
            let told = told.to_lowercase();
            let words = said.split(' ').map(|word| word.trim_end_matches('s'));
            words
                .filter(|word| word.len() > 2)
                .any(|word| told.contains(&word.to_lowercase()))
        };
        let said = found(&said, &Filter::default()).filter(tells);
        let mut tools: Vec<_> = spelt.into_iter().collect();
        for name in said.map(|tool| tool.name()) {
            if tools.len() < SUGGESTED && !tools.contains(&name) {
                tools.push(name);
            }
        }
        Self {
            word: shortened(word),
            is_command: false,
            command: None,
            tools,
        }
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_command {
            "command or tool"
        } else {
            "tool"
        };
        let word = visible(&self.word);
        writeln!(f, "there is no {what} `{word}`\n")?;
        if let Some(command) = &self.command {
            writeln!(f, "  nearest command: {command}")?;
        }
        if !self.tools.is_empty() {
            writeln!(f, "  nearest tools:   {}", self.tools.join(", "))?;
        }
        let lists = "`portkey-mcp tools WORDS` finds tools";
        if self.is_command {
            write!(f, "\n{lists}, `portkey-mcp -h` lists the commands.")
        } else {
            write!(f, "\n{lists}.")
        }
    }
}
