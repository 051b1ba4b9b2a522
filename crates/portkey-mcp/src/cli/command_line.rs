//! Reads a command line before clap does. A tool can stand where a command stands, and in any spelling; `help` takes
//! tools and the topic `options`; and a dotted flag sets a member of an argument.

use std::{ffi::OsString, fmt};

use clap::Command;
use portkey_api::{nearest, shortened};
use portkey_engine::{catalog::Tool, untrusted::visible};
use portkey_search::Filter;

use super::{call::MEMBER, help, invocation::InvalidInvocation};
use crate::{catalog::catalog, surface::found};

/// The command that calls a tool.
const CALL: &str = "call";
/// The command that prints the help of the words after it.
const HELP: &str = "help";
/// The topic of `help` that is no command: the settings.
const OPTIONS: &str = "options";

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

/// The same command line as clap reads it.
pub(super) fn understood(
    program: &Command,
    args: &[OsString],
) -> Result<Vec<OsString>, InvalidInvocation> {
    let mut args = args.to_vec();
    let Some((at, word)) = next_word(program, &args, 1) else {
        return Ok(args);
    };
    match word.as_str() {
        CALL => call(program, args, at + 1),
        HELP => match next_word(program, &args, at + 1) {
            Some((_, topic)) if topic == OPTIONS => Err(help::options().into()),
            Some(_) => {
                args.remove(at);
                args.push("--help".into());
                understood(program, &args)
            }
            None => Ok(args),
        },
        _ if program.find_subcommand(&word).is_some() => Ok(args),
        _ if catalog().find(&word).is_ok() => {
            args.insert(at, CALL.into());
            call(program, args, at + 1)
        }
        _ => Err(UnknownWord::command(program, &word).into()),
    }
}

/// Spells the tool after `call` as the catalog does, and its dotted flags as clap reads them.
fn call(
    program: &Command,
    mut args: Vec<OsString>,
    from: usize,
) -> Result<Vec<OsString>, InvalidInvocation> {
    let Some((at, word)) = next_word(program, &args, from) else {
        return Ok(args);
    };
    let tool = catalog()
        .find(&word)
        .map_err(|_| UnknownWord::tool(&word))?;
    let flags = args.split_off(at + 1);
    args.pop();
    args.push(tool.name().into());
    args.extend(members_flagged(flags));
    Ok(args)
}

/// The next word that is neither a flag nor its value, with its place.
fn next_word(program: &Command, args: &[OsString], from: usize) -> Option<(usize, String)> {
    let mut words = args.iter().enumerate().skip(from);
    while let Some((at, word)) = words.next() {
        let word = word.to_str()?;
        let Some(flag) = word.strip_prefix('-') else {
            return Some((at, word.to_owned()));
        };
        if takes_next(program, flag.trim_start_matches('-')) {
            words.next();
        }
    }
    None
}

/// Whether the word after a setting's flag is its value.
fn takes_next(program: &Command, flag: &str) -> bool {
    let mut settings = program.get_arguments();
    let setting = settings.find(|setting| setting.get_long() == Some(flag));
    setting.is_some_and(|one| one.get_action().takes_values() && !one.is_require_equals_set())
}

/// Replaces `--usage-limits.credit-limit 50` by `--call.member usage-limits.credit-limit=50`.
fn members_flagged(flags: Vec<OsString>) -> Vec<OsString> {
    let mut read = Vec::with_capacity(flags.len());
    let mut flags = flags.into_iter().peekable();
    while let Some(flag) = flags.next() {
        let dotted = flag.to_str().and_then(|flag| flag.strip_prefix("--"));
        let (path, value) = match dotted.map(|flag| flag.split_once('=').ok_or(flag)) {
            Some(Ok((path, value))) if path.contains('.') => (path, Some(value.into())),
            Some(Err(path)) if path.contains('.') => {
                let is_value = |next: &OsString| !next.to_string_lossy().starts_with("--");
                (path, flags.next_if(is_value))
            }
            _ => {
                read.push(flag);
                continue;
            }
        };
        let mut member = OsString::from(format!("--{MEMBER}={path}="));
        member.push(value.unwrap_or_else(|| "true".into()));
        read.push(member);
    }
    read
}

impl UnknownWord {
    fn command(program: &Command, word: &str) -> Self {
        let commands = program
            .get_subcommands()
            .filter(|command| !command.is_hide_set());
        let commands = commands.map(Command::get_name).chain([HELP]);
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    fn read(line: &str) -> Result<String, String> {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        match understood(&Cli::command(), &args) {
            Ok(args) => Ok(args.join(" ".as_ref()).into_string().unwrap()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_tool_stands_where_a_command_stands_in_any_spelling() {
        let call = "p --sandbox call list_configs --page-size 2";
        for line in [
            call,
            "p --sandbox call list-configs --page-size 2",
            "p --sandbox list_configs --page-size 2",
            "p --sandbox listConfigs --page-size 2",
        ] {
            assert_eq!(read(line).unwrap(), call);
        }
        assert_eq!(
            read("p --profile list-users list-configs").unwrap(),
            "p --profile list-users call list_configs"
        );
        for same in ["p", "p call", "p -h", "p config check", "p --profile"] {
            assert_eq!(read(same).unwrap(), same);
        }
    }

    #[test]
    fn help_takes_tools_and_the_settings() {
        assert_eq!(read("p help token new").unwrap(), "p token new --help");
        assert_eq!(
            read("p help list-configs").unwrap(),
            "p call list_configs --help"
        );
        assert!(read("p help options").unwrap_err().contains("--base-url"));
    }

    #[test]
    fn a_dotted_flag_is_a_member() {
        let read = |flags: &str| read(&format!("p call update_api_key {flags}")).unwrap();
        let head = "p call update_api_key";
        assert_eq!(
            read("--usage-limits.credit-limit 50 --id x"),
            format!("{head} --call.member=usage-limits.credit-limit=50 --id x")
        );
        assert_eq!(
            read("--a.b=c=d --e.f --id x.y"),
            format!("{head} --call.member=a.b=c=d --call.member=e.f=true --id x.y")
        );
    }

    #[test]
    fn a_wrong_word_is_told_the_nearest() {
        let error = read("p configs").unwrap_err();
        assert!(error.contains("nearest command: config\n"), "{error}");
        assert!(error.contains("list_configs"), "{error}");
        let error = read("p call list-confgs").unwrap_err();
        assert!(!error.contains("command"), "{error}");
        assert!(error.contains("nearest tools:   list_configs"), "{error}");
    }
}
