//! Reads a command line before clap does. A tool can stand where a command stands, and in any spelling; `help` takes
//! tools and the topic `options`; and a dotted flag sets a member of an argument.

use std::ffi::OsString;

use clap::Command;

use super::unknown_word::UnknownWord;
use crate::catalog::catalog;

/// The flag that carries a member of an argument, made of a dotted flag.
pub(super) const MEMBER: &str = "call.member";

/// The command that calls a tool.
const CALL: &str = "call";
/// The command that prints the help of the words after it.
const HELP: &str = "help";
/// The topic of `help` that is no command: the settings.
const OPTIONS: &str = "options";
/// The topic of `help` that is the exit codes.
const EXIT_CODES: &str = "exit-codes";

/// What a command line asks for.
#[derive(Debug)]
pub(super) enum Understood {
    /// A command: the same line as clap reads it.
    Line(Vec<OsString>),
    /// The page of the settings.
    Options,
    /// The page of the exit codes.
    ExitCodes,
}

/// Reads a command line; the first of its words is the program.
pub(super) fn understood(program: &Command, args: &[OsString]) -> Result<Understood, UnknownWord> {
    let mut args = args.to_vec();
    let Some((at, word)) = next_word(program, &args, 1) else {
        return Ok(Understood::Line(args));
    };
    match word.as_str() {
        CALL => call(program, args, at + 1),
        HELP => match next_word(program, &args, at + 1) {
            Some((_, topic)) if topic == OPTIONS => Ok(Understood::Options),
            Some((_, topic)) if topic == EXIT_CODES => Ok(Understood::ExitCodes),
            Some(_) => {
                args.remove(at);
                args.push("--help".into());
                understood(program, &args)
            }
            None => Ok(Understood::Line(args)),
        },
        _ if program.find_subcommand(&word).is_some() => Ok(Understood::Line(args)),
        _ if catalog().find(&word).is_ok() => {
            args.insert(at, CALL.into());
            call(program, args, at + 1)
        }
        _ => Err(UnknownWord::command(program, &word)),
    }
}

/// Spells the tool after `call` as the catalog does, and its dotted flags as clap reads them.
fn call(
    program: &Command,
    mut args: Vec<OsString>,
    from: usize,
) -> Result<Understood, UnknownWord> {
    let Some((at, word)) = next_word(program, &args, from) else {
        return Ok(Understood::Line(args));
    };
    let tool = catalog()
        .find(&word)
        .map_err(|_| UnknownWord::tool(&word))?;
    let flags = args.split_off(at + 1);
    args.pop();
    args.push(tool.name().into());
    args.extend(members_flagged(flags));
    Ok(Understood::Line(args))
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    fn read(line: &str) -> Result<String, String> {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        match understood(&Cli::command(), &args) {
            Ok(Understood::Line(args)) => Ok(args.join(" ".as_ref()).into_string().unwrap()),
            Ok(Understood::Options | Understood::ExitCodes) => Ok("options".to_owned()),
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
        assert_eq!(read("p help options").unwrap(), "options");
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
